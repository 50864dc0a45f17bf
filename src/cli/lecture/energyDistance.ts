/** Mean distance of the rows of a [n, dim] to those of b [m, dim]; to the others where a is b. */
export function meanDistance(a: ArrayLike<number>, b: ArrayLike<number>, dim: number): number {
  let [sum, pairs] = [0, 0];
  for (let i = 0; i < a.length; i += dim) {
    for (let j = 0; j < b.length; j += dim) {
      if (a === b && i === j) continue;
      let squares = 0;
      for (let d = 0; d < dim; d++) squares += (a[i + d] - b[j + d]) ** 2;
      sum += Math.sqrt(squares);
      pairs++;
    }
  }
  return sum / pairs;
}

/**
 * The energy distance of two distributions, from rows x [n, dim] of the one and y [m, dim] of the other, at least two of each:
 *
 *   2 E|X - Y| - E|X - X'| - E|Y - Y'|,
 *
 * 0 if and only if they are the same (Szekely and Rizzo, "Energy statistics", 2013). Without bias, so it may come out below 0.
 */
export function energyDistance(x: ArrayLike<number>, y: ArrayLike<number>, dim: number): number {
  return 2 * meanDistance(x, y, dim) - meanDistance(x, x, dim) - meanDistance(y, y, dim);
}
