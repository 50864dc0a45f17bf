/** A grid of n x n cells over the limits. */
export interface Grid {
  xlim: readonly [number, number];
  ylim: readonly [number, number];
  n: number;
}

/** The centres of the cells: [n, n, 2], rows along x[0] and columns along x[1]. */
export function middles({ xlim, ylim, n }: Grid): Float32Array {
  const x = new Float32Array(2 * n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      x[2 * (i * n + j)] = xlim[0] + ((i + 0.5) / n) * (xlim[1] - xlim[0]);
      x[2 * (i * n + j) + 1] = ylim[0] + ((j + 0.5) / n) * (ylim[1] - ylim[0]);
    }
  }
  return x;
}
