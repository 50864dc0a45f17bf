import { finite, length, points } from '../core/check.js';
import { square } from '../core/elementary.js';
import { scoresAt } from '../core/ownFunctions.js';
import type { Score } from '../core/score.js';
import { MaskedScores } from './conditionalScore.js';
import { checkFamily, FusedFamily, type Moments, type ScoreFamily, scoreOfFamily } from './family.js';
import { checkObservation, dataVariance, guide } from './guidance.js';
import { maskedBy, type Observation } from './observation.js';

/** Options of {@link conditionalScores}. */
export interface ConditionalScoresOptions {
  /** Of the clean data. Default: those of the family. */
  moments?: Moments;
  /** What the observation's part of the score is multiplied by. Default: 1. */
  guidance?: number;
}

/**
 * Scores given an observation y of the clean point, s(u) + grad log p(y | u) (Song and others 2021, section 5), with the second
 * term approximated: the clean point given u is taken for a Gaussian about its estimate (see `guide` in `guidance.ts`). Any
 * sampler takes them. They are exact for data N(., v I) alone: where the data have modes, these get shares that are off by tens of
 * percent; {@link conditionalDiffusion} is right in the limit. `moments` of the family stay those of the data.
 *
 * One score of `family` for each. Where a mask says what was seen, samplers compute them in WebAssembly over families of this library,
 * on all threads; else in JavaScript.
 *
 * @param family scores of the clean points under noise, without the observation
 * @param observation what was seen of the clean point
 * @throws TypeError unless family and observation are such, RangeError on a bad guidance, or if no moments are known
 */
export function conditionalScores(
  family: ScoreFamily,
  observation: Observation,
  { moments = family?.moments, guidance = 1 }: ConditionalScoresOptions = {},
): ScoreFamily {
  const caller = 'conditionalScores';
  checkFamily(caller, family);
  checkObservation(caller, observation, family.dim);
  finite(caller, 'guidance', [guidance]);
  const variance = dataVariance(caller, family, moments);
  const { core, dim, sigmas } = family;
  const masked = maskedBy(observation);
  if (masked && family instanceof FusedFamily) {
    length(caller, 'mask', masked.mask, dim);
    // As `guide` adds it.
    const pull = (sigma: number) => {
      const shrink = variance / (sigma * sigma + variance);
      return (guidance * shrink) / (square(masked.noise) + sigma * sigma * shrink);
    };
    return new MaskedScores(family, masked, pull, moments);
  }
  return {
    ...{ core, dim, moments, sigmas },
    at(sigma) {
      const score = scoreOfFamily(family, sigma);
      return written(score, (x, out) => {
        const scores = scoresAt(score, x);
        const { guidance: added } = guide(scores, sigma, x, observation, variance, dim);
        for (let i = 0; i < out.length; i++) out[i] = scores[i] + guidance * added[i];
      });
    },
  };
}

/**
 * Scores that lean from one family towards another, u + guidance (c - u) of the scores c of `conditional` and u of
 * `unconditional` (Ho and Salimans 2022): what {@link denoiserScores} does with a label, for any two, such as the exact
 * scores of a class and of all data. Evaluated in JavaScript.
 *
 * @param conditional scores of one class
 * @param unconditional scores of all classes together
 * @param guidance w: 0 gives the unconditional scores, 1 the conditional ones
 * @throws TypeError or RangeError unless both are families of one dimension and guidance is finite
 */
export function guidedScores(
  conditional: ScoreFamily,
  unconditional: ScoreFamily,
  guidance: number,
): ScoreFamily {
  const caller = 'guidedScores';
  checkFamily(caller, conditional);
  checkFamily(caller, unconditional);
  finite(caller, 'guidance', [guidance]);
  const { core, dim, moments, sigmas } = conditional;
  if (unconditional.dim !== dim) {
    throw new RangeError(`${caller}: both families must have one dim, got ${dim} and ${unconditional.dim}`);
  }
  return {
    ...{ core, dim, moments, sigmas },
    at(sigma) {
      const with_ = scoreOfFamily(conditional, sigma);
      let without: Score;
      try {
        without = scoreOfFamily(unconditional, sigma);
      } catch (error) {
        with_.dispose();
        throw error;
      }
      return written(
        with_,
        (x, out) => {
          const [c, u] = [scoresAt(with_, x), scoresAt(without, x)];
          for (let i = 0; i < out.length; i++) out[i] = u[i] + guidance * (c[i] - u[i]);
        },
        without,
      );
    },
  };
}

/** A score by a function of points x [n, dim] that writes scores [n, dim]; to dispose of it is to dispose of those it is of. */
function written(score: Score, write: (x: Float32Array, out: Float32Array) => void, other?: Score): Score {
  const { core, dim } = score;
  const dispose = () => {
    score.dispose();
    other?.dispose();
  };
  return {
    core,
    dim,
    score(x, out = new Float32Array(x.length)) {
      points('score', 'x', x, dim);
      length('score', 'out', out, x.length);
      write(x, out);
      return out;
    },
    dispose,
    [Symbol.dispose]: dispose,
  };
}
