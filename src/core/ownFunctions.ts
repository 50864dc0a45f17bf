// Functions of a user's: what they must keep to, since nobody else can check it. Each is looked at when it is called first; a
// function that breaks its contract does so from then on, and looks at every call would cost a quick one time.

import { CHANGED, length, show } from './check.js';
import type { Denoiser, Score } from './score.js';

/** Calls of each function or object that are looked at. */
const LOOKS = 3;
/** How many were, of each. */
const looked = new WeakMap<object, number>();

/** Whether this call of a function, or of an object's methods, is still to be looked at. */
function isLookedAt(owner: object): boolean {
  const calls = looked.get(owner) ?? 0;
  if (calls < LOOKS) looked.set(owner, calls + 1);
  return calls < LOOKS;
}

/** @throws TypeError with these words if the function changes x */
function unchanged<T>(owner: object, x: Float32Array, words: string, ask: () => T): T {
  if (!isLookedAt(owner)) return ask();
  const before = x.slice();
  const answer = ask();
  if (before.some((v, i) => !Object.is(v, x[i]))) throw new TypeError(words);
  return answer;
}

/**
 * The scores of the rows of x [n, dim], of a score that may be a user's own.
 *
 * @throws TypeError if it is no score, or changes x; RangeError unless it returns as many numbers as x has, at once
 */
export function scoresAt(score: Score, x: Float32Array): Float32Array {
  if (typeof score?.score !== 'function')
    throw new TypeError(`score: it must be an object with a method score(x), got ${show(score)}`);
  const scores = unchanged(score, x, CHANGED, () => score.score(x));
  length('score', 'its result', scores, x.length);
  return scores;
}

/** The clean points of the rows of y [n, dim], of a denoiser that may be a user's own. Errors as {@link scoresAt}. */
export function cleanOf(denoiser: Denoiser, y: Float32Array): Float32Array {
  const words = 'denoise: it must not change its argument y; let it copy y first';
  const clean = unchanged(denoiser, y, words, () => denoiser.denoise(y));
  length('denoise', 'its result', clean, y.length);
  return clean;
}

/**
 * Log-densities of the rows of x [n, dim], or other numbers, one a row, by a function that may be a user's own.
 *
 * @param caller its name, for messages
 * @param owner the function, or the object whose method `ask` calls
 * @throws TypeError if it changes x, RangeError unless it returns n numbers, at once
 */
export function numbersAt<T extends ArrayLike<number>>(
  caller: string,
  owner: object,
  x: Float32Array,
  n: number,
  ask: () => T,
): T {
  const words = `${caller}: it must not change its argument; let it copy that first`;
  const numbers = unchanged(owner, x, words, ask);
  length(caller, 'its result', numbers, n);
  return numbers;
}

/**
 * A function of a user's that writes to its second argument, [n] or [n, dim], what it computes of the rows of x [n, dim]: here
 * with its contract.
 *
 * @param name of the function, for messages
 * @returns a function that throws a TypeError if the user's returns an array or a promise, changes x, or leaves the second half of
 *   `out` as it was
 */
export function writer<T extends Float32Array | Float64Array>(
  name: string,
  write: (x: Float32Array, out: T) => unknown,
): (x: Float32Array, out: T, n: number) => void {
  const owner = {};
  return (x, out, n) => {
    const isFirst = (looked.get(owner) ?? 0) < LOOKS;
    const ask = () => write(x, out);
    const words = `${name} must not change its argument x; let it copy x first`;
    // Whoever has the scores written where x stands knows that it changes.
    const returned = x.buffer === out.buffer ? ask() : unchanged(owner, x, words, ask);
    if (typeof returned === 'object' && returned !== null && returned !== out) {
      const what = 'then' in returned ? 'a promise' : show(returned);
      throw new TypeError(
        `${name} must write to its second argument, at once, and return nothing, got ${what}`,
      );
    }
    if (isFirst && n > 1) checkWhole(name, write, x, out, n);
  };
}

/**
 * A function that knows one point alone writes the first row, and leaves the others at zero. Where they are, it is asked again to
 * see whether it wrote those zeros.
 */
function checkWhole<T extends Float32Array | Float64Array>(
  name: string,
  write: (x: Float32Array, out: T) => unknown,
  x: Float32Array,
  out: T,
  n: number,
): void {
  const half = Math.ceil(n / 2) * (out.length / n);
  if (!out.subarray(0, half).some((v) => v !== 0) || out.subarray(half).some((v) => v !== 0)) return;
  const again = out.slice().fill(1) as T;
  write(x, again);
  if (again.subarray(half).every((v) => v === 1)) {
    throw new TypeError(
      `${name} must write all ${out.length} numbers of its second argument, of ${n} points, got none from number ${half} on`,
    );
  }
}
