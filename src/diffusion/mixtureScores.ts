import { square } from '../core/elementary.js';
import type { OpenScore } from '../core/fusedScore.js';
import type { Core } from '../core/instantiate.js';
import type { Density } from '../core/score.js';
import { logConstants, type Mixture, type MixtureOptions, mixture } from '../densities/mixture.js';
import { FusedFamily, type Moments, noiseScale, openOwn, type ScoreFamily } from './family.js';

class MixtureScores extends FusedFamily<Density> {
  readonly core: Core;
  readonly dim: number;
  readonly moments: Moments;
  override readonly variances: Float64Array;
  readonly #options: Required<MixtureOptions>;

  constructor(core: Core, { means, sds, weights = means.map(() => 1) }: MixtureOptions) {
    super();
    // Throws if the options are bad.
    mixture(core, { means, sds, weights }).dispose();
    this.core = core;
    this.dim = means[0].length;
    this.#options = structuredClone({ means, sds, weights });
    this.variances = Float64Array.from(sds.flat(), (sd) => sd * sd);
    this.moments = mixtureMoments(this.#options);
  }

  at(sigma: number): Density {
    const { means, weights } = this.#options;
    return mixture(this.core, { means, sds: this.#sds(sigma), weights });
  }

  covariance(): Float64Array[] {
    const { means, sds, weights } = this.#options;
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    const { mean } = this.moments;
    return sds[0].map((_, d) =>
      Float64Array.from(sds[0], (_, e) =>
        means.reduce((sum, own, k) => {
          const within = d === e ? square(sds[k][d]) : 0;
          return sum + (weights[k] / total) * (within + (own[d] - mean[d]) * (own[e] - mean[e]));
        }, 0),
      ),
    );
  }

  open(rooms: number): OpenScore {
    return openOwn(mixture(this.core, this.#options) as Mixture, rooms);
  }

  noise(sigma: number): number[] {
    return [square(sigma), ...logConstants(this.#sds(sigma), this.#options.weights)];
  }

  #sds(sigma: number): number[][] {
    const variance = square(noiseScale('mixtureScores.at', sigma));
    return this.#options.sds.map((row) => row.map((sd) => Math.sqrt(sd * sd + variance)));
  }
}

function mixtureMoments({ means, sds, weights }: Required<MixtureOptions>): Moments {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const average = (of: (k: number, d: number) => number) =>
    Float64Array.from(means[0], (_, d) =>
      weights.reduce((sum, weight, k) => sum + (weight / total) * of(k, d), 0),
    );
  const mean = average((k, d) => means[k][d]);
  return { mean, variance: average((k, d) => square(sds[k][d]) + square(means[k][d] - mean[d])) };
}

/**
 * The exact scores of a mixture of Gaussians under noise: at(sigma) is the mixture with sigma^2 added to every variance, a
 * density. sigma may be 0. Arguments as {@link mixture}'s.
 *
 * @param core the core that `loadCore` gave
 * @throws RangeError as {@link mixture} does
 */
export function mixtureScores(core: Core, options: MixtureOptions): ScoreFamily<Density> {
  return new MixtureScores(core, options);
}
