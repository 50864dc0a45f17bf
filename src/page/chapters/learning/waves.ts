// What sums of random waves can draw, by least squares: the last layer of a network of random features, solved exactly.
import { type LineMixture, lineScore, logDensity, spaced } from '../shared/lineMixture.js';

/** Data on the line, all alike likely. */
export const DATA = [0.12, 0.3, 0.58, 0.66, 0.9] as const;
/** Random frequencies: a cosine and a sine each. */
const FREQUENCIES = 24;
/** Ridge of the least squares, as a share of the mean square of a feature. */
const RIDGE = 1e-5;

/** Noisy places y where a jump is drawn. */
export const PLACES = spaced(0, 1, 201);

/** A wave number for each feature up to `highest` waves a side, spread evenly by the golden ratio instead of by chance. */
const frequencies = (highest: number) =>
  Array.from({ length: FREQUENCIES }, (_, k) => highest * ((0.5 + k * 0.6180339887) % 1));

/** 1, cos(2 pi f x) and sin(2 pi f x) for every frequency f: [1 + 2 FREQUENCIES]. */
const featuresAt = (x: number, all: readonly number[]) => [
  1,
  ...all.flatMap((f) => [Math.cos(2 * Math.PI * f * x), Math.sin(2 * Math.PI * f * x)]),
];

/** A jump, and what waves make of it. */
export interface WavesFit {
  /** The mean clean place of each of {@link PLACES}, and what the waves make of it. */
  exact: number[];
  fitted: number[];
  /** Root mean square of their difference, weighted by the density. */
  error: number;
}

/** Fits the jump xhat(y) of the data under noise sigma by waves of up to `highest` a side, weighted by the density of y. */
export function drawByWaves(sigma: number, highest: number): WavesFit {
  const mixture: LineMixture = {
    means: DATA,
    sds: DATA.map(() => sigma),
    weights: DATA.map(() => 1 / DATA.length),
  };
  const exact = PLACES.map((y) => y + sigma ** 2 * lineScore(mixture, y));
  const density = PLACES.map((y) => Math.exp(logDensity(mixture, y)));
  const all = frequencies(highest);
  const rows = PLACES.map((y) => featuresAt(y, all));
  const weights = solved(rows, exact, density);
  const fitted = rows.map((row) => row.reduce((sum, feature, k) => sum + weights[k] * feature, 0));
  const total = density.reduce((sum, p) => sum + p, 0);
  const square = density.reduce((sum, p, i) => sum + p * (fitted[i] - exact[i]) ** 2, 0);
  return { exact, fitted, error: Math.sqrt(square / total) };
}

/** Weights w [K] that minimise sum_i p_i (rows_i w - y_i)^2 + a ridge on w: the normal equations, by Cholesky. */
function solved(rows: readonly number[][], y: readonly number[], p: readonly number[]): number[] {
  const size = rows[0].length;
  const L = Array.from({ length: size }, () => new Float64Array(size));
  const b = new Float64Array(size);
  const total = p.reduce((sum, value) => sum + value, 0);
  rows.forEach((row, i) => {
    for (let j = 0; j < size; j++) {
      const share = (p[i] / total) * row[j];
      b[j] += share * y[i];
      for (let k = 0; k <= j; k++) L[j][k] += share * row[k];
    }
  });
  for (let j = 0; j < size; j++) {
    L[j][j] += RIDGE;
    for (let k = 0; k <= j; k++) {
      for (let m = 0; m < k; m++) L[j][k] -= L[j][m] * L[k][m];
      L[j][k] = k === j ? Math.sqrt(L[j][j]) : L[j][k] / L[k][k];
    }
  }
  for (let j = 0; j < size; j++) {
    for (let k = 0; k < j; k++) b[j] -= L[j][k] * b[k];
    b[j] /= L[j][j];
  }
  for (let j = size - 1; j >= 0; j--) {
    for (let k = j + 1; k < size; k++) b[j] -= L[k][j] * b[k];
    b[j] /= L[j][j];
  }
  return [...b];
}
