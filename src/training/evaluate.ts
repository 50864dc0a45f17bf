import { Categorical } from '../core/categorical.js';
import { integer } from '../core/check.js';
import { square } from '../core/elementary.js';
import type { Core } from '../core/instantiate.js';
import { pause } from '../core/pause.js';
import { type Key, key as keyOf, normal, split } from '../core/random.js';
import type { PointSet } from '../core/score.js';
import { checkPointSet } from '../data/pointSet.js';
import { empirical } from '../densities/empirical.js';
import { MANY, Plane } from '../densities/plane.js';
import type { Network } from '../networks/network.js';

/** Options of {@link evaluate}. */
export interface EvaluateOptions {
  /** Levels to evaluate; all when left out. */
  levels?: readonly number[];
  /** Noisy points drawn at each level. Default: 4096. */
  samples?: number;
  /** Of the noise of the samples. */
  key?: Key;
  /** Stops the run when aborted: the generator throws its reason. */
  signal?: AbortSignal;
}

/** How good a network is at one level. Losses are the article's: sigma^2 times the mean squared error a coordinate. */
export interface LevelQuality {
  /** Number of the noise level, 0 for the smallest. */
  level: number;
  /** The standard deviation of the noise. */
  sigma: number;
  /** The network's loss: bestLoss + excess. */
  loss: number;
  /** The loss of the exact score of the noisy data, the least that a network can have. */
  bestLoss: number;
  /** sigma^2 E (s - s*)^2, a mean over coordinates: how much the network's loss is above that of the exact score s*. */
  excess: number;
}

/**
 * Compares a network with the exact score of its data, level by level. The exact score s* is the conditional mean of the target,
 * so that E (s - target)^2 = E (s* - target)^2 + E (s - s*)^2. The two terms are estimated from the same draws and added, which
 * has less variance than estimating the loss directly.
 *
 * Of 4096 points or more clean ones are drawn by an alias table, and in the plane only those near a noisy point are summed over,
 * which changes s* by less than 5e-6 of |s*| + 1 / sigma.
 *
 * @param data the distribution that the network was trained on
 * @param network as it is now
 * @throws RangeError on a level that the network does not have; the signal's reason when aborted
 */
export async function* evaluate(
  network: Network,
  data: PointSet,
  { levels = [...network.sigmas.keys()], samples = 4096, key = keyOf(0), signal }: EvaluateOptions = {},
): AsyncGenerator<LevelQuality, void, void> {
  integer('evaluate', 'samples', samples);
  for (const level of levels) integer('evaluate', 'level', level, 0, network.sigmas.length - 1);
  if (network.sigmas[0] === 0)
    throw new RangeError('evaluate: the network must have levels of noise, got one without');
  const { core } = network;
  const { dim } = network.config;
  const isMany = data.logits.length >= MANY;
  const distribution = new Categorical(core, data.logits, isMany ? 'alias' : 'gumbel');
  const keys = split(key, 2 * network.sigmas.length);
  let plane: Plane | undefined;
  try {
    if (dim === 2 && isMany) {
      checkPointSet('evaluate', data);
      plane = new Plane(core, data);
    }
    for (const level of levels) {
      signal?.throwIfAborted();
      const sigma = network.sigmas[level];
      const clean = distribution.draw(keys[2 * level], samples);
      const noise = normal(core, keys[2 * level + 1], [samples, dim]);
      const x = noise.map((z, i) => data.points[clean[Math.floor(i / dim)] * dim + (i % dim)] + sigma * z);
      const learned = network.at(level);
      const s = learned.score(x);
      const best = plane ? plane.evaluate(x, sigma).score : exactScore(core, data, sigma, x);
      learned.dispose();
      let bestLoss = 0;
      let excess = 0;
      for (let i = 0; i < x.length; i++) {
        // From the rounded sum x, as in training.
        const target = (data.points[clean[Math.floor(i / dim)] * dim + (i % dim)] - x[i]) / square(sigma);
        bestLoss += square(best[i] - target);
        excess += square(s[i] - best[i]);
      }
      const scale = square(sigma) / x.length;
      bestLoss *= scale;
      excess *= scale;
      yield { level, sigma, loss: bestLoss + excess, bestLoss, excess };
      await pause();
    }
  } finally {
    plane?.dispose();
    distribution.dispose();
  }
}

function exactScore(core: Core, data: PointSet, sigma: number, x: Float32Array): Float32Array {
  const exact = empirical(core, data, sigma);
  try {
    return exact.score(x);
  } finally {
    exact.dispose();
  }
}
