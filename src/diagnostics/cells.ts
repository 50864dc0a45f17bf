/** Edges of equal cells on one axis, [bins + 1], ascending, computed as numpy.linspace does. */
export function edgesOf(bins: number, [low, high]: readonly [number, number]): Float64Array {
  const step = (high - low) / bins;
  return Float64Array.from({ length: bins + 1 }, (_, k) => (k === bins ? high : k * step + low));
}

/**
 * The cell of x between `edges` [bins + 1] of {@link edgesOf}, or -1 outside them and for NaN. Cells are those of
 * numpy.histogram: cell k holds edges[k] <= x < edges[k + 1], the last one its right edge too.
 */
export function cellOf(x: number, edges: Float64Array): number {
  const bins = edges.length - 1;
  const [low, high] = [edges[0], edges[bins]];
  if (!(x >= low && x <= high)) return -1;
  let cell = Math.min(bins - 1, Math.floor(((x - low) / (high - low)) * bins));
  // Beside an edge, rounding can put the quotient into the neighbouring cell; the edges decide.
  while (cell > 0 && edges[cell] > x) cell--;
  while (cell < bins - 1 && edges[cell + 1] <= x) cell++;
  return cell;
}

/** Adds one to the cell of counts [bins] that each value falls in; values outside the edges count nowhere. */
export function countCells(values: ArrayLike<number>, edges: Float64Array): Float64Array {
  const counts = new Float64Array(edges.length - 1);
  for (let i = 0; i < values.length; i++) {
    const cell = cellOf(values[i], edges);
    if (cell >= 0) counts[cell]++;
  }
  return counts;
}
