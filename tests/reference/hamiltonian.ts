import { type Layout, randomBits, randomNormal, threefry2x32, unitFromBits } from './random.js';
import type { TwinDensity } from './targets.js';

/** A place in phase space; where a density has none, also the line integral of its score from the start of the chain. */
export interface Phase {
  q: number[];
  p: number[];
  line?: number;
}

/** Inverse masses: one for each coordinate, or rows of a matrix. */
export type Masses = number[] | number[][];

/** Inverse masses m times momenta p. */
function velocity(m: Masses, p: number[]): number[] {
  return m.map((row, d) => (typeof row === 'number' ? row * p[d] : row.reduce((s, v, k) => s + v * p[k], 0)));
}

/** Lower Cholesky factor of a matrix. */
export function choleskyTwin(A: number[][]): number[][] {
  const L = A.map((row) => row.map(() => 0));
  for (let i = 0; i < A.length; i++) {
    for (let j = 0; j <= i; j++) {
      let rest = A[i][j];
      for (let k = 0; k < j; k++) rest -= L[i][k] * L[j][k];
      L[i][j] = i === j ? Math.sqrt(rest) : rest / L[j][j];
    }
  }
  return L;
}

/** Momenta of covariance m^-1 from standard normals z: L'^-1 z where m = L L'. */
function momentaOf(m: Masses, z: number[]): number[] {
  if (typeof m[0] === 'number') return z.map((v, d) => v / Math.sqrt((m as number[])[d]));
  const L = choleskyTwin(m as number[][]);
  const p = [...z];
  for (let j = p.length - 1; j >= 0; j--) {
    for (let i = j + 1; i < p.length; i++) p[j] -= L[i][j] * p[i];
    p[j] /= L[j][j];
  }
  return p;
}

/** One leapfrog step of length eps (negative: backwards), with inverse masses m, and Simpson's rule for the score along it. */
export function leapfrogStep(
  { q, p, line = 0 }: Phase,
  score: (x: number[]) => number[],
  eps: number,
  m: Masses,
): Phase {
  const before = score(q);
  const half = p.map((v, d) => v + (eps / 2) * before[d]);
  const moved = velocity(m, half);
  const place = q.map((v, d) => v + eps * moved[d]);
  const middle = score(q.map((v, d) => (v + place[d]) / 2));
  const after = score(place);
  const work = q.reduce((s, v, d) => s + ((place[d] - v) * (before[d] + 4 * middle[d] + after[d])) / 6, 0);
  return { q: place, p: half.map((v, d) => v + (eps / 2) * after[d]), line: line + work };
}

/** A density, or a score alone. */
export type TwinTarget = Pick<TwinDensity, 'score'> & Partial<Pick<TwinDensity, 'logProb'>>;

/** -log p(q) + p' m p / 2. */
export function hamiltonian(density: TwinTarget, { q, p, line = 0 }: Phase, m: Masses): number {
  const v = velocity(m, p);
  return -(density.logProb ? density.logProb(q) : line) + p.reduce((sum, a, d) => sum + (a * v[d]) / 2, 0);
}

/** The draws of one run: of step t and chain c. */
export interface Draws {
  momenta(t: number, c: number): number[];
  /** uniform of step t and chain c for purpose 1 ... */
  uniform(purpose: number, t: number, c: number): number;
}

/** Normals [steps, chains, D] of the first key, uniforms [steps, chains] of the others, as `hmc` and `mala` take them. */
export function runDraws(
  keys: ArrayLike<number>[],
  steps: number,
  chains: number,
  D: number,
  layout: Layout = 'original',
): Draws {
  const z = randomNormal(keys[0], steps * chains * D, layout);
  const u = keys.map((key) => randomBits(key, steps * chains, layout));
  return {
    momenta: (t, c) => [...z.slice((t * chains + c) * D, (t * chains + c + 1) * D)],
    uniform: (purpose, t, c) => unitFromBits(u[purpose][t * chains + c]),
  };
}

export interface HmcChain {
  path: number[][];
  acceptance: number[];
  energy: number[];
  /** Step sizes of its trajectories. */
  eps: number[];
  /** Inverse masses at the end. */
  m: Masses;
}

