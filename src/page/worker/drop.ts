import { movingDrop, type WayBack } from '../../apps/drop.js';
import { type Drop, glassEntropy } from '../../apps/glass.js';
import { joined } from '../../core/joined.js';
import type { Pieces } from '../../core/pieces.js';
import { type Core, key } from '../../index.js';

/** Where a drop falls, how far it spreads, and how it is taken back. */
export interface DropArgs {
  drop: Drop;
  /** sigma^2, ascending [T]. */
  variances: readonly number[];
  particles: number;
  seed: number;
  back: WayBack;
}

/** What the drop's figure shows. */
export interface DropFilm {
  /** Particles at each variance, ascending: [T, particles, 2]. */
  forwards: Float32Array;
  /** Particles on the way back, variances descending: [T, particles, 2]. */
  backwards: Float32Array;
  /** Entropy of the colour in nats at each moment, there and back: [2 T]. */
  entropies: Float64Array;
}

/** Spreads a drop of colour in a glass and takes it back. */
export function* dropFilm(
  core: Core,
  { drop, variances, particles, seed, back }: DropArgs,
): Pieces<DropFilm> {
  const options = { key: key(seed), variances, particles, back };
  const { forwards, backwards } = yield* movingDrop(core, drop, options);
  function* entropies(all: readonly number[]): Pieces<number[]> {
    const found: number[] = [];
    for (const v of all) {
      found.push(glassEntropy(core, drop, Math.sqrt(v)).entropy);
      yield;
    }
    return found;
  }
  const there = yield* entropies(variances);
  const most = variances[variances.length - 1];
  // By noise alone the variance goes on growing; otherwise every moment has the density it had on the way there.
  const again = back === 'noise' ? yield* entropies(variances.map((v) => 2 * most - v)) : there;
  const home = [...again].reverse();
  return {
    forwards: joined(Float32Array, forwards),
    backwards: joined(Float32Array, backwards),
    entropies: Float64Array.from([...there, ...home]),
  };
}
