import { integer, scale, show } from '../core/check.js';
import type { FusedScore, OpenScore } from '../core/fusedScore.js';
import type { Core } from '../core/instantiate.js';
import { DenoiserScore, denoiserNoise, EnergyScore, GuidedScore } from '../networks/denoiserScore.js';
import type { EnergyNetwork } from '../networks/energyNetwork.js';
import type { LearnedDenoiser } from '../networks/learnedDenoiser.js';
import { FusedFamily, type Moments, type ScoreFamily } from './family.js';

/** Options of {@link denoiserScores}. */
export interface DenoiserScoresOptions {
  /** The class of all points; left out: none, if the network knows classes. */
  label?: number;
  /**
   * Weight of the class: 1 takes its score as it is; more leans towards it, by u + guidance (c - u) of the scores c with and u
   * without the class (Ho and Salimans, "Classifier-free diffusion guidance", 2022). Default: 1.
   */
  guidance?: number;
  /** Mean and variance of the data: chains that come from noise start with them. Default: 0 both. */
  moments?: Moments;
}

class DenoiserScores extends FusedFamily {
  readonly core: Core;
  readonly dim: number;
  readonly moments?: Moments;
  readonly #denoiser: LearnedDenoiser;
  readonly #label: number;
  readonly #guidance: number;

  constructor(denoiser: LearnedDenoiser, { label, guidance = 1, moments }: DenoiserScoresOptions) {
    super();
    this.core = denoiser.core;
    this.dim = denoiser.dim;
    this.moments = moments;
    this.#denoiser = denoiser;
    const { labels } = denoiser.network;
    if (label !== undefined) {
      if (labels === 0)
        throw new RangeError(
          `denoiserScores: label must be left out, since the network knows no classes, got ${show(label)}`,
        );
      integer('denoiserScores', 'label', label, 0, labels - 1);
    }
    if (!(Number.isFinite(guidance) && guidance >= 0))
      throw new RangeError(`denoiserScores: guidance must be a finite number >= 0, got ${show(guidance)}`);
    if (guidance !== 1 && label === undefined)
      throw new RangeError(`denoiserScores: guidance needs a label, got ${guidance} without one`);
    this.#label = label ?? Math.max(0, labels - 1);
    this.#guidance = guidance;
  }

  at(sigma: number): FusedScore {
    scale('denoiserScores.at', 'sigma', sigma);
    if (this.#denoiser.network.plan.energy) return new EnergyScore(this.#denoiser, sigma);
    const conditional = new DenoiserScore(this.#denoiser, sigma, this.#label);
    if (this.#guidance === 1) return conditional;
    let unconditional: DenoiserScore | undefined;
    try {
      unconditional = new DenoiserScore(this.#denoiser, sigma, this.#denoiser.network.labels - 1);
      return new GuidedScore(conditional, unconditional, this.#guidance);
    } catch (error) {
      conditional.dispose();
      unconditional?.dispose();
      throw error;
    }
  }

  open(rooms: number): OpenScore {
    const score = this.at(1);
    try {
      return score.open(rooms);
    } finally {
      score.dispose();
    }
  }

  noise(sigma: number): number[] {
    return denoiserNoise(this.#denoiser, scale('denoiserScores.at', 'sigma', sigma));
  }
}

/**
 * The scores that a learned denoiser gives, (D(y, sigma) - y) / sigma^2, at any sigma; it has learned those it was trained
 * at. With a class, those of points of this class. A score of `at` changes with the network while that trains; a sampler
 * uses the network as it was when the sampler's run began, in every thread.
 *
 * Where the network is the gradient of a scalar (`energyNetwork`), each score is a {@link Density} up to a constant, which depends
 * on sigma alone and which `densityHistogram` finds in the plane: `logProb` is log p plus that constant, `prob` is p times its
 * exponential. `mala`, `hmc` and `nuts` need no more.
 *
 * @param denoiser a trained denoiser
 * @throws RangeError on a label that the network does not know, or guidance without one
 * @example
 * ```js
 * import { denoiserScores, learnedDenoiser, loadCore, mlp } from 'scorefield';
 *
 * const net = mlp(await loadCore(), { height: 1, width: 1, channels: 2 }, { hidden: 32 });
 * const scores = denoiserScores(learnedDenoiser(net));
 * console.log(scores.at(0.5).score(Float32Array.of(0, 0))); // of points with noise of 0.5
 * ```
 */
export function denoiserScores(
  denoiser: LearnedDenoiser<EnergyNetwork>,
  options?: DenoiserScoresOptions,
): ScoreFamily<EnergyScore>;
export function denoiserScores(
  denoiser: LearnedDenoiser,
  options?: DenoiserScoresOptions,
): ScoreFamily<FusedScore>;
export function denoiserScores(
  denoiser: LearnedDenoiser,
  options: DenoiserScoresOptions = {},
): ScoreFamily<FusedScore> {
  return new DenoiserScores(denoiser, options);
}
