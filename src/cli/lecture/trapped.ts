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

function panelsOf({ sigma, path, jumps, density }: ChainOnModes & { density: Density }): ChartPanel[] {
  const [low, high] = LIMITS;
  const counts = countCells(path, edgesOf(BINS, LIMITS));
  const x = Float32Array.from(linspace(low, high, 301));
  const name = sigma === 0 ? 'the mixture' : `plus noise of sd ${sigma}`;
  const many = jumps === 0 ? 'no jump' : `${jumps} jumps`;
  return [
    {
      title: `${name}: ${many} in ${path.length.toLocaleString('en-US')} steps`,
      x: { name: 'step' },
      y: { name: 'x', limits: LIMITS },
      series: [{ name: 'chain', x: path.map((_, t) => t + 1), y: path, colour: 0 }],
    },
    {
      title: name,
      x: { name: 'x', limits: LIMITS },
      y: { name: 'density' },
      series: [
        {
          name: 'draws of the chain',
          kind: 'bins',
          x: linspace(low, high, BINS + 1),
          y: counts.map((count) => count / path.length / ((high - low) / BINS)),
          colour: 0,
        },
        { name: 'density', x, y: density.prob(x), colour: 1 },
      ],
    },
  ];
}

/** A chain trapped in one mode, and the same chain freed by smoothing. */
export const trappedFigure: LectureFigure = {
  name: 'trapped',
  about: 'a chain trapped in one mode, and the same chain freed by smoothing',
  parts: 2,
  async make({ core, key, signal, part }: FigureInput) {
    const panels: ChartPanel[] = [];
    const chains: object[] = [];
    for (const sigma of [0, SIGMA]) {
      // Both chains have the same start and the same random numbers.
      const options = { key: foldIn(key, 0), steps: STEPS, stepSize: STEP_SIZE, sigma, signal };
      const { density, ...chain } = await chainOnModes(core, options);
      panels.push(...panelsOf({ ...chain, density }));
      density.dispose();
      chains.push({ sigma, jumps: chain.jumps, left: chain.left });
      part();
    }
    const title = 'A chain trapped in one mode, and the same chain on the smoothed density';
    return {
      svg: chartFigure({ panels, title, width: 380 }),
      numbers: { steps: STEPS, stepSize: STEP_SIZE, weights: MODES.weights, chains },
    };
  },
};
