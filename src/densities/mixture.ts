import { MIXTURE } from '../abi/scores.js';
import { length, positive, scale, show } from '../core/check.js';
import { log } from '../core/elementary.js';
import { FusedDensity } from '../core/fusedScore.js';
import type { Core } from '../core/instantiate.js';
import type { Density } from '../core/score.js';

/** Options of {@link mixture} and {@link mixtureScores}. */
export interface MixtureOptions {
  /** [K, dim] */
  means: readonly (readonly number[])[];
  /** [K, dim], positive: the standard deviation of each coordinate. */
  sds: readonly (readonly number[])[];
  /** [K], positive, normalised here; equal when left out. */
  weights?: readonly number[];
}

/** A mixture that keeps its options, for `smooth`. */
export class Mixture extends FusedDensity {
  readonly options: Required<MixtureOptions>;

  constructor(core: Core, options: Required<MixtureOptions>, bytes: number, write: (at: number) => void) {
    super(core, options.means[0].length, MIXTURE, bytes, write);
    this.options = options;
  }
}

/**
 * A mixture of K Gaussians with diagonal covariance, in any dimension:
 *
 *   log p(x) = log sum_k weight_k N(x; mean_k, diag(sd_k^2)),   score(x) = sum_k p(k | x) (mean_k - x) / sd_k^2,
 *
 * also right far out in the tails, where every component's density underflows.
 *
 * @param core the core that `loadCore` gave
 * @throws RangeError if shapes do not agree, a mean is not finite, or a standard deviation or weight not positive.
 * @example
 * ```js
 * import { loadCore, mixture } from 'scorefield';
 *
 * const core = await loadCore();
 * const density = mixture(core, { means: [[-1, 0], [1, 0]], sds: [[0.5, 0.5], [0.5, 0.5]] });
 * console.log(density.score(Float32Array.of(-1, 0, 1, 0))); // two points, [2, 2]
 * ```
 */
export function mixture(core: Core, { means, sds, weights = means.map(() => 1) }: MixtureOptions): Density {
  const K = means?.length ?? 0;
  const dim = means?.[0]?.length ?? 0;
  if (K === 0 || dim === 0) throw new RangeError('mixture: means must hold one or more points, got none');
  if (sds?.length !== K)
    throw new RangeError(`mixture: sds must hold ${K} rows as means does, got ${sds?.length ?? show(sds)}`);
  length('mixture', 'weights', weights, K);
  for (let k = 0; k < K; k++) {
    length('mixture', `means[${k}]`, means[k], dim);
    length('mixture', `sds[${k}]`, sds[k], dim);
    for (const mean of means[k]) {
      if (!Number.isFinite(Math.fround(mean)))
        throw new RangeError(`mixture: means[${k}] must be finite, got ${show(mean)}`);
    }
    for (const sd of sds[k]) scale('mixture', `sds[${k}]`, sd);
    positive('mixture', `weights[${k}]`, weights[k]);
  }
  const { wasm, memory } = core;
  const copies = {
    means: means.map((row) => [...row]),
    sds: sds.map((row) => [...row]),
    weights: [...weights],
  };
  return new Mixture(core, copies, wasm.mixtureHeader(0, dim, K), (at) => {
    wasm.mixtureHeader(at, dim, K);
    memory.f32(wasm.mixtureMeans(at), K * dim).set(means.flat());
    memory.f32(wasm.mixtureInverseSds(at), K * dim).set(sds.flat().map((sd) => 1 / sd));
    memory.f32(wasm.mixtureConstants(at), K).set(logConstants(sds, weights));
  });
}

/** Constants of the log-densities, log weight_k - sum_d log sd_kd - D/2 log(2 pi) with normalised weights: [K]. */
export function logConstants(sds: readonly (readonly number[])[], weights: readonly number[]): number[] {
  const largest = weights.reduce((most, weight) => Math.max(most, weight), 0);
  const total = weights.reduce((sum, weight) => sum + weight / largest, 0);
  return weights.map((weight, k) => {
    const logScales = sds[k].reduce((sum, sd) => sum + log(sd), 0);
    return log(weight / largest / total) - logScales - (sds[k].length / 2) * log(2 * Math.PI);
  });
}
