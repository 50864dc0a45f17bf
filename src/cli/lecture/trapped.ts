import { countCells, edgesOf } from '../../diagnostics/cells.js';
import {
  type Core,
  collect,
  type Density,
  foldIn,
  type Key,
  langevin,
  mixture,
  modeOccupancy,
  smooth,
} from '../../index.js';
import { linspace } from '../../plots/drawing/numbers.js';
import { type ChartPanel, chartFigure } from '../../plots/index.js';
import type { FigureInput, LectureFigure } from './figure.js';

/** The lecture's one-dimensional mixture; its modes are ten standard deviations apart. */
export const MODES = { means: [[-3], [3]], sds: [[0.6], [0.6]], weights: [0.4, 0.6] };

export interface ChainOnModes {
  sigma: number;
  /** [steps] */
  path: Float32Array;
  /** Moves from one mode to the other. */
  jumps: number;
  /** The share of draws nearer to the left mode. */
  left: number;
}

/** Runs one chain from the right mode on the mixture under noise sigma; 0 is no noise. */
export async function chainOnModes(
  core: Core,
  {
    key,
    steps,
    stepSize,
    sigma,
    signal,
  }: {
    key: Key;
    steps: number;
    stepSize: number;
    sigma: number;
    signal?: AbortSignal;
  },
): Promise<ChainOnModes & { density: Density }> {
  const sharp = mixture(core, MODES);
  const density = sigma === 0 ? sharp : smooth(sharp, sigma);
  if (density !== sharp) sharp.dispose();
  const states = langevin(density, { key, steps, stepSize, init: Float32Array.of(3), thin: 1, signal });
  const { path } = await collect(states);
  const { jumps, share } = modeOccupancy(path, { centres: MODES.means });
  return { sigma, path, jumps: jumps[0], left: share[0], density };
}

const STEPS = 5000;
const STEP_SIZE = 0.1;
const SIGMA = 1.5;
const LIMITS = [-8.5, 8.5] as const;
const BINS = 60;

/** Steps from one frame of the moving picture to the next. */
const EVERY = 100;

/** A chain with its density at the points where it is drawn. */
interface Drawn extends ChainOnModes {
  prob: Float32Array;
}

const DENSITY_AT = Float32Array.from(linspace(LIMITS[0], LIMITS[1], 301));

/** The chain's first `steps` steps, and the histogram of their draws beside the density. */
function panelsOf({ sigma, path: whole, jumps, prob }: Drawn, steps: number): ChartPanel[] {
  const [low, high] = LIMITS;
  const path = whole.subarray(0, steps);
  const counts = countCells(path, edgesOf(BINS, LIMITS));
  const name = sigma === 0 ? 'the mixture' : `plus noise of sd ${sigma}`;
  const many = jumps === 0 ? 'no jump' : `${jumps} jumps`;
  const density = counts.map((count) => count / path.length / ((high - low) / BINS));
  return [
    {
      title: `${name}: ${many} in ${whole.length.toLocaleString('en-US')} steps`,
      x: { name: 'step', limits: [0, whole.length] },
      y: { name: 'x', limits: LIMITS },
      series: [{ name: 'chain', x: path.map((_, t) => t + 1), y: path, colour: 0 }],
    },
    {
      title: name,
      x: { name: 'x', limits: LIMITS },
      // The same in every frame; the first draws may stand higher.
      y: { name: 'density', limits: [0, 1.75 * Math.max(...prob)] },
      series: [
        {
          name: 'draws of the chain',
          kind: 'bins',
          x: linspace(low, high, BINS + 1),
          y: density,
          colour: 0,
        },
        { name: 'density', x: DENSITY_AT, y: prob, colour: 1 },
      ],
    },
  ];
}

const TITLE = 'A chain trapped in one mode, and the same chain on the smoothed density';
const chartOf = (chains: readonly Drawn[], steps: number) =>
  chartFigure({ panels: chains.flatMap((chain) => panelsOf(chain, steps)), title: TITLE, width: 380 });

function* framesOf(chains: readonly Drawn[]): Generator<string> {
  for (let steps = EVERY; steps <= STEPS; steps += EVERY) yield chartOf(chains, steps);
}

/** A chain trapped in one mode, and the same chain freed by smoothing. */
export const trappedFigure: LectureFigure = {
  name: 'trapped',
  draws: 1,
  about: 'a chain trapped in one mode, and the same chain freed by smoothing, also moving',
  parts: 2,
  async make({ core, key, signal, part }: FigureInput) {
    const chains: Drawn[] = [];
    for (const sigma of [0, SIGMA]) {
      // Both chains have the same start and the same random numbers.
      const options = { key: foldIn(key, 0), steps: STEPS, stepSize: STEP_SIZE, sigma, signal };
      const { density, ...chain } = await chainOnModes(core, options);
      chains.push({ ...chain, prob: density.prob(DENSITY_AT) });
      density.dispose();
      part();
    }
    return {
      svg: chartOf(chains, STEPS),
      numbers: {
        steps: STEPS,
        stepSize: STEP_SIZE,
        weights: MODES.weights,
        chains: chains.map(({ sigma, jumps, left }) => ({ sigma, jumps, left })),
      },
      frames: () => framesOf(chains),
    };
  },
};
