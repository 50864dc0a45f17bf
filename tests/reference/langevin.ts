/** One Langevin step from x [D] with a score [D] and a standard normal z [D]: x + step/2 score + sqrt(step) z. */
export function langevinStep(x: number[], score: number[], z: ArrayLike<number>, stepSize: number): number[] {
  return x.map((xd, d) => xd + (stepSize / 2) * score[d] + Math.sqrt(stepSize) * z[d]);
}

/** The points [T][D] after each step of one chain, z [T, D] flat. */
export function langevinPath(
  score: (x: number[]) => number[],
  x0: number[],
  z: ArrayLike<number>,
  stepSize: number,
): number[][] {
  const path: number[][] = [];
  let x = x0;
  for (let t = 0; t < z.length / x0.length; t++) {
    const zt = x.map((_, d) => z[t * x0.length + d]);
    x = langevinStep(x, score(x), zt, stepSize);
    path.push(x);
  }
  return path;
}
