/** The Wasserstein-1 distance of two one-dimensional samples [n]: the mean distance of their sorted values. */
export function wasserstein(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const [x, y] = [Float64Array.from(a).sort(), Float64Array.from(b).sort()];
  return x.reduce((sum, value, i) => sum + Math.abs(value - y[i]), 0) / x.length;
}
