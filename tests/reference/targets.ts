/** log p(x) and its gradient. */
export interface TwinDensity {
  logProb(x: number[]): number;
  score(x: number[]): number[];
}

/** Solves A y = b by elimination with pivots. */
export function solve(A: readonly (readonly number[])[], b: number[]): number[] {
  const rows = A.map((row, i) => [...row, b[i]]);
  const n = b.length;
  for (let i = 0; i < n; i++) {
    let pivot = i;
    for (let r = i + 1; r < n; r++) if (Math.abs(rows[r][i]) > Math.abs(rows[pivot][i])) pivot = r;
    [rows[i], rows[pivot]] = [rows[pivot], rows[i]];
    for (let r = i + 1; r < n; r++) {
      const factor = rows[r][i] / rows[i][i];
      for (let c = i; c <= n; c++) rows[r][c] -= factor * rows[i][c];
    }
  }
  const y = new Array<number>(n).fill(0);
  for (let i = n - 1; i >= 0; i--) {
    let rest = rows[i][n];
    for (let c = i + 1; c < n; c++) rest -= rows[i][c] * y[c];
    y[i] = rest / rows[i][i];
  }
  return y;
}

/** Determinant by cofactors: small matrices only. */
export function determinant(A: readonly (readonly number[])[]): number {
  if (A.length === 1) return A[0][0];
  return A[0].reduce((sum, a, j) => {
    const minor = A.slice(1).map((row) => row.filter((_, c) => c !== j));
    return sum + (j % 2 === 0 ? a : -a) * determinant(minor);
  }, 0);
}

/** N(mean, covariance). */
export function gaussianTwin(
  mean: readonly number[],
  covariance: readonly (readonly number[])[],
): TwinDensity {
  const D = mean.length;
  const pull = (x: number[]) =>
    solve(
      covariance,
      x.map((v, d) => mean[d] - v),
    );
  const constant = -(D * Math.log(2 * Math.PI) + Math.log(determinant(covariance))) / 2;
  return {
    score: pull,
    logProb: (x) => constant + pull(x).reduce((sum, s, d) => sum + (s * (x[d] - mean[d])) / 2, 0),
  };
}

/** log N(x; mean, sd^2). */
const logNormal = (x: number, mean: number, sd: number) =>
  -(((x - mean) / sd) ** 2) / 2 - Math.log(sd) - Math.log(2 * Math.PI) / 2;

export function bananaTwin(sd: number, bend: number, noise: number): TwinDensity {
  const centre = (x: number) => bend * (x * x - sd * sd);
  return {
    logProb: ([a, b]) => logNormal(a, 0, sd) + logNormal(b, centre(a), noise),
    score([a, b]) {
      const off = (b - centre(a)) / noise ** 2;
      return [-a / sd ** 2 + off * 2 * bend * a, -off];
    },
  };
}

export function funnelTwin(sd: number): TwinDensity {
  return {
    logProb: ([v, ...rest]) =>
      rest.reduce((sum, x) => sum + logNormal(x, 0, Math.exp(v / 2)), logNormal(v, 0, sd)),
    score([v, ...rest]) {
      const squares = rest.reduce((sum, x) => sum + x * x * Math.exp(-v), 0);
      return [-v / sd ** 2 + (squares - rest.length) / 2, ...rest.map((x) => -x * Math.exp(-v))];
    },
  };
}

/** Normalised by a sum over rings, in words. */
export function ringTwin(radius: number, sd: number): TwinDensity {
  let total = 0;
  const dr = sd / 500;
  for (let r = dr / 2; r < radius + 12 * sd; r += dr) {
    total += 2 * Math.PI * r * Math.exp(-(((r - radius) / sd) ** 2) / 2) * dr;
  }
  return {
    logProb: ([a, b]) => -(((Math.hypot(a, b) - radius) / sd) ** 2) / 2 - Math.log(total),
    score([a, b]) {
      const r = Math.hypot(a, b);
      return r === 0 ? [0, 0] : [a, b].map((x) => (-(r - radius) / sd ** 2) * (x / r));
    },
  };
}
