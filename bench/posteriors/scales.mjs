// Densities on the unconstrained scale: a positive number is exp of its coordinate, one between 0 and 1 the logistic function of it,
// and each density has the logarithm of that map's slope in it. All return a log-density up to a constant and add its derivative to
// gradient[at].

export const logistic = (x) => 1 / (1 + Math.exp(-x));

/** log(1 / (1 + exp(-x))), without overflow. */
export const logLogistic = (x) => Math.min(x, 0) - Math.log1p(Math.exp(-Math.abs(x)));

/** x[at] ~ normal(mean, sd) */
export function addNormal(x, at, mean, sd, gradient) {
  const z = (x[at] - mean) / sd;
  gradient[at] -= z / sd;
  return -(z * z) / 2;
}

/** exp(x[at]) > 0 has a flat density. */
export function addFlatPositive(x, at, gradient) {
  gradient[at] += 1;
  return x[at];
}

/** exp(x[at]) ~ normal(mean, sd), cut off below 0 */
export function addPositiveNormal(x, at, mean, sd, gradient) {
  const s = Math.exp(x[at]);
  const z = (s - mean) / sd;
  gradient[at] += 1 - (s * z) / sd;
  return x[at] - (z * z) / 2;
}

/** exp(x[at]) ~ Cauchy(0, scale), cut off below 0 */
export function addHalfCauchy(x, at, scale, gradient) {
  const square = (Math.exp(x[at]) / scale) ** 2;
  gradient[at] += 1 - (2 * square) / (1 + square);
  return x[at] - Math.log1p(square);
}

/** exp(x[at]) ~ gamma(shape, rate) */
export function addGamma(x, at, shape, rate, gradient) {
  const s = Math.exp(x[at]);
  gradient[at] += shape - rate * s;
  return shape * x[at] - rate * s;
}

/** logistic(x[at]) ~ beta(a, b); k of n binomial beside a flat density is beta(k + 1, n - k + 1). */
export function addBeta(x, at, a, b, gradient) {
  gradient[at] += a - (a + b) * logistic(x[at]);
  return a * logLogistic(x[at]) + b * logLogistic(-x[at]);
}