/** One chain c of Hamiltonian Monte Carlo, which adapts in the first `warmup` of its steps. */
export function hmcChain(
  density: TwinTarget,
  init: number[],
  c: number,
  steps: number,
  draws: Draws,
  {
    eps,
    leapfrogs,
    jitter = 0,
    m,
    warmup = 0,
    target = 0.8,
  }: { eps: number; leapfrogs: number; jitter?: number; m: Masses; warmup?: number; target?: number },
): HmcChain {
  let x: Omit<Phase, 'p'> = { q: init };
  const run: HmcChain = { path: [], acceptance: [], energy: [], eps: [], m };
  const adaptation = new Adaptation(eps, m, warmup, target);
  for (let t = 0; t < steps; t++) {
    const { m, eps } = adaptation;
    const p = momentaOf(m, draws.momenta(t, c));
    const length = jitter === 0 ? eps : eps * (1 + jitter * (2 * draws.uniform(2, t, c) - 1));
    const start = { ...x, p };
    let end: Phase = start;
    for (let l = 0; l < leapfrogs; l++) end = leapfrogStep(end, density.score, length, m);
    const before = hamiltonian(density, start, m);
    const ratio = Math.exp(before - hamiltonian(density, end, m));
    if (draws.uniform(1, t, c) < ratio) x = end;
    run.path.push(x.q);
    run.acceptance.push(Math.min(1, ratio || 0));
    run.energy.push(before);
    run.eps.push(length);
    adaptation.learn(t, x.q, Math.min(1, ratio || 0));
  }
  return { ...run, m: adaptation.m };
}

/** Dual averaging of a step size, and masses from windows of positions, of one chain in a warm-up of 20 to 149 steps. */
class Adaptation {
  eps: number;
  m: Masses;
  #centre: number;
  #count = 0;
  #error = 0;
  #mean = 0;
  #positions: number[][] = [];
  readonly #warmup: number;
  readonly #target: number;

  constructor(eps: number, m: Masses, warmup: number, target: number) {
    if (warmup !== 0 && (warmup < 20 || warmup >= 150)) throw new Error('the twin has one window');
    this.eps = eps;
    this.m = m;
    this.#centre = Math.log(10 * eps);
    this.#warmup = warmup;
    this.#target = target;
  }

