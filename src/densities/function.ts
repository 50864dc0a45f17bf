import { integer, length, points } from '../core/check.js';
import { exp } from '../core/elementary.js';
import type { Core } from '../core/instantiate.js';
import { writer } from '../core/ownFunctions.js';
import type { Density, Score } from '../core/score.js';

/**
 * A score written in JavaScript, which samplers take as any other; with `logProb` a density, which some samplers need.
 *
 * @param core the core that `loadCore` gave
 * @param dim coordinates of a point, a positive integer
 * @param evaluate writes the scores of `x` [n, dim] to `out` [n, dim]
 * @param logProb writes log p(x), up to a constant, of the rows of `x` [n, dim] to `out` [n], in float64: samplers accept by its
 *   differences, which float32 would lose where it is large
 * @throws RangeError if dim is not a positive integer, TypeError if evaluate or logProb is no function. What is made of them
 *   throws a TypeError if one changes x, returns its answer or a promise in place of writing to `out`, or leaves `out` half empty,
 *   at one of its first calls; so does a logProb that writes nothing
 * @example
 * ```js
 * import { fromFunction, key, langevin, loadCore } from 'scorefield';
 *
 * const core = await loadCore();
 * // The score of a standard normal in three dimensions, for the rows of x.
 * const score = fromFunction(core, 3, (x, out) => {
 *   for (let i = 0; i < x.length; i++) out[i] = -x[i];
 * });
 * for await (const { step, x } of langevin(score, { key: key(0), steps: 100, stepSize: 0.1, chains: 4 })) {
 *   console.log(step, x.length); // 12 numbers, [4, 3]
 * }
 * ```
 */
export function fromFunction(
  core: Core,
  dim: number,
  evaluate: (x: Float32Array, out: Float32Array) => void,
): Score;
export function fromFunction(
  core: Core,
  dim: number,
  evaluate: (x: Float32Array, out: Float32Array) => void,
  logProb: (x: Float32Array, out: Float64Array) => void,
): Density;
export function fromFunction(
  core: Core,
  dim: number,
  evaluate: (x: Float32Array, out: Float32Array) => void,
  logProb?: (x: Float32Array, out: Float64Array) => void,
): Score | Density {
  integer('fromFunction', 'dim', dim);
  if (typeof evaluate !== 'function')
    throw new TypeError(`fromFunction: evaluate must be a function, got ${typeof evaluate}`);
  if (logProb !== undefined && typeof logProb !== 'function')
    throw new TypeError(`fromFunction: logProb must be a function, got ${typeof logProb}`);
  const writeScores = writer('fromFunction: evaluate', evaluate, true);
  const own: Score = {
    core,
    dim,
    score(x, out = new Float32Array(x.length)) {
      const n = points('score', 'x', x, dim);
      length('score', 'out', out, x.length);
      writeScores(x, out, n);
      return out;
    },
    dispose() {},
    [Symbol.dispose]() {},
  };
  if (!logProb) return own;
  const writeLogs = writer('fromFunction: logProb', logProb, false);
  const logProb64 = (x: Float32Array) => {
    const n = points('logProb', 'x', x, dim);
    const out = new Float64Array(n);
    writeLogs(x, out, n);
    return out;
  };
  return {
    ...own,
    logProb: (x) => Float32Array.from(logProb64(x)),
    logProb64,
    prob: (x) => Float32Array.from(logProb64(x), exp),
  };
}
