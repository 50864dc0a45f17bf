import { integer } from '../core/check.js';
import { scoresAt } from '../core/ownFunctions.js';
import { checkKey, layoutCode, normal, split } from '../core/random.js';
import type { Score } from '../core/score.js';
import {
  checkFamily,
  FusedFamily,
  type Moments,
  type ScoreFamily,
  scoreOfFamily,
  startMoments,
} from '../diffusion/family.js';
import { type ChainOptions, moveChains, type SamplerState } from './chains.js';
import { type Stage, StageTable } from './stageTable.js';

/** What every sampler from noise to data takes. */
export interface DiffusionOptions extends Omit<ChainOptions, 'steps' | 'init'> {
  /** Where chains start: [dim] or [chains, dim]. Default: drawn from the noisy data's mean and variance. */
  init?: Float32Array;
  /** Of the clean data, for the start. Default: those of the family where it knows them, else a point at the origin. */
  moments?: Moments;
}

/**
 * Makes the stages of a run over chains, so many of them a step. Over a family of this library they are fused, its chains
 * shared out over the core's threads, and the family is taken as it is when the run starts; of any other family, each stage
 * calls a score. Stage r of chain c takes its z from
 * normal(keys[1], [stages, chains, dim])[r, c], and chains start from
 * normal(keys[0], [chains, dim]) scaled to the moments of alpha x0 + sigma noise, where keys = split(key).
 */
export async function* runStages(
  caller: string,
  family: ScoreFamily,
  stages: readonly Stage[],
  stagesPerStep: number,
  start: { alpha: number; sigma: number },
  options: DiffusionOptions,
): AsyncGenerator<SamplerState, void, void> {
  const { chains = 1, layout = 'original' } = options;
  checkFamily(caller, family);
  integer(caller, 'chains', chains);
  const { core, dim } = family;
  layoutCode(caller, layout);
  const [startKey, key] = split(checkKey(caller, options.key), 2, { layout });
  const moments = startMoments(caller, family, options.moments);
  const { alpha, sigma } = start;
  const init =
    options.init ??
    normal(core, startKey, [chains, dim], { layout }).map((z, i) => {
      const [mean, variance] = [moments.mean[i % dim], moments.variance[i % dim]];
      return alpha * mean + Math.sqrt(alpha * alpha * variance + sigma * sigma) * z;
    });
  const steps = stages.length / stagesPerStep;
  const noisy = stages.some(({ c }) => c);
  const fused = family instanceof FusedFamily ? family : undefined;
  const table = new StageTable(core, stages, stagesPerStep, fused);
  const own = new StageScores(family, stages);
  try {
    const states = moveChains(
      caller,
      family,
      { ...options, key, steps, init },
      {
        sampler: 'diffusion',
        settings: { stages: table.pointer },
        scores: fused
          ? { open: (rooms) => fused.open(rooms) }
          : { evaluate: (x, stage) => ({ scores: own.score(stage, x) }) },
        keys: [key],
        remedy: 'take more steps, or less noise at the start',
        normalsPerStep: noisy ? stagesPerStep : 0,
        spans: () => table.spans(),
      },
    );
    for await (const { statistics: _, ...state } of states) yield state;
  } finally {
    own.dispose();
    table.dispose();
  }
}

/** A table of more stages is a mistake, and would take long to refuse by its memory. */
const MAX_STAGES = 2 ** 22;

/** @throws RangeError if there are too many stages. */
export function checkStages(caller: string, stages: number): void {
  if (stages > MAX_STAGES)
    throw new RangeError(`${caller}: a run must have at most ${MAX_STAGES} scores a chain, got ${stages}`);
}

/** The scores of a family that is not fused, stage by stage: it holds the score of one noise at a time. */
class StageScores {
  readonly #family: ScoreFamily;
  readonly #stages: readonly Stage[];
  #sigma = Number.NaN;
  #score?: Score;

  constructor(family: ScoreFamily, stages: readonly Stage[]) {
    this.#family = family;
    this.#stages = stages;
  }

  /** The scores at u x of the positions x [n, dim], under the noise of a stage. */
  score(stage: number, x: Float32Array): Float32Array {
    const { sigma, u = 1 } = this.#stages[stage];
    if (sigma !== this.#sigma) {
      this.dispose();
      this.#score = scoreOfFamily(this.#family, sigma);
      this.#sigma = sigma;
    }
    return scoresAt(this.#score as Score, u === 1 ? x : x.map((v) => u * v));
  }

  dispose(): void {
    this.#score?.dispose();
    this.#score = undefined;
  }
}
