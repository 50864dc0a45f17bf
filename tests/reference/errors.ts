/** The largest error of an entry, relative to the largest entry. */
export function vectorError(got: ArrayLike<number>, want: ArrayLike<number>): number {
  if (got.length !== want.length) throw new Error(`lengths differ: ${got.length} and ${want.length}`);
  let error = 0;
  let scale = 0;
  for (let i = 0; i < want.length; i++) {
    // Not Math.max alone: a NaN must not pass for small.
    if (Number.isNaN(got[i]) || Number.isNaN(want[i])) return Infinity;
    if (got[i] !== want[i]) error = Math.max(error, Math.abs(got[i] - want[i]));
    scale = Math.max(scale, Math.abs(want[i]));
  }
  return error === 0 ? 0 : error / scale;
}

/** The largest relative error of an entry. */
export function relativeError(got: ArrayLike<number>, want: ArrayLike<number>): number {
  if (got.length !== want.length) throw new Error(`lengths differ: ${got.length} and ${want.length}`);
  let worst = 0;
  for (let i = 0; i < want.length; i++) worst = Math.max(worst, vectorError([got[i]], [want[i]]));
  return worst;
}

/** The gradient [n] of f at x [n] by central differences. */
export function differences(f: (x: number[]) => number, x: number[], h = 1e-5): number[] {
  return x.map((_, i) => {
    const moved = (by: number) => f(x.map((v, j) => (j === i ? v + by : v)));
    return (moved(h) - moved(-h)) / (2 * h);
  });
}
