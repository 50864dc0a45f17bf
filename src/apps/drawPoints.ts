import { type Core, categorical, type Drawing, type Key, type PointSet } from '../index.js';

/** Most draws times points that are drawn as JAX draws them: each of its draws looks at every point. */
const MOST_WORK = 1e8;

/** JAX's way to draw where it takes a moment, else the one whose time does not grow with the points. */
export const drawingOf = ({ logits }: PointSet, n: number): Drawing =>
  n * logits.length > MOST_WORK ? 'alias' : 'gumbel';

/** Draws n points of the set with their probabilities: [n, dim]. */
export function drawPoints(core: Core, key: Key, data: PointSet, n: number): Float32Array {
  const { points, logits, dim } = data;
  const chosen = categorical(core, key, logits, n, { drawing: drawingOf(data, n) });
  return Float32Array.from(
    { length: n * dim },
    (_, i) => points[chosen[Math.floor(i / dim)] * dim + (i % dim)],
  );
}
