import { show } from '../core/check.js';
import { exp, expm1, log } from '../core/elementary.js';
import type { Stage } from './stageTable.js';

/**
 * How the probability flow du / dsigma = e(u; sigma) is solved, for u = x / alpha = x0 + sigma noise, its denoised
 * D(u) = u + sigma^2 s(u) and the noise that is estimated, e(u) = (u - D(u)) / sigma = -sigma s(u):
 *
 * - `deis`: the exponential integrator of Zhang and Chen ("Fast sampling of diffusion models with exponential integrator", 2023)
 *   of third order, e extrapolated in log sigma from the last three levels; one score a step;
 * - `dpmSolver`: DPM-Solver++(2M) (Lu and others 2022, algorithm 2), D extrapolated in log sigma from two levels; one score;
 * - `accelerated`: u <- u + (next - sigma)(2 e - e before) (Permenter and Yuan, "Interpreting and improving diffusion models from
 *   an optimization perspective", 2024, algorithm 2); one score;
 * - `ddim`: u <- u + (next - sigma) e, Euler's method (Song and others, "Denoising diffusion implicit models", 2021); one
 *   score;
 * - `heun`: Euler's method, then once more with the mean of both slopes (Karras and others 2022, algorithm 1); two scores.
 */
export type Solver = keyof typeof SOLVERS;

/** Levels of a flow and alphas at them, of which step i goes from the i-th to the next. */
export interface FlowLevels {
  sigmas: readonly number[];
  alphas: readonly number[];
}

/** For each solver, the stages of step i: x holds alpha u, y and w what is kept of the steps before. */
const SOLVERS = { deis, dpmSolver, accelerated, ddim, heun };

/** @throws TypeError unless `solver` is the name of one */
export function checkSolver(caller: string, solver: Solver): void {
  if (typeof solver === 'string' && Object.hasOwn(SOLVERS, solver)) return;
  throw new TypeError(
    `${caller}: solver must be ${Object.keys(SOLVERS)
      .map((name) => `'${name}'`)
      .join(', ')}, got ${show(solver)}`,
  );
}

/** The stages of a step, as many for every step: two of `heun`, else one. */
export const stagesOf = (solver: Solver): number => (solver === 'heun' ? 2 : 1);

export function solverStages(solver: Solver, levels: FlowLevels): Stage[] {
  return levels.sigmas.slice(1).flatMap((_, i) => SOLVERS[solver](levels, i));
}

/** The stage alpha' (u + k0 e + k1 e before + k2 e before that), which keeps e. */
function noiseStage({ sigmas, alphas }: FlowLevels, i: number, [k0, k1 = 0, k2 = 0]: number[]): Stage {
  const [sigma, alpha, next] = [sigmas[i], alphas[i], alphas[i + 1]];
  return {
    ...{ sigma, u: 1 / alpha, a: next / alpha, b: -next * k0 * sigma },
    ...{ d: next * k1, e: next * k2, g: -sigma },
  };
}

function ddim(levels: FlowLevels, i: number): Stage[] {
  return [noiseStage(levels, i, [levels.sigmas[i + 1] - levels.sigmas[i]])];
}

function accelerated(levels: FlowLevels, i: number): Stage[] {
  const step = levels.sigmas[i + 1] - levels.sigmas[i];
  return [noiseStage(levels, i, i === 0 ? [step] : [2 * step, -step])];
}

function deis(levels: FlowLevels, i: number): Stage[] {
  const { sigmas } = levels;
  // log sigma has no value without noise: the last step is Euler's, to the denoised point.
  if (sigmas[i + 1] === 0) return ddim(levels, i);
  const before = [1, 2].filter((n) => n <= i).map((n) => log(sigmas[i - n] / sigmas[i]));
  const weights = extrapolationWeights(before, log(sigmas[i + 1] / sigmas[i]));
  return [
    noiseStage(
      levels,
      i,
      weights.map((weight) => sigmas[i] * weight),
    ),
  ];
}

/**
 * Integrals from 0 to h of exp(l) L_j(l) for the Lagrange polynomials L_j over the nodes 0 and `before`, at most two: what a
 * value at each node weighs.
 */
function extrapolationWeights(before: number[], h: number): number[] {
  const [i0, i1, i2] = [0, 1, 2].map((k) => exponentialMoment(k, h));
  const [p, q] = before;
  if (before.length === 0) return [i0];
  if (before.length === 1) return [i0 - i1 / p, i1 / p];
  return [
    (i2 - (p + q) * i1 + p * q * i0) / (p * q),
    (i2 - q * i1) / (p * (p - q)),
    (i2 - p * i1) / (q * (q - p)),
  ];
}

/** x^n for a whole n >= 0. */
const whole = (x: number, n: number): number => (n === 0 ? 1 : x * whole(x, n - 1));

/** The integral of l^k exp(l) from 0 to h, for h < 0. */
function exponentialMoment(k: number, h: number): number {
  if (h < -1) return k === 0 ? expm1(h) : whole(h, k) * exp(h) - k * exponentialMoment(k - 1, h);
  // By its series, since the recursion above cancels for short steps.
  let [term, sum] = [whole(h, k + 1), 0];
  for (let n = 0; n < 20; n++) {
    sum += term / (n + k + 1);
    term *= h / (n + 1);
  }
  return sum;
}

function dpmSolver({ sigmas, alphas }: FlowLevels, i: number): Stage[] {
  const [sigma, next] = [sigmas[i], sigmas[i + 1]];
  const [alpha, nextAlpha] = [alphas[i], alphas[i + 1]];
  const keeps = { f: 1 / alpha, g: sigma * sigma };
  // D + r (D - D before), for half the ratio r of this step in log sigma to the one before.
  const r = i === 0 || next === 0 ? 0 : log(next / sigma) / log(sigma / sigmas[i - 1]) / 2;
  const weight = nextAlpha * (1 - next / sigma);
  return [
    {
      ...{ sigma, u: 1 / alpha, ...keeps },
      a: ((nextAlpha / alpha) * next) / sigma + (weight * (1 + r)) / alpha,
      ...{ b: weight * (1 + r) * sigma * sigma, d: -weight * r },
    },
  ];
}

/** The two stages of Heun's method: x holds alpha u, then Euler's guess; y what Heun adds its slope to. */
function heun({ sigmas, alphas }: FlowLevels, i: number): Stage[] {
  const [sigma, next] = [sigmas[i], sigmas[i + 1]];
  const [alpha, nextAlpha] = [alphas[i], alphas[i + 1]];
  const euler = nextAlpha * (sigma - next) * sigma;
  const first = { sigma, u: 1 / alpha, a: nextAlpha / alpha, b: euler };
  // No score is known without noise: Euler's step stands, and the second stage changes nothing and asks for none.
  if (next === 0) return [first, { sigma, b: 0 }];
  return [
    { ...first, f: nextAlpha / alpha, g: euler / 2 },
    { sigma: next, u: 1 / nextAlpha, a: 0, b: (nextAlpha * (sigma - next) * next) / 2, d: 1 },
  ];
}
