/** A score under noise: s(x; sigma) of x = x0 + sigma noise at a point [D]. */
export type NoisyScore = (x: number[], sigma: number) => number[];

/** Of a process: x_t = alpha x0 + sigma noise, dx = f x dt + g dw. */
export interface ProcessAt {
  alpha: number;
  sigma: number;
  f: number;
  g: number;
}

/** The score at x [D] of alpha x0 + sigma noise, by the definition of the other view. */
export function viewScore(score: NoisyScore, { alpha, sigma }: ProcessAt, x: number[]): number[] {
  return score(
    x.map((v) => v / alpha),
    sigma / alpha,
  ).map((v) => v / alpha);
}

/** x + e s + sqrt(2 e) z. */
export function langevinStage(x: number[], s: number[], e: number, z: number[]): number[] {
  return x.map((v, d) => v + e * s[d] + Math.sqrt(2 * e) * z[d]);
}

/** One step of the reverse equation backwards over dt: x - (f x - g^2 s) dt + g sqrt(dt) z. */
export function reverseStep(
  score: NoisyScore,
  at: ProcessAt,
  dt: number,
  x: number[],
  z: number[],
): number[] {
  const s = viewScore(score, at, x);
  return x.map((v, d) => v - (at.f * v - at.g * at.g * s[d]) * dt + at.g * Math.sqrt(dt) * z[d]);
}

/**
 * A draw of x_next given x and the clean point xhat = (x + sigma^2 s) / alpha: the law of x_next given both, with
 * a = alpha / alpha_next and v = sigma^2 - a^2 sigma_next^2 the noise added on the way from next to x (Ho and others 2020,
 * equation 7, written for any alpha and sigma).
 */
export function ancestralStep(
  score: NoisyScore,
  at: ProcessAt,
  next: ProcessAt,
  x: number[],
  z: number[],
): number[] {
  const s = viewScore(score, at, x);
  const a = at.alpha / next.alpha;
  const v = at.sigma ** 2 - a * a * next.sigma ** 2;
  return x.map((xd, d) => {
    const clean = (xd + at.sigma ** 2 * s[d]) / at.alpha;
    // Two Gaussians of x_next: from the clean point, and from x / a.
    const precision = 1 / next.sigma ** 2 + (a * a) / v;
    const mean = ((next.alpha * clean) / next.sigma ** 2 + (a * xd) / v) / precision;
    return mean + z[d] / Math.sqrt(precision);
  });
}

/** (x + sigma^2 s) / alpha. */
export function denoised(score: NoisyScore, at: ProcessAt, x: number[]): number[] {
  const s = viewScore(score, at, x);
  return x.map((v, d) => (v + at.sigma ** 2 * s[d]) / at.alpha);
}

/** Karras and others 2022, algorithm 1: Heun's method for du / dsigma = (u - D(u; sigma)) / sigma. */
export function heunFlow(score: NoisyScore, sigmas: number[], u0: number[]): number[][] {
  const slope = (u: number[], sigma: number) => {
    const s = score(u, sigma);
    const clean = u.map((v, d) => v + sigma * sigma * s[d]);
    return u.map((v, d) => (v - clean[d]) / sigma);
  };
  const path: number[][] = [];
  let u = u0;
  for (let i = 0; i + 1 < sigmas.length; i++) {
    const h = sigmas[i + 1] - sigmas[i];
    const first = slope(u, sigmas[i]);
    const guess = u.map((v, d) => v + h * first[d]);
    if (sigmas[i + 1] === 0) u = guess;
    else {
      const second = slope(guess, sigmas[i + 1]);
      u = u.map((v, d) => v + (h * (first[d] + second[d])) / 2);
    }
    path.push(u);
  }
  return path;
}

/** e(u) = (u - D(u)) / sigma = -sigma s(u), the noise that a score estimates. */
function noiseOf(score: NoisyScore, u: number[], sigma: number): number[] {
  return score(u, sigma).map((s) => -sigma * s);
}

/** A step of a solver from sigmas[i] to the next, with what it kept of the steps before in `history`, the newest first. */
export type FlowStep = (
  score: NoisyScore,
  sigmas: number[],
  i: number,
  u: number[],
  history: number[][],
) => number[];

/** u + (next - sigma) e. */
export const ddimStep: FlowStep = (score, sigmas, i, u) => {
  const e = noiseOf(score, u, sigmas[i]);
  return u.map((v, d) => v + (sigmas[i + 1] - sigmas[i]) * e[d]);
};

/** Permenter and Yuan 2024, algorithm 2. */
export const acceleratedStep: FlowStep = (score, sigmas, i, u, history) => {
  const e = noiseOf(score, u, sigmas[i]);
  const before = history[0] ?? e;
  history.unshift(e);
  return u.map((v, d) => v + (sigmas[i + 1] - sigmas[i]) * (2 * e[d] - before[d]));
};

/** Lu and others 2022, "DPM-Solver++", algorithm 2, in lambda = -log sigma. */
export const dpmSolverStep: FlowStep = (score, sigmas, i, u, history) => {
  const [sigma, next] = [sigmas[i], sigmas[i + 1]];
  const s = score(u, sigma);
  const clean = u.map((v, d) => v + sigma * sigma * s[d]);
  const before = history[0];
  history.unshift(clean);
  if (next === 0) return clean;
  const h = Math.log(sigma / next);
  const r = i === 0 ? 1 : Math.log(sigmas[i - 1] / sigma) / h;
  return u.map((v, d) => {
    const D = before ? (1 + 1 / (2 * r)) * clean[d] - before[d] / (2 * r) : clean[d];
    return (next / sigma) * v - Math.expm1(-h) * D;
  });
};

/** Zhang and Chen 2023: u + the integral of e's interpolation in log sigma, by Gauss's rule of two nodes on 100 cells. */
export const deisStep: FlowStep = (score, sigmas, i, u, history) => {
  const [sigma, next] = [sigmas[i], sigmas[i + 1]];
  history.unshift(noiseOf(score, u, sigma));
  if (next === 0) return u.map((v, d) => v - sigma * history[0][d]);
  const nodes = [0, 1, 2].filter((n) => n <= i).map((n) => Math.log(sigmas[i - n]));
  const width = (Math.log(next) - nodes[0]) / 100;
  const out = [...u];
  for (let c = 0; c < 200; c++) {
    const l = nodes[0] + width * ((c >> 1) + 0.5 + (c % 2 === 0 ? -0.5 : 0.5) / Math.sqrt(3));
    nodes.forEach((node, j) => {
      const others = nodes.filter((_, k) => k !== j);
      const lagrange = others.reduce((product, other) => (product * (l - other)) / (node - other), 1);
      for (let d = 0; d < u.length; d++) out[d] += (width / 2) * Math.exp(l) * lagrange * history[j][d];
    });
  }
  return out;
};
