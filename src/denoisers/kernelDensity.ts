import { exp, square } from '../core/elementary.js';

/** Bandwidths beyond which an observation counts for nothing, beside one at the centre: exp(-9^2 / 2) is 3e-18. */
const REACH = 9;

/** The density of numbers, each smoothed by a Gaussian: p(y) = mean_i N(y; Y_i, h^2). */
export class KernelDensity {
  readonly #sorted: Float64Array;
  readonly #bandwidth: number;

  /** @param sorted one or more numbers, ascending; bandwidth h, positive */
  constructor(sorted: Float64Array, bandwidth: number) {
    this.#sorted = sorted;
    this.#bandwidth = bandwidth;
  }

  /** p(y); below 1e-17 of a single observation's, it may be 0. */
  at(y: number): number {
    const { mass } = this.#sums(y);
    return mass / (this.#sorted.length * this.#bandwidth * Math.sqrt(2 * Math.PI));
  }

  /** (log p)'(y); far from all observations, that of the nearest alone. */
  slope(y: number): number {
    const { mass, pull } = this.#sums(y);
    if (mass > 0) return pull / mass / this.#bandwidth;
    const above = this.#first(y);
    const nearest = [this.#sorted[above - 1], this.#sorted[above]]
      .filter((value) => value !== undefined)
      .reduce((a, b) => (Math.abs(b - y) < Math.abs(a - y) ? b : a));
    return (nearest - y) / square(this.#bandwidth);
  }

  /** Sums over observations in reach of exp(-u^2 / 2) and of u times that, with u = (Y_i - y) / h. */
  #sums(y: number): { mass: number; pull: number } {
    const h = this.#bandwidth;
    let [mass, pull] = [0, 0];
    for (let i = this.#first(y - REACH * h); i < this.#sorted.length; i++) {
      const u = (this.#sorted[i] - y) / h;
      if (u > REACH) break;
      const weight = exp((-u * u) / 2);
      mass += weight;
      pull += u * weight;
    }
    return { mass, pull };
  }

  /** Number of observations below y. */
  #first(y: number): number {
    let [low, high] = [0, this.#sorted.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#sorted[middle] < y) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
