/** Steps between two looks, but for the last: what starts slowly has moved by then. */
const LEAST_STEPS = 8;
/**
 * What a step may move a coordinate that stays where it is, as a share of it: about ten times the spacing of float32 numbers, and
 * several times the noise of steps that are refused.
 */
const SHARE = 1e-6;

/** Tells chains without acceptance that stay where float32 numbers are too far apart for their steps. */
export class Standstill {
  readonly #caller: string;
  readonly #reach: number;
  readonly #dim: number;
  readonly #first: number;
  #step = 0;
  #before?: Float32Array;

  /**
   * @param reach what float32 must resolve of a position
   * @param first chain of those that are looked at
   */
  constructor(caller: string, reach: number, dim: number, first: number) {
    this.#caller = caller;
    this.#reach = reach;
    this.#dim = dim;
    this.#first = first;
  }

  /**
   * Compares positions with those of about half as many steps: a chain that is far away and moves on is none.
   *
   * @param x positions after so many steps, which stay as they are
   * @throws RangeError that names the first such chain
   */
  look(x: Float32Array, step: number, isLast: boolean): void {
    const before = this.#before;
    if (before && !isLast && step < 2 * this.#step + LEAST_STEPS) return;
    const share = SHARE * Math.sqrt(step - this.#step);
    const still = before
      ? x.findIndex(
          (v, i) => Math.fround(v + this.#reach) === v && Math.abs(v - before[i]) <= share * Math.abs(v),
        )
      : -1;
    if (still >= 0) {
      const c = this.#first + Math.floor(still / this.#dim);
      throw new RangeError(
        `${this.#caller}: coordinate ${still % this.#dim} of chain ${c} stays at about ${x[still]}, so far from 0 that float32 rounds its steps; shift that coordinate to be near 0, or raise stepSize`,
      );
    }
    this.#before = x.slice();
    this.#step = step;
  }
}
