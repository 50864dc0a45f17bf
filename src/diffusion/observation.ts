import { finite, length, scale, show } from '../core/check.js';
import { log } from '../core/elementary.js';

/**
 * What was observed of a clean point, as a likelihood: log p(y | x) of each row of `clean` [n, dim], [n], with its gradient by
 * the row in `gradient` [n, dim], which is overwritten. Rows are estimates, off by noise of variance `variance` in every
 * coordinate; a likelihood that takes it into account, as p(y) of x ~ N(clean, variance I), guides better. At the end of a
 * run it is 0.
 */
export type Observation = (clean: Float32Array, variance: number, gradient: Float32Array) => Float64Array;

/** What a mask shows: 1 or 0 for each coordinate, and the numbers seen there, 0 elsewhere: [dim] each. */
export interface Masked {
  mask: Float32Array;
  observed: Float32Array;
  noise: number;
}

/** Of observations by a mask: {@link conditionalScores} then stay in WebAssembly. */
const masks = new WeakMap<Observation, Masked>();

/** Coordinates of the points that observations of {@link linearObservation} are of. */
const dims = new WeakMap<Observation, number>();

/** Coordinates of the points that an observation is of; undefined if that is not known. */
export const dimOf = (observation: Observation): number | undefined => dims.get(observation);

/** What the mask of an observation shows; undefined if it has none. */
export const maskedBy = (observation: Observation): Masked | undefined => masks.get(observation);

/** Options of {@link linearObservation}. */
export interface LinearObservationOptions {
  /** y, of M numbers: what was seen. With a mask, [dim], of which only what the mask marks is read. */
  observed: ArrayLike<number>;
  /** Which coordinates were seen, [dim]: 0 is not. Either this or `matrix`. */
  mask?: ArrayLike<number>;
  /** A, [M, dim]: a row for each number of y. */
  matrix?: ArrayLike<number>;
  /** Standard deviation of the noise on each number of y, in its units. */
  noise: number;
}

/** The entries of a row of A that are not 0. */
interface Row {
  places: number[];
  values: number[];
  y: number;
}

/**
 * The observation y = A x + noise z: log N(y; A x, noise^2 I + variance A A^T) and its gradient. A mask is an A whose rows
 * each read a coordinate. Without `noise` a likelihood would be infinite: for a coordinate that is known, take as much as the
 * least noise of the process.
 *
 * @throws RangeError on sizes that do not fit, numbers that are not finite, a noise that is not positive, a mask of nothing
 */
export function linearObservation({ observed, mask, matrix, noise }: LinearObservationOptions): Observation {
  const caller = 'linearObservation';
  scale(caller, 'noise', noise);
  if (observed?.length === undefined)
    throw new TypeError(`${caller}: observed must be an array of numbers, got ${show(observed)}`);
  if ((mask === undefined) === (matrix === undefined))
    throw new TypeError(`${caller}: either mask or matrix must be given, got ${mask ? 'both' : 'none'}`);
  const rows = mask ? maskRows(caller, observed, mask) : matrixRows(caller, observed, matrix ?? []);
  const dim = mask ? mask.length : (matrix?.length ?? 0) / observed.length;
  const products = rows.map((row) => rows.map((other) => dot(row, other)));
  const isDiagonal = products.every((line, i) => line.every((value, j) => i === j || value === 0));
  const observation: Observation = (clean, variance, gradient) => {
    const n = clean.length / dim;
    const covariance = isDiagonal ? diagonal(products, variance, noise) : dense(products, variance, noise);
    const logs = new Float64Array(n);
    const residual = new Float64Array(rows.length);
    gradient.fill(0);
    for (let i = 0; i < n; i++) {
      const at = i * dim;
      for (let r = 0; r < rows.length; r++) {
        const { places, values, y } = rows[r];
        residual[r] = y;
        for (let k = 0; k < places.length; k++) residual[r] -= values[k] * clean[at + places[k]];
      }
      const solved = covariance.solve(residual);
      let sum = covariance.logDeterminant + rows.length * log(2 * Math.PI);
      for (let r = 0; r < rows.length; r++) {
        const { places, values } = rows[r];
        sum += residual[r] * solved[r];
        for (let k = 0; k < places.length; k++) gradient[at + places[k]] += values[k] * solved[r];
      }
      logs[i] = -sum / 2;
    }
    return logs;
  };
  dims.set(observation, dim);
  if (mask) masks.set(observation, shownBy(observed, mask, noise));
  return observation;
}

