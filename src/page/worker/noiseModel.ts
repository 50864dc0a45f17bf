import { denoisingTwoKinds, rawEstimate, twoKindsOf } from '../../apps/twoKinds.js';
import type { Pieces } from '../../core/pieces.js';
import { type Core, key, type NoiseModel } from '../../index.js';

/** Numbers under one kind of noise, and what each estimate makes of an observation y; all over the same m values of y. */
export interface NoiseView {
  /** [m] */
  y: Float32Array;
  /** The density of the observations, as a histogram: [m]. */
  density: Float64Array;
  /** y alone; by the formula from the observations; by a prior fitted to them; by the true prior: [m] each. */
  raw: Float32Array;
  formula: Float32Array;
  fitted: Float32Array;
  best: Float32Array;
  /** Regression, which sees the clean numbers too: the mean of them in each column of y, in its middle; elsewhere NaN: [m]. */
  columns: Float64Array;
  /** Mean squared errors over all numbers. */
  risks: Record<'raw' | 'formula' | 'fitted' | 'best' | 'columns', number>;
}

/** Columns that real observations are sorted into, and values of y in each. */
const [COLUMNS, INSIDE] = [30, 5];
/** Fewest numbers of a column that is shown. */
const FEWEST = 3;

/** Draws n numbers of two kinds under a kind of noise, and denoises them by every estimate. */
export function* noiseView(
  core: Core,
  { kind, n, seed }: { kind: NoiseModel['kind']; n: number; seed: number },
): Pieces<NoiseView> {
  const example = twoKindsOf[kind];
  const { noise, limits } = example;
  const numbers = yield* denoisingTwoKinds(core, example, { key: key(seed), n });
  const { formula, fitted, best } = numbers.denoisers;
  // Counts are columns of their own.
  const isCount = kind === 'poisson';
  const [low, high] = isCount ? [limits[0] - 0.5, limits[1] + 0.5] : limits;
  const columns = isCount ? high - low : COLUMNS;
  const inside = isCount ? 1 : INSIDE;
  const width = (high - low) / columns;
  const columnOf = (y: number) => Math.min(columns - 1, Math.max(0, Math.floor((y - low) / width)));
  // The outermost columns count for regression what lies beyond the limits, and for the density they do not.
  const [counts, sums, seen] = [0, 0, 0].map(() => new Float64Array(columns));
  numbers.y.forEach((y, i) => {
    counts[columnOf(y)]++;
    if (y >= low && y <= high) seen[columnOf(y)]++;
    sums[columnOf(y)] += numbers.x[i];
  });
  const y = Float32Array.from({ length: columns * inside }, (_, i) => low + ((i + 0.5) * width) / inside);
  const spreadOver = (of: (column: number, isMiddle: boolean) => number) =>
    Float64Array.from(y, (_, i) => of(Math.floor(i / inside), i % inside === inside >> 1));
  const mean = (column: number) => sums[column] / counts[column];
  return {
    y,
    density: spreadOver((column) => seen[column] / (n * width)),
    raw: y.map((value) => rawEstimate(noise, value)),
    formula: formula.denoise(y),
    fitted: fitted.denoise(y),
    best: best.denoise(y),
    columns: spreadOver((column, isMiddle) =>
      isMiddle && counts[column] >= FEWEST ? mean(column) : Number.NaN,
    ),
    risks: {
      ...numbers.risks,
      columns: numbers.x.reduce((sum, x, i) => sum + (x - mean(columnOf(numbers.y[i]))) ** 2, 0) / n,
    },
  };
}
