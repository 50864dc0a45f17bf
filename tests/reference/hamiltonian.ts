import { type Layout, randomBits, randomNormal, threefry2x32, unitFromBits } from './random.js';
import type { TwinDensity } from './targets.js';

/** A place in phase space. */
export interface Phase {
  q: number[];
  p: number[];
}

/** One leapfrog step of length eps (negative: backwards), with inverse masses m. */
export function leapfrogStep(
  { q, p }: Phase,
  score: (x: number[]) => number[],
  eps: number,
  m: number[],
): Phase {
  const before = score(q);
  const half = p.map((v, d) => v + (eps / 2) * before[d]);
  const place = q.map((v, d) => v + eps * m[d] * half[d]);
  const after = score(place);
  return { q: place, p: half.map((v, d) => v + (eps / 2) * after[d]) };
}

/** -log p(q) + sum_d m_d p_d^2 / 2. */
export function hamiltonian(density: TwinDensity, { q, p }: Phase, m: number[]): number {
  return -density.logProb(q) + p.reduce((sum, v, d) => sum + (m[d] * v * v) / 2, 0);
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
}

/** One chain c of Hamiltonian Monte Carlo. */
export function hmcChain(
  density: TwinDensity,
  init: number[],
  c: number,
  steps: number,
  draws: Draws,
  { eps, leapfrogs, jitter = 0, m }: { eps: number; leapfrogs: number; jitter?: number; m: number[] },
): HmcChain {
  let q = init;
  const run: HmcChain = { path: [], acceptance: [], energy: [] };
  for (let t = 0; t < steps; t++) {
    const p = draws.momenta(t, c).map((z, d) => z / Math.sqrt(m[d]));
    const length = jitter === 0 ? eps : eps * (1 + jitter * (2 * draws.uniform(2, t, c) - 1));
    const start = { q, p };
    let end = start;
    for (let l = 0; l < leapfrogs; l++) end = leapfrogStep(end, density.score, length, m);
    const before = hamiltonian(density, start, m);
    const ratio = Math.exp(before - hamiltonian(density, end, m));
    if (draws.uniform(1, t, c) < ratio) q = end.q;
    run.path.push(q);
    run.acceptance.push(Math.min(1, ratio || 0));
    run.energy.push(before);
  }
  return run;
}

/** Uniform [t, chain, n] of the array [.., chains, 2^32] in the partitionable layout. */
export function treeUniform(key: ArrayLike<number>, place: number, n: number): number {
  const [a, b] = threefry2x32(key, [place, n]);
  return unitFromBits((a ^ b) >>> 0);
}

/** Whether momenta p_0 ... p_n of a trajectory say that its ends draw together. */
function turns(momenta: number[][], m: number[]): boolean {
  const first = momenta[0];
  const last = momenta[momenta.length - 1];
  const sum = m.map((_, d) => momenta.reduce((s, p) => s + p[d], 0) - (first[d] + last[d]) / 2);
  const along = (p: number[]) => p.reduce((s, v, d) => s + v * m[d] * sum[d], 0);
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
  density: TwinDensity,
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
  }: { eps: number; m: number[]; maxDepth?: number; layout?: Layout },
): NutsChain {
  const D = init.length;
  const z = randomNormal(keys[0], steps * chains * D, layout);
  let x = init;
  const run: NutsChain = { path: [], acceptance: [], leapfrogs: [], depth: [] };
  for (let t = 0; t < steps; t++) {
    const place = t * chains + c;
    const p0 = Array.from(z.slice(place * D, (place + 1) * D), (v, d) => v / Math.sqrt(m[d]));
    const start = { q: x, p: p0 };
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
      let choice = x;
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
        if (treeUniform(keys[2], place, 2 ** depth + n - 1) < Math.exp(change) / subWeight) choice = at.q;
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
    run.path.push(x);
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
