import { type Core, categorical, type Key, type PointSet } from '../index.js';

/** Draws n points of the set with their probabilities: [n, dim]. */
export function drawPoints(core: Core, key: Key, { points, logits, dim }: PointSet, n: number): Float32Array {
  const chosen = categorical(core, key, logits, n);
  return Float32Array.from(
    { length: n * dim },
    (_, i) => points[chosen[Math.floor(i / dim)] * dim + (i % dim)],
  );
}
