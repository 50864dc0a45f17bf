import { integer, positive, show } from '../core/check.js';
import { square } from '../core/elementary.js';
import type { ScoreFamily } from '../diffusion/family.js';
import { checkProcess, type DiffusionProcess, ratioAt } from '../diffusion/process.js';
import type { SamplerState } from './chains.js';
import { listedSteps, type ScheduleOptions, scheduleLevels, startAt } from './schedule.js';
import { checkStages, type DiffusionOptions, runStages } from './stages.js';
import type { Stage } from './stageTable.js';

/** Options of {@link reverseDiffusion}. */
export interface ReverseDiffusionOptions extends DiffusionOptions, ScheduleOptions {
  /** How noise grows with time. */
  process: DiffusionProcess;
  /**
   * Steps from a level of the schedule to the next. May be left out where `schedule` is a list. Without a schedule, times
   * are evenly spaced from 1 to the process's tMin.
   */
  steps?: number;
  /**
   * `ancestral` (default): the clean point's mean given x takes the place of the clean point in the law of the next
   * position, which is exact for data in one point; `eulerMaruyama`: one step of the reverse equation.
   */
  predictor?: 'ancestral' | 'eulerMaruyama';
  /** Langevin steps at each time before its predictor. Default: 0. */
  corrections?: number;
  /** r of the corrections. Default: 0.16. */
  signalToNoise?: number;
  /** Whether the last step gives the denoised positions (x + sigma^2 s(x)) / alpha of tMin. Default: true. */
  denoise?: boolean;
}

/**
 * The reverse stochastic differential equation from noise to data, dx = (f x - g^2 s(x)) dt + g dw backwards in time,
 * with Langevin steps at each time to correct it (Song and others, "Score-based generative modeling through stochastic
 * differential equations", 2021, equation 6 and algorithms 2 and 3, in the order of their code: corrections first).
 * The ancestral predictor is their equation 47, and for a variance-preserving process Ho and others' (2020, equation 7). On a
 * schedule of noise levels it is what k-diffusion calls Euler ancestral.
 *
 * A correction is x <- x + e s(x) + sqrt(2 e) z with e = 2 (r sigma)^2. That is their e = 2 (r |z| / |s|)^2 with the norms
 * sqrt(D) and sqrt(D) / sigma that z and the score of mere noise have, where they take those of the batch: chains stay
 * independent, and a correction leaves the distribution of its time as it is but for the size of the step.
 *
 * Positions are those of the process, alpha x0 + sigma noise. Keys, chains and threads as in {@link runStages}.
 *
 * @param family scores at any noise, such as {@link mixtureScores} or {@link denoiserScores}
 * @throws RangeError on bad options, the signal's reason when aborted, and an Error when a position is no longer finite.
 * @example
 * ```js
 * import { collect, key, loadCore, mixtureScores, reverseDiffusion, varianceExploding } from 'scorefield';
 *
 * const family = mixtureScores(await loadCore(), { means: [[-1, 0], [1, 0]], sds: [[0.2, 0.2], [0.2, 0.2]] });
 * const process = varianceExploding({ sigmaMin: 0.01, sigmaMax: 10 });
 * const { x } = await collect(reverseDiffusion(family, { process, key: key(0), steps: 100, chains: 16 }));
 * console.log(x); // 16 samples, [16, 2]
 * ```
 */
export async function* reverseDiffusion(
  family: ScoreFamily,
  options: ReverseDiffusionOptions,
): AsyncGenerator<SamplerState, void, void> {
  const caller = 'reverseDiffusion';
  const { process, predictor = 'ancestral', corrections = 0, schedule, denoise = true } = options;
  const steps = (options.steps ?? listedSteps(schedule, denoise)) as number;
  const { signalToNoise = 0.16 } = options;
  checkProcess(caller, process);
  integer(caller, 'steps', steps);
  integer(caller, 'corrections', corrections, 0);
  positive(caller, 'signalToNoise', signalToNoise);
  checkStages(caller, steps * (1 + corrections));
  if (predictor !== 'ancestral' && predictor !== 'eulerMaruyama') {
    throw new TypeError(
      `${caller}: predictor must be 'ancestral' or 'eulerMaruyama', got ${show(predictor)}`,
    );
  }
  const last = denoise ? steps - 1 : steps;
  const levels = schedule && scheduleLevels(caller, process, last + 1, options);
  const timeAt = (i: number) => {
    if (levels) return process.timeOf(levels[i]);
    return i === 0 ? 1 : 1 - (i / last) * (1 - process.tMin);
  };
  const stages: Stage[] = [];
  for (let i = 0; i < steps; i++) {
    const t = timeAt(i);
    const alpha = process.alpha(t);
    const at = { sigma: ratioAt(process, t), u: 1 / alpha };
    const e = 2 * square(signalToNoise * process.sigma(t));
    for (let n = 0; n < corrections; n++) stages.push({ ...at, b: e / alpha, c: Math.sqrt(2 * e) });
    if (denoise && i === last) stages.push({ ...at, a: 1 / alpha, b: square(at.sigma) });
    else if (predictor === 'ancestral') stages.push({ ...at, ...ancestral(process, t, timeAt(i + 1)) });
    else stages.push({ ...at, ...eulerMaruyama(process, t, timeAt(i + 1)) });
  }
  yield* runStages(caller, family, stages, 1 + corrections, startAt(process, schedule), options);
}

/** From t to the earlier `next`; b multiplies the score of x / alpha, which is alpha times that of x. */
function ancestral(process: DiffusionProcess, t: number, next: number): Pick<Stage, 'a' | 'b' | 'c'> {
  const [before, after] = [square(ratioAt(process, t)), square(ratioAt(process, next))];
  const alpha = process.alpha(next);
  return {
    a: alpha / process.alpha(t),
    b: alpha * (before - after),
    c: alpha * Math.sqrt((after / before) * (before - after)),
  };
}

function eulerMaruyama(process: DiffusionProcess, t: number, next: number): Pick<Stage, 'a' | 'b' | 'c'> {
  const g = process.diffusion(t);
  return {
    a: 1 - process.drift(t) * (t - next),
    b: (g * g * (t - next)) / process.alpha(t),
    c: g * Math.sqrt(t - next),
  };
}