function shownBy(observed: ArrayLike<number>, mask: ArrayLike<number>, noise: number): Masked {
  return {
    mask: Float32Array.from(mask, (seen) => (seen ? 1 : 0)),
    observed: Float32Array.from(observed, (y, d) => (mask[d] ? y : 0)),
    noise,
  };
}

function maskRows(caller: string, observed: ArrayLike<number>, mask: ArrayLike<number>): Row[] {
  length(caller, 'observed', observed, mask.length);
  const rows: Row[] = [];
  for (let d = 0; d < mask.length; d++) {
    if (!mask[d]) continue;
    if (!Number.isFinite(observed[d]))
      throw new RangeError(`${caller}: observed must be finite, got ${show(observed[d])} at index ${d}`);
    rows.push({ places: [d], values: [1], y: observed[d] });
  }
  if (rows.length === 0) throw new RangeError(`${caller}: mask must mark a coordinate, got none`);
  return rows;
}

function matrixRows(caller: string, observed: ArrayLike<number>, matrix: ArrayLike<number>): Row[] {
  const dim = matrix.length / observed.length;
  if (observed.length === 0 || matrix.length === 0 || !Number.isInteger(dim)) {
    throw new RangeError(
      `${caller}: matrix must hold a row for each of ${observed.length} observed numbers, got ${matrix.length} numbers`,
    );
  }
  finite(caller, 'observed', observed);
  finite(caller, 'matrix', matrix);
  return Array.from(observed, (y, r) => {
    const all = Array.from({ length: dim }, (_, d) => d);
    const places = all.filter((d) => matrix[r * dim + d] !== 0);
    return { places, values: places.map((d) => matrix[r * dim + d]), y };
  });
}

/** The product of two rows. */
function dot(a: Row, b: Row): number {
  let [sum, j] = [0, 0];
  a.places.forEach((place, i) => {
    while (j < b.places.length && b.places[j] < place) j++;
    if (b.places[j] === place) sum += a.values[i] * b.values[j];
  });
  return sum;
}

/** A covariance S of y: S^-1 r, and log det S. */
interface Covariance {
  solve(r: Float64Array): Float64Array;
  logDeterminant: number;
}

/** noise^2 I + variance G for a diagonal G. */
function diagonal(G: readonly number[][], variance: number, noise: number): Covariance {
  const entries = G.map((row, r) => noise * noise + variance * row[r]);
  return {
    solve: (r) => r.map((value, i) => value / entries[i]),
    logDeterminant: entries.reduce((sum, entry) => sum + log(entry), 0),
  };
}

/** noise^2 I + variance G = L L^T for any G. */
function dense(G: readonly number[][], variance: number, noise: number): Covariance {
  const L = G.map((row, i) => row.map((value, j) => variance * value + (i === j ? noise * noise : 0)));
  for (let j = 0; j < L.length; j++) {
    for (let i = j; i < L.length; i++) {
      for (let k = 0; k < j; k++) L[i][j] -= L[i][k] * L[j][k];
      L[i][j] = i === j ? Math.sqrt(L[i][j]) : L[i][j] / L[j][j];
    }
  }
  return {
    solve(r) {
      const x = r.slice();
      for (let i = 0; i < x.length; i++) {
        for (let k = 0; k < i; k++) x[i] -= L[i][k] * x[k];
        x[i] /= L[i][i];
      }
      for (let i = x.length - 1; i >= 0; i--) {
        for (let k = i + 1; k < x.length; k++) x[i] -= L[k][i] * x[k];
        x[i] /= L[i][i];
      }
      return x;
    },
    logDeterminant: L.reduce((sum, row, i) => sum + 2 * log(row[i]), 0),
  };
}
