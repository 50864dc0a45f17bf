/**
 * The likelihood of a linear regression, y ~ normal(X b, sigma), of coordinates x: b, then log sigma. It adds to a gradient.
 *
 * @param rows X as n rows of p numbers
 * @param y [n]
 */
export function regression(rows, y) {
  const p = rows[0].length;
  return (x, gradient) => {
    const precision = Math.exp(-2 * x[p]);
    let squares = 0;
    for (let i = 0; i < y.length; i++) {
      const row = rows[i];
      let rest = y[i];
      for (let j = 0; j < p; j++) rest -= row[j] * x[j];
      squares += rest * rest;
      for (let j = 0; j < p; j++) gradient[j] += rest * row[j] * precision;
    }
    gradient[p] += squares * precision - y.length;
    return -(squares * precision) / 2 - y.length * x[p];
  };
}
