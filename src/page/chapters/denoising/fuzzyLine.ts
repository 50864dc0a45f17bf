// Points about a line, and lines fitted to them: what the figure of the fuzzy line is drawn from.

import { spaced } from '../shared/lineMixture.js';

/** The line a + b x. */
export interface Line {
  intercept: number;
  slope: number;
}

/** Points (x, y) [n] each. */
export interface LinePoints {
  x: readonly number[];
  y: readonly number[];
}

/** Places reach from -REACH to REACH. */
export const REACH = 3;
/** The mean of x^2 over all these places. */
const MEAN_SQUARE = REACH ** 2 / 3;

/** The height of a line at x. */
export const at = ({ intercept, slope }: Line, x: number) => intercept + slope * x;

/**
 * Line and points of row `row` of normals [rows, columns]: intercept, slope, then the noise of each of n points at even places, to
 * be multiplied by `noise`.
 *
 * @param columns 2 + n or more
 */
export function drawnLine(
  normals: ArrayLike<number>,
  { row, columns, n, noise }: Record<'row' | 'columns' | 'n' | 'noise', number>,
): { line: Line; points: LinePoints } {
  const from = row * columns;
  const line = { intercept: normals[from], slope: normals[from + 1] };
  const x = spaced(-REACH, REACH, n);
  return { line, points: { x, y: x.map((place, i) => at(line, place) + noise * normals[from + 2 + i]) } };
}

/**
 * The line that minimises sum (y - a - b x)^2 + sigma^2 (a^2 + b^2), which is ridge regression. At places that are even about 0,
 * a = sum y / (n + sigma^2) and b = sum x y / (sum x^2 + sigma^2).
 */
export function ridgeLine({ x, y }: LinePoints, sigma: number): Line {
  let [sum, product, squares] = [0, 0, 0];
  for (let i = 0; i < x.length; i++) {
    sum += y[i];
    product += x[i] * y[i];
    squares += x[i] * x[i];
  }
  return { intercept: sum / (x.length + sigma ** 2), slope: product / (squares + sigma ** 2) };
}

/** The mean squared distance between two lines over all places. */
export const lineError = (fitted: Line, truth: Line): number =>
  (fitted.intercept - truth.intercept) ** 2 + MEAN_SQUARE * (fitted.slope - truth.slope) ** 2;

/**
 * The mean of `lineError` of `ridgeLine` over all lines with standard normal intercept and slope, and over the noise of n points:
 * for each of the two (sigma^4 + noise^2 l) / (l + sigma^2)^2, with l = n or sum x^2. It is least at sigma = noise.
 */
export function expectedError(n: number, noise: number, sigma: number): number {
  const of = (l: number) => (sigma ** 4 + noise ** 2 * l) / (l + sigma ** 2) ** 2;
  const squares = spaced(-REACH, REACH, n).reduce((sum, x) => sum + x * x, 0);
  return of(n) + MEAN_SQUARE * of(squares);
}

/** The longest axis of points, which is the line nearest to them in the plane, and the standard deviation across it. */
export function longestAxis({ x, y }: LinePoints): {
  middle: [number, number];
  angle: number;
  across: number;
} {
  const mean = (of: (i: number) => number) => x.reduce((sum, _, i) => sum + of(i), 0) / x.length;
  const middle: [number, number] = [mean((i) => x[i]), mean((i) => y[i])];
  const moment = (a: LinePoints['x'], b: LinePoints['x'], k: number, m: number) =>
    mean((i) => (a[i] - middle[k]) * (b[i] - middle[m]));
  const [xx, xy, yy] = [moment(x, x, 0, 0), moment(x, y, 0, 1), moment(y, y, 1, 1)];
  const root = Math.hypot((xx - yy) / 2, xy);
  return {
    middle,
    angle: Math.atan2(2 * xy, xx - yy) / 2,
    // Two points lie on their axis; rounding may then leave less than nothing.
    across: Math.sqrt(Math.max(0, (xx + yy) / 2 - root)),
  };
}
