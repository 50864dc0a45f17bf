import { length, show } from '../core/check.js';
import { FusedScore, type OpenScore } from '../core/fusedScore.js';
import type { Key } from '../core/random.js';
import type { Density, Score } from '../core/score.js';
import type { Span } from '../core/segments.js';
import { type SamplerSettings, statisticsOf } from './runBlock.js';

/** What JavaScript answers to query points x [n, dim]. */
export interface Answer {
  /** [n, dim] */
  scores: Float32Array;
  /** [n], for samplers that accept by log-densities, where the score has any. */
  logProbs?: Float32Array | Float64Array;
}

/**
 * What JavaScript computes of query points x [n, dim].
 *
 * @param next the step of `langevin`, or the stage of a diffusion sampler, that waits; 0 for others
 * @param look throws a TypeError with the name of a user's function that has changed x
 */
export type Evaluate = (x: Float32Array, next: number, look: (name: string) => void) => Answer;

/** Where a run takes its scores from: WebAssembly, or JavaScript, called once for the query points of all chains. */
export type ScoreSource =
  | {
      /** The score for the run in so many rooms, which disposes of it at its end. */
      open(rooms: number): OpenScore;
      /** @throws Error when the run can no longer read what it opened. */
      check?(): void;
    }
  | { evaluate: Evaluate };

/** How a sampler moves its chains. */
export type Moves = SamplerSettings & {
  scores: ScoreSource;
  /** One for each purpose that the sampler draws for, that of its normals first. */
  keys: readonly Key[];
  /** What to do when a position is no longer finite, for the message. */
  remedy: string;
  /**
   * What float32 must resolve of a position, about a fifth of a step's noise: where it does not, chains that stay there are refused.
   * Default: samplers that accept look at what their steps do instead, and others need no such check.
   */
  reach?: number;
  /** Steps made before the first that is recorded. Default: none. */
  warmup?: number;
  /** Normals that a step draws for one coordinate of one chain. Default: 1. */
  normalsPerStep?: number;
  /** Memory that all shares read beside the score's. Default: none. */
  spans?(): Span[];
};

/** Whether a score is a density; of others, samplers that accept integrate the score along their path. */
export function hasLogProb(score: Score): score is Density {
  return typeof (score as Density).logProb === 'function';
}

/** @throws TypeError unless it is a score */
export function checkScore(caller: string, score: Score): void {
  if (typeof score?.score !== 'function')
    throw new TypeError(`${caller}: score must have a method score(x), got ${show(score)}`);
}

/** The moves of a sampler over a score. */
export function movesOver(score: Score, moves: SamplerSettings & Omit<Moves, 'scores'>): Moves {
  return { ...moves, scores: sourceOf(score, statisticsOf(moves) > 0) };
}

function sourceOf(score: Score, acceptsByDensity: boolean): ScoreSource {
  if (score instanceof FusedScore) return { open: (rooms) => score.open(rooms), check: () => score.check() };
  const density = acceptsByDensity && hasLogProb(score) ? score : undefined;
  return {
    evaluate(x, _, look) {
      const scores = score.score(x);
      if (!density) return { scores };
      look('score');
      const logProbs = density.logProb64?.(x) ?? density.logProb(x);
      length('logProb', 'its result', logProbs, x.length / score.dim);
      return { scores, logProbs };
    },
  };
}
