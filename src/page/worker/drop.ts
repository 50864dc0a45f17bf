import { moveDrop, type WayBack } from '../../apps/drop.js';
import { type Drop, glassEntropy } from '../../apps/glass.js';
import { joined } from '../../core/joined.js';
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
export function dropFilm(core: Core, { drop, variances, particles, seed, back }: DropArgs): DropFilm {
  const { forwards, backwards } = moveDrop(core, drop, { key: key(seed), variances, particles, back });
  const there = variances.map((v) => glassEntropy(core, drop, Math.sqrt(v)).entropy);
  const most = variances[variances.length - 1];
  // By noise alone the variance goes on growing; otherwise every moment has the density it had on the way there.
  const again = (v: number, i: number) =>
    back === 'noise' ? glassEntropy(core, drop, Math.sqrt(2 * most - v)).entropy : there[i];
  const home = variances.map(again).reverse();
  return {
    forwards: joined(Float32Array, forwards),
    backwards: joined(Float32Array, backwards),
    entropies: Float64Array.from([...there, ...home]),
  };
}
