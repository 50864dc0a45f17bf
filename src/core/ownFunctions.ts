// Functions of a user's: what they must keep to, since nobody else can check it. Each is looked at when it is called first; a
// function that breaks its contract does so from then on, and looks at every call would cost a quick one time.

import { changed, length, show } from './check.js';
import type { Denoiser, Score } from './score.js';

/** Calls of each function, or of each method of an object, that are looked at. */
const LOOKS = 3;
/** How many were, of each, by its name. */
const looked = new WeakMap<object, Map<string, number>>();

/** Whether this call of a function, or of an object's method of this name, is still to be looked at. */
function isLookedAt(owner: object, name: string): boolean {
  const counts = looked.get(owner) ?? new Map<string, number>();
  const calls = counts.get(name) ?? 0;
  if (calls < LOOKS) looked.set(owner, counts.set(name, calls + 1));
  return calls < LOOKS;
}

/** @throws TypeError with these words if what it asks changes x */
function unchanged<T>(x: Float32Array, words: string, ask: () => T): T {
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
  const ask = () => score.score(x);
  const scores = isLookedAt(score, 'score') ? unchanged(x, changed('score'), ask) : ask();
  length('score', 'its result', scores, x.length);
  return scores;
}

/** The clean points of the rows of y [n, dim], of a denoiser that may be a user's own. Errors as {@link scoresAt}. */
export function cleanOf(denoiser: Denoiser, y: Float32Array): Float32Array {
  const words = 'denoise: it must not change its argument y; let it copy y first';
  const ask = () => denoiser.denoise(y);
  const clean = isLookedAt(denoiser, 'denoise') ? unchanged(y, words, ask) : ask();
  length('denoise', 'its result', clean, y.length);
  return clean;
}

/**
 * Log-densities of the rows of x [n, dim], or other numbers, one a row, by a function that may be a user's own.
 *
 * @param caller its name, for messages, by which the calls of a method are counted too
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
  const numbers = isLookedAt(owner, caller) ? unchanged(x, words, ask) : ask();
  length(caller, 'its result', numbers, n);
  return numbers;
}

type Write<T> = (x: Float32Array, out: T) => unknown;

/**
 * A function of a user's that writes to its second argument, [n] or [n, dim], what it computes of the rows of x [n, dim]: here
 * with its contract.
 *
 * @param name of the function, for messages
 * @param isSilent whether a function that writes nothing and returns nothing may mean the zeros that it leaves
 * @returns a function that throws a TypeError if the user's returns what it computes, or a promise, changes x, or leaves all of
 *   `out`, or its second half, as it was
 */
export function writer<T extends Float32Array | Float64Array>(
  name: string,
  write: Write<T>,
  isSilent: boolean,
): (x: Float32Array, out: T, n: number) => void {
  const owner = {};
  return (x, out, n) => {
    const isFirst = isLookedAt(owner, name);
    const ask = () => write(x, out);
    const words = `${name} must not change its argument x; let it copy x first`;
    // Whoever has the scores written where x stands knows that it changes.
    const returned = isFirst && x.buffer !== out.buffer ? unchanged(x, words, ask) : ask();
    const isArray = typeof returned === 'object' && returned !== null && returned !== out;
    const isMute = () => (returned !== undefined || !isSilent) && isUnwritten(write, x, out);
    if (isArray || (isFirst && isMute())) {
      const what = isArray && 'then' in returned ? 'a promise' : show(returned);
      const got = returned === undefined ? 'nothing written' : what;
      throw new TypeError(
        `${name} must write to its second argument, at once, and return nothing, got ${got}`,
      );
    }
    if (isFirst && n > 1) checkWhole(name, write, x, out, n);
  };
}

const isZero = (values: Float32Array | Float64Array) => values.every((v) => v === 0);

/** Whether zeros in `out` are what stood there: they do not replace ones either, and none are added to elsewhere. */
function isUnwritten<T extends Float32Array | Float64Array>(
  write: Write<T>,
  x: Float32Array,
  out: T,
): boolean {
  if (out.length === 0 || !isZero(out)) return false;
  const ones = out.slice().fill(1) as T;
  write(x.slice(), ones);
  if (ones.some((v) => v !== 1)) return false;
  const zeros = out.slice().fill(0) as T;
  write(
    x.map((v) => v + 1),
    zeros,
  );
  return isZero(zeros);
}

/**
 * A function that knows one point alone writes the first row, and leaves the others at zero. Where they are, it is asked again to
 * see whether it wrote those zeros, and, for one that adds to them, what it says where a row that has another answer stands there.
 */
function checkWhole<T extends Float32Array | Float64Array>(
  name: string,
  write: Write<T>,
  x: Float32Array,
  out: T,
  n: number,
): void {
  const rows = Math.ceil(n / 2);
  const [dim, width] = [x.length / n, out.length / n];
  const half = rows * width;
  const first = out.findIndex((v) => v !== 0);
  if (first < 0 || first >= half || !isZero(out.subarray(half))) return;
  const again = out.slice().fill(1) as T;
  write(x.slice(), again);
  if (again.subarray(half).some((v) => v !== 1)) return;
  const row = Math.floor(first / width);
  const other = x.slice();
  for (let i = rows; i < n; i++) other.copyWithin(i * dim, row * dim, (row + 1) * dim);
  again.fill(0);
  write(other, again);
  if (isZero(again.subarray(half))) {
    throw new TypeError(
      `${name} must write all ${out.length} numbers of its second argument, of ${n} points, got none from number ${half} on`,
    );
  }
}
