import { integer, show } from '../core/check.js';
import { FusedScore } from '../core/fusedScore.js';
import { scoresAt } from '../core/ownFunctions.js';
import { pacer, pause } from '../core/pause.js';
import {
  checkKey,
  foldIn,
  type Key,
  type Layout,
  layoutCode,
  normal,
  split,
  uniform,
} from '../core/random.js';
import type { Score } from '../core/score.js';
import { shareScore } from '../core/sharedScore.js';
import { checkFamily, type ScoreFamily, scoreOfFamily, startMoments } from '../diffusion/family.js';
import { checkObservation, dataVariance, guide } from '../diffusion/guidance.js';
import type { Observation } from '../diffusion/observation.js';
import { checkProcess, type DiffusionProcess } from '../diffusion/process.js';
import type { SamplerState } from './chains.js';
import { Particles } from './particles.js';
import { listedSteps, type ScheduleOptions, scheduleLevels } from './schedule.js';
import type { DiffusionOptions } from './stages.js';

/** Options of {@link conditionalDiffusion}. */
export interface ConditionalDiffusionOptions
  extends Omit<DiffusionOptions, 'init' | 'thin' | 'histogram' | 'shard'>,
    ScheduleOptions {
  /** How noise grows with time. */
  process: DiffusionProcess;
  /** What was seen of the clean point. */
  observation: Observation;
  /** Steps along the schedule, the last to no noise. Default: those of a list in `schedule`, else 100. */
  steps?: number;
  /** Particles of each chain. Default: 16. With 1, nothing corrects the guidance. */
  particles?: number;
}

/** A run after some steps; `path` is empty. */
export interface ConditionalState extends SamplerState {
  /** All particles now: [chains, particles, dim]. */
  particles: Float32Array;
  /** Their weights, of each chain together 1: [chains, particles]. */
  weights: Float64Array;
  /** log p(y) as each chain estimates it, [chains]: at the end of the run, of all data under the model. */
  logEvidence: Float64Array;
  /** The smallest effective share of each chain's particles so far, 1 / (particles sum w^2): [chains]. */
  effective: Float64Array;
}

/**
 * Samples given an observation, by the twisted diffusion sampler (Wu and others, "Practical and asymptotically exact conditional
 * sampling in diffusion models", 2023, algorithm 1): the ancestral steps of {@link reverseDiffusion}, led by the guidance of
 * {@link conditionalScores}, of many particles a chain; weights correct what the guidance gets wrong, and when they are uneven
 * (an effective share below half) particles are drawn anew by them. With more particles and steps the law of a chain's
 * particles becomes the exact conditional one, whatever the guidance. Chains know nothing of each other, and `x` is a particle
 * of each, drawn by its weights: chains x particles scores a step, on all threads of the core.
 *
 * Positions are those of the process. The final ones are denoised, so that their spread lacks the process's least noise.
 * Step i takes its normals from foldIn(keys[1], i), and its draws from foldIn(keys[2], i), for keys = split(key, 3); chains start
 * as in {@link probabilityFlow}.
 *
 * @param family scores at any noise, such as {@link mixtureScores} or {@link denoiserScores}
 * @throws RangeError on bad options, TypeError on an observation that is none, the signal's reason when aborted, and an Error
 *   when no particle of a chain is possible any more
 */
export async function* conditionalDiffusion(
  family: ScoreFamily,
  options: ConditionalDiffusionOptions,
): AsyncGenerator<ConditionalState, void, void> {
  const caller = 'conditionalDiffusion';
  const { process, observation, chains = 1, particles = 16, layout = 'original', schedule } = options;
  const steps = options.steps ?? listedSteps(schedule, true) ?? 100;
  const { shard } = options as { shard?: unknown };
  if (shard !== undefined)
    throw new RangeError(
      `${caller}: shard must not be given, got ${show(shard)}: run all chains, or as many with another key`,
    );
  checkFamily(caller, family);
  checkProcess(caller, process);
  checkObservation(caller, observation, family.dim);
  for (const [name, value] of Object.entries({ steps, chains, particles })) integer(caller, name, value);
  layoutCode(caller, layout);
  const sigmas = [...scheduleLevels(caller, process, steps, options), 0];
  const variance = dataVariance(caller, family, options.moments);
  const guided = async (sigma: number, u: Float32Array) => {
    const score = scoreOfFamily(family, sigma);
    try {
      const scores = await allScores(score, u, options.signal);
      return guide(scores, sigma, u, observation, variance, family.dim);
    } finally {
      score.dispose();
    }
  };
  const [startKey, stepKey, drawKey] = split(checkKey(caller, options.key), 3, { layout });
  const all = new Particles(caller, chains, particles, family.dim);
  const starts = startPositions(caller, family, sigmas[0], startKey, {
    ...options,
    layout,
    count: chains * particles,
  });
  all.place(starts, await guided(sigmas[0], starts));
  for (let i = 0; i < steps; i++) {
    options.signal?.throwIfAborted();
    const draws = uniform(family.core, foldIn(drawKey, i), [chains], { layout });
    if (i < steps - 1) {
      all.resample(draws);
      const z = normal(family.core, foldIn(stepKey, i), [chains, particles, family.dim], { layout });
      all.propose(sigmas[i], sigmas[i + 1], z);
      all.weigh(await guided(sigmas[i + 1], all.u));
    } else all.finish(observation);
    const alpha = i < steps - 1 ? process.alpha(process.timeOf(sigmas[i + 1])) : 1;
    yield { step: i + 1, path: new Float32Array(0), ...all.state(alpha, draws) };
    await pause();
  }
}

/** Noisy points with the moments of the data under the noise sigma, [count, dim]. */
function startPositions(
  caller: string,
  family: ScoreFamily,
  sigma: number,
  key: Key,
  { moments: given, layout, count }: Pick<DiffusionOptions, 'moments'> & { layout: Layout; count: number },
): Float32Array {
  const { core, dim } = family;
  const { mean, variance } = startMoments(caller, family, given);
  return normal(core, key, [count, dim], { layout }).map(
    (z, i) => mean[i % dim] + Math.sqrt(variance[i % dim] + sigma * sigma) * z,
  );
}

/** Points that a thread evaluates in the first call, and about how long a later one should last. */
const PLACES = 8;
const CALL_MS = 12;

/** The scores at u, computed by all threads of the core where WebAssembly computes them; the event loop turns meanwhile. */
async function allScores(score: Score, u: Float32Array, signal?: AbortSignal): Promise<Float32Array> {
  if (!(score instanceof FusedScore)) return scoresAt(score, u);
  const shared = score.core.threads > 1 ? await shareScore(score) : undefined;
  const out = new Float32Array(u.length);
  let part = PLACES * score.core.threads * score.dim;
  const paced = pacer();
  try {
    for (let at = 0, next = 0; at < u.length; at = next) {
      next = Math.min(u.length, at + part);
      const before = performance.now();
      await (shared ?? score).score(u.subarray(at, next), out.subarray(at, next));
      if (performance.now() - before < CALL_MS / 2) part *= 2;
      await paced();
      signal?.throwIfAborted();
    }
    return out;
  } finally {
    await shared?.dispose();
  }
}
