import { integer, positive, scale, show } from '../core/check.js';
import { square } from '../core/elementary.js';
import type { ScoreFamily } from '../diffusion/family.js';
import type { SamplerState } from './chains.js';
import { checkStages, type DiffusionOptions, runStages } from './stages.js';
import type { Stage } from './stageTable.js';

/** Options of {@link annealedLangevin}. */
export interface AnnealedLangevinOptions extends DiffusionOptions {
  /** Noise levels, descending. Default: those a network has, from the highest. */
  sigmas?: ArrayLike<number>;
  /** Steps at each level. */
  stepsPerLevel: number;
  /** epsilon, the step size at the last level, in squared units of the data. */
  stepSize: number;
  /** Ends with one step more, to the denoised positions x + sigma^2 s(x) of the last level. Default: false. */
  denoise?: boolean;
}

/**
 * Annealed Langevin dynamics (Song and Ermon, "Generative modeling by estimating gradients of the data distribution",
 * 2019, algorithm 1): at each level sigma, from the highest to the lowest,
 *
 *   x <- x + (a / 2) s(x; sigma) + sqrt(a) z,   a = stepSize sigma^2 / sigmaLast^2.
 *
 * Chains reach the law of a level only in as many steps as they need to forget the level before; with fewer, samples lean
 * towards those of more noise.
 *
 * Chains start from the noisy data's mean and variance at the first level, where the paper starts them uniformly. The
 * state's `step` counts over all levels. Keys, chains and threads as in {@link runStages}.
 *
 * @param family scores at any noise, such as {@link mixtureScores} or {@link denoiserScores}
 * @throws RangeError on bad options, the signal's reason when aborted, and an Error when a position is no longer finite.
 */
export async function* annealedLangevin(
  family: ScoreFamily,
  options: AnnealedLangevinOptions,
): AsyncGenerator<SamplerState, void, void> {
  const { stepsPerLevel, denoise = false } = options;
  const caller = 'annealedLangevin';
  const sigmas = levelsOf(caller, options.sigmas ?? Array.from(family.sigmas ?? []).reverse());
  positive(caller, 'stepSize', options.stepSize);
  integer(caller, 'stepsPerLevel', stepsPerLevel);
  checkStages(caller, sigmas.length * stepsPerLevel);
  const last = sigmas[sigmas.length - 1];
  const stages: Stage[] = sigmas.flatMap((sigma) => {
    const eta = scale(caller, 'stepSize sigma^2 / sigmaLast^2', options.stepSize * square(sigma / last));
    return Array<Stage>(stepsPerLevel).fill({ sigma, b: eta / 2, c: Math.sqrt(eta) });
  });
  if (denoise) stages.push({ sigma: last, b: last * last });
  yield* runStages(caller, family, stages, 1, { alpha: 1, sigma: sigmas[0] }, options);
}

function levelsOf(caller: string, levels: ArrayLike<number>): number[] {
  const sigmas = Array.from(levels);
  if (sigmas.length === 0) {
    throw new RangeError(
      `${caller}: sigmas must hold the noise levels, since the family has none of its own`,
    );
  }
  sigmas.forEach((sigma, i) => {
    scale(caller, `sigmas[${i}]`, sigma);
    if (i > 0 && sigma >= sigmas[i - 1])
      throw new RangeError(`${caller}: sigmas must descend, got ${show(sigma)} after ${sigmas[i - 1]}`);
  });
  return sigmas;
}
