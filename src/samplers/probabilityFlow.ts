import { integer, positive } from '../core/check.js';
import type { ScoreFamily } from '../diffusion/family.js';
import { checkProcess, type DiffusionProcess, ratioAt } from '../diffusion/process.js';
import type { SamplerState } from './chains.js';
import { checkStages, type DiffusionOptions, runStages } from './stages.js';
import type { Stage } from './stageTable.js';

export interface ProbabilityFlowOptions extends DiffusionOptions {
  process: DiffusionProcess;
  /** Steps of Heun's method, two scores each. */
  steps: number;
  /** rho: noise levels are evenly spaced in their rho-th root. Default: 7. */
  spacing?: number;
  /** Whether the last step goes on from tMin to no noise at all. Default: true. */
  denoise?: boolean;
}

/**
 * The ordinary differential equation whose solutions have the distributions of the process at all times (Song and
 * others 2021, equation 13), from noise to data: for u = x / alpha and its noise sigma
 *
 *   du / dsigma = -sigma s(u; sigma),
 *
 * by Heun's method at sigma_i = (sigmaMax^(1/rho) + i/(n-1) (sigmaMin^(1/rho) - sigmaMax^(1/rho)))^rho, the last step, to
 * no noise, by Euler's (Karras and others, "Elucidating the design space of diffusion-based generative models", 2022,
 * equations 4 and 5, algorithm 1). Only the start is random. Over {@link dataScores} it is the flow to the data.
 *
 * Positions are those of the process, alpha x0 + sigma noise. Keys, chains and threads as in {@link runStages}.
 *
 * @throws RangeError on bad options, the signal's reason when aborted, and an Error when a position is no longer finite.
 */
export async function* probabilityFlow(
  family: ScoreFamily,
  options: ProbabilityFlowOptions,
): AsyncGenerator<SamplerState, void, void> {
  const caller = 'probabilityFlow';
  const { process, steps, spacing = 7, denoise = true } = options;
  checkProcess(caller, process);
  integer(caller, 'steps', steps);
  positive(caller, 'spacing', spacing);
  checkStages(caller, 2 * steps);
  const sigmas = levels(
    ratioAt(process, 1),
    ratioAt(process, process.tMin),
    denoise ? steps - 1 : steps,
    spacing,
  );
  if (denoise) sigmas.push(0);
  const alphas = sigmas.map((sigma) => (sigma === 0 ? 1 : process.alpha(process.timeOf(sigma))));
  const stages = sigmas.slice(1).flatMap((_, i) => heun(sigmas, alphas, i));
  const start = { alpha: process.alpha(1), sigma: process.sigma(1) };
  yield* runStages(caller, family, stages, 2, start, options);
}

/** count + 1 noise levels from `most` to `least`. */
function levels(most: number, least: number, count: number, rho: number): number[] {
  const [from, to] = [most ** (1 / rho), least ** (1 / rho)];
  const sigmas = Array.from({ length: count + 1 }, (_, i) => (from + (i / count) * (to - from)) ** rho);
  sigmas[0] = most;
  // Exactly: a network may know no noise below it.
  if (count > 0) sigmas[count] = least;
  return sigmas;
}

/** The two stages from the level i to the next: x holds alpha u, then Euler's guess; y what Heun adds its slope to. */
function heun(sigmas: number[], alphas: number[], i: number): [Stage, Stage] {
  const [sigma, next] = [sigmas[i], sigmas[i + 1]];
  const [alpha, nextAlpha] = [alphas[i], alphas[i + 1]];
  const euler = nextAlpha * (sigma - next) * sigma;
  const first = { sigma, u: 1 / alpha, a: nextAlpha / alpha, b: euler };
  // No score is known without noise: Euler's step stands, and the second stage changes nothing.
  if (next === 0) return [first, { sigma, b: 0 }];
  return [
    { ...first, f: nextAlpha / alpha, g: euler / 2 },
    { sigma: next, u: 1 / nextAlpha, a: 0, b: (nextAlpha * (sigma - next) * next) / 2, d: 1 },
  ];
}
