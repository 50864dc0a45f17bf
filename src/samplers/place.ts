/** Where a chain starts, as messages show it: all of a few coordinates, or the first of many. */
export function place(init: Float32Array | undefined, chain: number, dim: number): string {
  const start = init ?? new Float32Array(dim);
  const first = start.length === dim ? 0 : chain * dim;
  const shown = Array.from(start.subarray(first, first + Math.min(dim, 4)), (v) => `${v}`);
  return `[${shown.join(', ')}${dim > 4 ? ', ...' : ''}]`;
}
