import { show } from '../core/check.js';
import { checkDraws, coordinate, type Draws, type DrawsShape, split } from './draws.js';
import { chainsEssTail } from './effectiveSampleSize.js';
import { effectiveSize } from './effectiveSize.js';
import { mean, variance } from './moments.js';
import { normalScores } from './ranks.js';
import { chainsRhat } from './rhat.js';
import { chainsMcseMean, chainsMcseSd } from './standardError.js';

/** Options of {@link summary}. */
export interface SummaryOptions extends DrawsShape {
  /** Names of the coordinates: [dim]. Default: x[0], x[1], ... */
  names?: readonly string[];
}

/** Estimates of one coordinate and their errors. */
export interface CoordinateSummary {
  /** What the coordinate is called. */
  name: string;
  /** The mean of all draws. */
  mean: number;
  /** The standard deviation of all S draws, from the sum of squares divided by S - 1. */
  sd: number;
  /** Monte-Carlo standard errors of the two. */
  mcseMean: number;
  /** Monte-Carlo standard error of `sd`. */
  mcseSd: number;
  /** Effective sample size of the middle, see {@link essBulk}. */
  essBulk: number;
  /** Effective sample size of the tails, see {@link essTail}. */
  essTail: number;
  /** How far the chains agree, 1 when they do, see {@link rhat}. */
  rhat: number;
}

/**
 * For each coordinate its mean, standard deviation, their Monte-Carlo standard errors, effective sample sizes and R-hat, each as
 * the function of that name computes it (as `arviz.summary` does): [dim].
 *
 * @param draws [draws, chains, dim], at least 4 draws
 * @throws TypeError for another type of array, RangeError on a wrong length, draws that are not finite, or
 *   another number of names than of coordinates
 * @example
 * ```js
 * import { collect, gaussian, key, langevin, loadCore, summary } from 'scorefield';
 *
 * const density = gaussian(await loadCore(), { mean: [1], covariance: [[1]] });
 * const run = langevin(density, { key: key(0), steps: 500, stepSize: 0.5, chains: 4, thin: 1 });
 * const { path } = await collect(run);
 * const [{ mean, mcseMean, rhat }] = summary(path, { chains: 4, dim: 1 });
 * console.log(mean, mcseMean, rhat);
 * ```
 */
export function summary(draws: Draws, options: SummaryOptions = {}): CoordinateSummary[] {
  const shape = checkDraws('summary', draws, options);
  const { names = Array.from({ length: shape.dim }, (_, at) => `x[${at}]`) } = options;
  if (!Array.isArray(names) || names.length !== shape.dim) {
    throw new RangeError(
      `summary: names must hold ${shape.dim} names, got ${Array.isArray(names) ? names.length : show(names)}`,
    );
  }
  return names.map((name, at) => {
    const chains = coordinate(draws, shape, at);
    const scores = normalScores(split(chains));
    return {
      name,
      mean: mean(chains.values),
      sd: Math.sqrt(variance(chains.values)),
      mcseMean: chainsMcseMean(chains),
      mcseSd: chainsMcseSd(chains),
      essBulk: effectiveSize(scores),
      essTail: chainsEssTail(chains),
      rhat: chainsRhat(chains, scores),
    };
  });
}