  /** Learns from step t: the position after it, and its acceptance probability (Hoffman and Gelman, 2014, algorithm 6). */
  learn(t: number, x: number[], acceptance: number): void {
    if (t >= this.#warmup) return;
    const n = ++this.#count;
    this.#error += (this.#target - acceptance - this.#error) / (n + 10);
    const next = this.#centre - (Math.sqrt(n) / 0.05) * this.#error;
    this.#mean += n ** -0.75 * (next - this.#mean);
    const first = Math.floor(0.15 * this.#warmup);
    const last = this.#warmup - Math.floor(0.1 * this.#warmup) - 1;
    this.eps = Math.exp(t === last || t + 1 === this.#warmup ? this.#mean : next);
    if (t >= first && t <= last) this.#positions.push(x);
    if (t !== last) return;
    this.m = this.#masses();
    this.#centre = this.#mean + Math.log(10);
    this.#count = this.#error = this.#mean = 0;
  }

  /** Variances or covariances of the window, drawn towards 1e-3 as by five more positions. */
  #masses(): Masses {
    const n = this.#positions.length;
    const mean = this.#positions[0].map((_, d) => this.#positions.reduce((s, x) => s + x[d] / n, 0));
    const entry = (i: number, j: number) =>
      (n / (n + 5)) *
        this.#positions.reduce((s, x) => s + ((x[i] - mean[i]) * (x[j] - mean[j])) / (n - 1), 0) +
      (i === j ? 0.005 / (n + 5) : 0);
    const isMatrix = typeof this.m[0] !== 'number';
    if (!isMatrix) return mean.map((_, d) => entry(d, d));
    return mean.map((_, i) => mean.map((_, j) => entry(i, j)));
  }
}

/** Uniform [t, chain, n] of the array [.., chains, 2^32] in the partitionable layout. */
export function treeUniform(key: ArrayLike<number>, place: number, n: number): number {
  const [a, b] = threefry2x32(key, [place, n]);
  return unitFromBits((a ^ b) >>> 0);
}

/** Whether momenta p_0 ... p_n of a trajectory say that its ends draw together. */
function turns(momenta: number[][], m: Masses): boolean {
  const first = momenta[0];
  const last = momenta[momenta.length - 1];
  const sum = first.map((_, d) => momenta.reduce((s, p) => s + p[d], 0) - (first[d] + last[d]) / 2);
  const moved = velocity(m, sum);
  const along = (p: number[]) => p.reduce((s, v, d) => s + v * moved[d], 0);
  return along(first) <= 0 || along(last) <= 0;
}

export interface NutsChain {
  path: number[][];
  acceptance: number[];
  leapfrogs: number[];
  depth: number[];
}

/**
 * One chain of `chains` of the no-U-turn sampler, of a fixed step size: every trajectory is a list, every subtree of 2, 4, ...
 * neighbours in it is asked whether it turns. keys: momentum, direction, leaf, subtree.
 */
export function nutsChain(
  density: TwinTarget,
  init: number[],
  c: number,
  chains: number,
  steps: number,
  keys: ArrayLike<number>[],
  {
    eps,
    m,
    maxDepth = 10,
    layout = 'original',
  }: { eps: number; m: Masses; maxDepth?: number; layout?: Layout },
): NutsChain {
  const D = init.length;
  const z = randomNormal(keys[0], steps * chains * D, layout);
  let x: Omit<Phase, 'p'> = { q: init };
  const run: NutsChain = { path: [], acceptance: [], leapfrogs: [], depth: [] };
  for (let t = 0; t < steps; t++) {
    const place = t * chains + c;
    const start: Phase = { ...x, p: momentaOf(m, Array.from(z.slice(place * D, (place + 1) * D))) };
    const H0 = hamiltonian(density, start, m);
    let trajectory: Phase[] = [start];
    let weight = 1;
    let accepted = 0;
    let leapfrogs = 0;
    let depth = 0;
    for (let grows = true; grows && depth < maxDepth; depth++) {
      const forward = treeUniform(keys[1], place, depth) < 0.5;
      const subtree: Phase[] = [];
      let subWeight = 0;
      let choice: Omit<Phase, 'p'> = x;
      let at = forward ? trajectory[trajectory.length - 1] : trajectory[0];
      while (grows && subtree.length < 2 ** depth) {
        at = leapfrogStep(at, density.score, forward ? eps : -eps, m);
        subtree.push(at);
        leapfrogs++;
        const change = H0 - hamiltonian(density, at, m);
        accepted += Math.min(1, Math.exp(change) || 0);
        if (!(change > -1000)) grows = false;
        subWeight += Math.exp(change);
        const n = subtree.length;
        if (treeUniform(keys[2], place, 2 ** depth + n - 1) < Math.exp(change) / subWeight) choice = at;
        for (let size = 2; n % size === 0; size *= 2) {
          const momenta = subtree.slice(n - size).map(({ p }) => p);
          if (turns(momenta, m)) grows = false;
        }
      }
      if (!grows) continue;
      if (treeUniform(keys[3], place, depth) < subWeight / weight) x = choice;
      weight += subWeight;
      trajectory = forward ? [...trajectory, ...subtree] : [...subtree.reverse(), ...trajectory];
      const momenta = trajectory.map(({ p }) => p);
      if (turns(momenta, m)) grows = false;
    }
    run.path.push(x.q);
    run.acceptance.push(accepted / leapfrogs);
    run.leapfrogs.push(leapfrogs);
    run.depth.push(depth);
  }
  return run;
}

/** One chain of underdamped Langevin dynamics from v = 0, z [T][D]. */
export function underdampedPath(
  score: (x: number[]) => number[],
  init: number[],
  z: number[][],
  { h, gamma, u }: { h: number; gamma: number; u: number },
): number[][] {
  let x = init;
  let v = x.map(() => 0);
  return z.map((noise) => {
    const middle = x.map((a, d) => a + (h / 2) * v[d]);
    const s = score(middle);
    v = v.map(
      (a, d) =>
        Math.exp(-gamma * h) * (a + (u * h * s[d]) / 2) +
        (u * h * s[d]) / 2 +
        Math.sqrt(u * (1 - Math.exp(-2 * gamma * h))) * noise[d],
    );
    x = middle.map((a, d) => a + (h / 2) * v[d]);
    return x;
  });
}
