import { moveDrop } from '../../apps/drop.js';
import { type Drop, glassEntropy, spreadDrop } from '../../apps/glass.js';
import { type Core, categorical, foldIn, geomspace, type Key, uniform } from '../../index.js';
import {
  type ChartPanel,
  chartFigure,
  type PointLayer,
  type PointOptions,
  pointFigure,
  pointFrames,
  stackFigures,
} from '../../plots/index.js';
import type { FigureInput, LectureFigure } from './figure.js';

/**
 * Draws of where the drop fell, given the particles of the water now, if it may have fallen anywhere: the posterior is the
 * product of what each particle says, the density of colour at its place.
 *
 * @param water [n, 2]; @returns [count, 2]
 */
export function guessDrop(
  core: Core,
  { sd }: Drop,
  {
    key,
    water,
    sigma,
    count,
    cells = 100,
  }: { key: Key; water: Float32Array; sigma: number; count: number; cells?: number },
): Float32Array {
  const grid = Float32Array.from({ length: 2 * cells * cells }, (_, i) => {
    const cell = i >> 1;
    return ((i % 2 === 0 ? cell % cells : Math.floor(cell / cells)) + 0.5) / cells;
  });
  const logs = new Float64Array(cells * cells);
  for (let i = 0; i < water.length; i += 2) {
    // The density at y of a drop from c is that at c of a drop from y.
    const { density } = spreadDrop(core, { centre: [water[i], water[i + 1]], sd }, sigma);
    for (const [k, log] of density.logProb(grid).entries()) logs[k] += log;
    density.dispose();
  }
  const most = logs.reduce((a, b) => Math.max(a, b), -Infinity);
  const logits = Float32Array.from(logs, (log) => log - most);
  const chosen = categorical(core, foldIn(key, 0), logits, count, { drawing: 'alias' });
  const within = uniform(core, foldIn(key, 1), [2 * count]);
  return within.map((u, i) => grid[2 * chosen[i >> 1] + (i % 2)] + (u - 0.5) / cells);
}

const DROP: Drop = { centre: [0.3, 0.65], sd: 0.03 };
const [PARTICLES, SEEN, GUESSES] = [400, 20, 150];
const LEAST = 1e-3;
const MOST = 1;
const FRAMES = 45;
/** sigma^2 of the frames, evenly spaced in its logarithm. */
const VARIANCES = Array.from(geomspace(LEAST, MOST, FRAMES));
/** Frames that the still figure shows. */
const SHOWN = [0, 15, 30, 44];
const LIMITS = { xlim: [0, 1], ylim: [0, 1] } as const;
/** Between which sigma^2 entropies are compared, as parts of it: a difference that is small and far above rounding. */
const STEP = 0.01;

/** A drop of colour in a glass of water, run forwards and backwards, its entropy, and where it may have fallen. */
export const dropFigure: LectureFigure = {
  name: 'drop',
  draws: 19,
  about: 'a drop of colour in water, forwards and backwards: entropy, and where it fell, also moving',
  parts: 16,
  async make({ core, key, signal, part }: FigureInput) {
    const { forwards, backwards } = moveDrop(core, DROP, {
      key: foldIn(key, 0),
      variances: VARIANCES,
      particles: PARTICLES,
    });
    part();
    const curve = VARIANCES.map((variance) => {
      signal.throwIfAborted();
      const at = (v: number) => glassEntropy(core, DROP, Math.sqrt(v));
      const { entropy, fisher } = at(variance);
      const rise = at(variance * (1 + STEP)).entropy - at(variance * (1 - STEP)).entropy;
      return { variance, entropy, half: fisher / 2, rate: rise / (2 * STEP * variance) };
    });
    part();
    const truth: PointLayer = {
      kind: 'rings',
      name: 'where it fell',
      x: [...DROP.centre],
      colour: 'ink',
      radius: 6,
    };
    const water = (x: Float32Array): PointLayer => ({
      kind: 'dots',
      name: 'colour in the water',
      x,
      colour: 0,
      radius: 1.3,
    });
    const panels = SHOWN.map((at, i) => {
      const seen = forwards[at].slice(0, 2 * SEEN);
      const options = {
        key: foldIn(key, 1 + i),
        water: seen,
        sigma: Math.sqrt(VARIANCES[at]),
        count: GUESSES,
      };
      const guesses = guessDrop(core, DROP, options);
      part();
      return {
        ...LIMITS,
        title: `σ = ${Math.sqrt(VARIANCES[at]).toPrecision(2)}`,
        layers: [
          water(forwards[at]),
          {
            kind: 'dots',
            name: `guesses of it, by ${SEEN} of the dots`,
            x: guesses,
            colour: 1,
            radius: 1.8,
          } as const,
          truth,
        ],
      };
    });
    const free = VARIANCES.map((v) => 1 + Math.log(2 * Math.PI * (DROP.sd ** 2 + v)));
    const title = 'A drop of colour in a glass of water, and guesses of where it fell';
    const picture = pointFigure({ panels, columns: SHOWN.length, title, side: 230 });
    const svg = stackFigures([
      picture,
      chartFigure({ panels: charts(curve, free), width: 490, height: 270 }),
    ]);
    return {
      svg,
      numbers: { drop: DROP, particles: PARTICLES, seen: SEEN, curve },
      frames: () => pointFrames(moving(truth), frames(forwards, backwards, curve, water)),
    };
  },
};

interface CurvePoint {
  variance: number;
  entropy: number;
  half: number;
  rate: number;
}

function charts(curve: readonly CurvePoint[], free: readonly number[]): ChartPanel[] {
  const x = { name: 'σ² (log scale)', scale: 'log' } as const;
  const variances = curve.map(({ variance }) => variance);
  const some = curve.filter((_, i) => i % 3 === 0);
  return [
    {
      title: 'Entropy: with walls the colour becomes uniform, without it never does',
      x,
      y: { name: 'entropy H in nats' },
      series: [
        { name: 'in the glass', x: variances, y: curve.map(({ entropy }) => entropy), colour: 0 },
        { name: 'without walls, a Gaussian that widens', x: variances, y: free, colour: 2 },
        { name: 'uniform', x: [LEAST, MOST], y: [0, 0], colour: 'ink', dashed: true },
      ],
    },
    {
      title: "de Bruijn's identity in the glass: dH / d(σ²) = E|score|² / 2",
      x,
      y: { name: 'nats a unit of σ² (log)', scale: 'log' },
      series: [
        { name: 'E|score|² / 2', x: variances, y: curve.map(({ half }) => half), colour: 3 },
        {
          name: 'how fast H rises, by differences',
          kind: 'dots',
          x: some.map(({ variance }) => variance),
          y: some.map(({ rate }) => rate),
          colour: 1,
        },
      ],
    },
  ];
}

const moving = (truth: PointLayer): PointOptions => ({
  panels: [{ ...LIMITS, layers: [truth] }],
  title: 'Colour spreads, and the score takes it back',
  side: 420,
});

function* frames(
  forwards: readonly Float32Array[],
  backwards: readonly Float32Array[],
  curve: readonly CurvePoint[],
  water: (x: Float32Array) => PointLayer,
) {
  const note = (way: string, at: number) =>
    `${way}: σ ${Math.sqrt(curve[at].variance).toFixed(2)}, entropy ${curve[at].entropy.toFixed(2)} nats`;
  for (const [i, x] of forwards.entries()) yield { layers: [[water(x)]], note: note('forwards', i) };
  for (const [i, x] of backwards.entries())
    yield { layers: [[water(x)]], note: note('backwards', curve.length - 1 - i) };
}
