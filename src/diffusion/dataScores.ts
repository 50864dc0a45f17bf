import type { OpenScore } from '../core/fusedScore.js';
import type { Core } from '../core/instantiate.js';
import type { Density, PointSet } from '../core/score.js';
import { checkPointSet } from '../data/pointSet.js';
import { type Empirical, empirical, noiseNumbers } from '../densities/empirical.js';
import { covarianceOf, FusedFamily, type Moments, momentsOf, openOwn, type ScoreFamily } from './family.js';

class DataScores extends FusedFamily<Density> {
  readonly core: Core;
  readonly dim: number;
  readonly moments: Moments;
  readonly #data: PointSet;

  constructor(core: Core, data: PointSet) {
    super();
    checkPointSet('dataScores', data);
    this.core = core;
    this.dim = data.dim;
    this.#data = data;
    this.moments = momentsOf(data);
  }

  at(sigma: number): Density {
    return empirical(this.core, this.#data, sigma);
  }

  covariance(): Float64Array[] {
    return covarianceOf(this.#data);
  }

  open(rooms: number): OpenScore {
    return openOwn(empirical(this.core, this.#data, 1) as Empirical, rooms);
  }

  noise(sigma: number): number[] {
    return noiseNumbers(this.dim, sigma);
  }
}

/**
 * The exact scores of a data set under noise: at(sigma) is {@link empirical}. Samplers that use them end on points of the data and
 * make nothing new. `data` must not change meanwhile.
 *
 * @param core the core that `loadCore` gave
 * @param data the points, [N, dim]
 * @throws RangeError unless data is a distribution over points
 */
export function dataScores(core: Core, data: PointSet): ScoreFamily<Density> {
  return new DataScores(core, data);
}
