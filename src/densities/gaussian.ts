import { GAUSSIAN } from '../abi/scores.js';
import { log } from '../core/elementary.js';
import { factor } from '../core/factor.js';
import { FusedDensity } from '../core/fusedScore.js';
import type { Core } from '../core/instantiate.js';
import type { Density } from '../core/score.js';

/** Options of {@link gaussian}. */
export interface GaussianOptions {
  /** [dim] */
  mean: readonly number[];
  /** [dim, dim], symmetric and positive definite. */
  covariance: readonly (readonly number[])[];
}

/** A Gaussian that keeps its mean and covariance, for `smooth`. */
export class Gaussian extends FusedDensity {
  readonly options: GaussianOptions;

  constructor(core: Core, options: GaussianOptions, bytes: number, write: (at: number) => void) {
    super(core, options.mean.length, GAUSSIAN, bytes, write);
    this.options = options;
  }
}

/**
 * A Gaussian with any positive definite covariance. Its Cholesky factor L is computed in float64; with u = L^-1 (x - mean),
 *
 *   log p(x) = -|u|^2 / 2 - sum_i log L_ii - dim / 2 log(2 pi),   score(x) = -L^-T u,
 *
 * in float32. The rounding error of u grows with the root of the covariance's condition number.
 *
 * @param core the core that `loadCore` gave
 * @throws RangeError if shapes do not agree, a number is not finite, or the covariance is not symmetric and positive definite.
 */
export function gaussian(core: Core, { mean, covariance }: GaussianOptions): Density {
  const dim = mean?.length ?? 0;
  if (dim === 0) throw new RangeError('gaussian: mean must hold one or more numbers, got none');
  for (let i = 0; i < dim; i++) {
    if (!Number.isFinite(Math.fround(mean[i])))
      throw new RangeError(`gaussian: mean[${i}] must be finite, got ${mean[i]}`);
  }
  const W = inverseLower(factor('gaussian', 'covariance', covariance, dim));
  const { wasm, memory } = core;
  const copies = { mean: [...mean], covariance: covariance.map((row) => [...row]) };
  return new Gaussian(core, copies, wasm.gaussianHeader(0, dim), (at) => {
    wasm.gaussianHeader(at, dim);
    memory.f32(wasm.gaussianMean(at), dim).set(mean);
    const size = (dim * (dim + 1)) / 2;
    memory.f32(wasm.gaussianRows(at), size).set(W.flat());
    const columns = W.flatMap((_, j) => W.slice(j).map((row) => row[j]));
    memory.f32(wasm.gaussianColumns(at), size).set(columns);
    const logScale = W.reduce((sum, row, i) => sum + log(row[i]), 0);
    wasm.gaussianConstant(at, logScale - (dim / 2) * log(2 * Math.PI));
  });
}

/** Rows of L^-1, by forward substitution. @throws RangeError when float32 does not hold them. */
function inverseLower(L: number[][]): number[][] {
  const W: number[][] = [];
  for (let i = 0; i < L.length; i++) {
    const row = L[i].map((_, j) => {
      let sum = 0;
      for (let k = j; k < i; k++) sum += L[i][k] * W[k][j];
      return -sum / L[i][i];
    });
    row[i] = 1 / L[i][i];
    if (!row.every((w) => Number.isFinite(Math.fround(w)))) {
      throw new RangeError(
        'gaussian: covariance must have an inverse Cholesky factor that float32 holds; scale the data',
      );
    }
    W.push(row);
  }
  return W;
}
