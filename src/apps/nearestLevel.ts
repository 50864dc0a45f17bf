/** The level whose sigma differs least from this one by a factor. */
export function nearestLevel(sigmas: ArrayLike<number>, sigma: number): number {
  const factor = (level: number) => Math.max(sigmas[level] / sigma, sigma / sigmas[level]);
  let best = 0;
  for (let level = 1; level < sigmas.length; level++) if (factor(level) < factor(best)) best = level;
  return best;
}
