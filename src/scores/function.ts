import { integer, points } from '../check.js';
import type { Core } from '../core/instantiate.js';
import type { Score } from './types.js';

/**
 * A score written in JavaScript, for the same samplers as any other.
 *
 * @param dim coordinates of a point
 * @param evaluate writes the scores of `x` [n, dim] to `out` [n, dim]
 */
export function fromFunction(
  core: Core,
  dim: number,
  evaluate: (x: Float32Array, out: Float32Array) => void,
): Score {
  integer('fromFunction', 'dim', dim);
  if (typeof evaluate !== 'function')
    throw new TypeError(`fromFunction: evaluate must be a function, got ${typeof evaluate}`);
  return {
    core,
    dim,
    score(x, out = new Float32Array(x.length)) {
      points('score', 'x', x, dim);
      if (out.length !== x.length) {
        throw new RangeError(`score: out must hold ${x.length} numbers, got ${out.length}`);
      }
      evaluate(x, out);
      return out;
    },
    dispose() {},
    [Symbol.dispose]() {},
  };
}
