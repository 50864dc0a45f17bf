/** log Gamma(x) for x a positive multiple of a half, by its recursion. */
function logGamma(x: number): number {
  let [sum, at] = [0, x];
  while (at > 1) sum += Math.log(--at);
  return at === 1 ? sum : sum + 0.5 * Math.log(Math.PI);
}

/** The density of the norm r of a standard normal point in d dimensions (the chi distribution). */
export const chiDensity = (d: number, r: number) =>
  r > 0 ? Math.exp((d - 1) * Math.log(r) - 0.5 * r * r - (0.5 * d - 1) * Math.LN2 - logGamma(0.5 * d)) : 0;
