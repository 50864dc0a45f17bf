// Where the particles of the first screen are under every noise.
import { geomspace } from '../../../index.js';
import { LEAST_LOOK, MOST_LOOK } from '../../state/state.js';

/** Noise levels that particles are led along, descending. */
export const LEVELS = Array.from(geomspace(LEAST_LOOK, MOST_LOOK, 56)).reverse();

/** Positions [n, 2] at each level, and after the last one at no noise. */
export class Path {
  #positions: Float32Array[] = [];

  clear(): void {
    this.#positions = [];
  }

  add(x: Float32Array): void {
    this.#positions.push(x);
  }

  get isWhole(): boolean {
    return this.#positions.length > LEVELS.length;
  }

  /** The noise that the particles have come to. */
  get reached(): number {
    return LEVELS[Math.min(this.#positions.length, LEVELS.length) - 1] ?? MOST_LOOK;
  }

  /** Positions [n, 2] under noise sigma, between levels along a straight line; at the least noise, those of none. */
  at(sigma: number): Float32Array {
    const positions = this.#positions;
    if (positions.length === 0) return new Float32Array(0);
    if (sigma <= LEAST_LOOK) return positions[positions.length - 1];
    const place = ((LEVELS.length - 1) * Math.log(MOST_LOOK / sigma)) / Math.log(MOST_LOOK / LEAST_LOOK);
    const first = Math.min(positions.length - 1, Math.max(0, Math.floor(place)));
    const next = positions[first + 1];
    if (!next) return positions[first];
    const share = Math.min(1, Math.max(0, place - first));
    return positions[first].map((x, i) => x + share * (next[i] - x));
  }
}
