import { integer } from '../core/check.js';
import type { ScoreFamily } from '../diffusion/family.js';
import { checkProcess, type DiffusionProcess } from '../diffusion/process.js';
import type { SamplerState } from './chains.js';
import { listedSteps, type ScheduleOptions, scheduleLevels, startAt } from './schedule.js';
import { checkSolver, type Solver, solverStages, stagesOf } from './solvers.js';
import { checkStages, type DiffusionOptions, runStages } from './stages.js';

/** Options of {@link probabilityFlow}. */
export interface ProbabilityFlowOptions extends DiffusionOptions, ScheduleOptions {
  /** How noise grows with time. */
  process: DiffusionProcess;
  /**
   * Steps from a level of the schedule to the next: one score each, of `heun` two but for the last step to no noise.
   * Default: as many as a list in `schedule` asks for, else 18.
   */
  steps?: number;
  /** Default: `deis`, which ends nearest to the exact flow for the scores it asks. */
  solver?: Solver;
  /** Whether the last step goes on from the least level to no noise at all. Default: true. */
  denoise?: boolean;
}

/**
 * The ordinary differential equation whose solutions have the distributions of the process at all times (Song and
 * others 2021, equation 13), from noise to data: for u = x / alpha and its noise sigma
 *
 *   du / dsigma = -sigma s(u; sigma),
 *
 * solved from level to level of a schedule; the last step, to no noise, is Euler's, which gives the denoised point. Only
 * the start is random. Over {@link dataScores} it is the flow to the data.
 *
 * Positions are those of the process, alpha x0 + sigma noise. Keys, chains and threads as in {@link runStages}.
 *
 * @param family scores at any noise, such as {@link mixtureScores} or {@link denoiserScores}
 * @throws RangeError on bad options, TypeError on an unknown solver or schedule, the signal's reason when aborted, and an
 *   Error when a position is no longer finite.
 */
export async function* probabilityFlow(
  family: ScoreFamily,
  options: ProbabilityFlowOptions,
): AsyncGenerator<SamplerState, void, void> {
  const caller = 'probabilityFlow';
  const { process, solver = 'deis', schedule, denoise = true } = options;
  const steps = options.steps ?? listedSteps(schedule, denoise) ?? 18;
  checkProcess(caller, process);
  integer(caller, 'steps', steps);
  checkSolver(caller, solver);
  checkStages(caller, stagesOf(solver) * steps);
  const sigmas = scheduleLevels(caller, process, denoise ? steps : steps + 1, options);
  if (denoise) sigmas.push(0);
  const alphas = sigmas.map((sigma) => (sigma === 0 ? 1 : process.alpha(process.timeOf(sigma))));
  const stages = solverStages(solver, { sigmas, alphas });
  yield* runStages(caller, family, stages, stagesOf(solver), startAt(process, schedule), options);
}
