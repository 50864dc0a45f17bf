import { length, points, scale } from '../core/check.js';
import { scoresAt } from '../core/ownFunctions.js';
import type { Score } from '../core/score.js';

/**
 * The score of alpha x when `score` is that of x:
 *
 *   scaled(x) = score(x / alpha) / alpha.
 *
 * For one, alpha x0 + sigma noise is alpha times (x0 + (sigma / alpha) noise), so that its score is
 * scaleScore(family.at(sigma / alpha), alpha). To dispose of it is to dispose of `score`.
 *
 * @param score of the points that are not scaled
 * @param alpha what points are multiplied by, above 0
 * @throws RangeError if alpha is not positive
 */
export function scaleScore(score: Score, alpha: number): Score {
  scale('scaleScore', 'alpha', alpha);
  const { core, dim } = score;
  return {
    core,
    dim,
    score(x, out = new Float32Array(x.length)) {
      points('score', 'x', x, dim);
      length('score', 'out', out, x.length);
      const scores = scoresAt(
        score,
        x.map((v) => v / alpha),
      );
      for (let i = 0; i < out.length; i++) out[i] = scores[i] / alpha;
      return out;
    },
    dispose: () => score.dispose(),
    [Symbol.dispose]: () => score.dispose(),
  };
}
