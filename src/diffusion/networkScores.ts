import { positive } from '../core/check.js';
import { log } from '../core/elementary.js';
import type { OpenScore } from '../core/fusedScore.js';
import type { Core } from '../core/instantiate.js';
import type { Score } from '../core/score.js';
import type { Network } from '../networks/network.js';
import { NetworkScore } from '../networks/networkScore.js';
import { FusedFamily, type ScoreFamily } from './family.js';

/** How far, relatively, sigma may be outside of the network's levels, since those were rounded when they were computed. */
const SLACK = 1e-5;

class NetworkScores extends FusedFamily {
  readonly core: Core;
  readonly dim: number;
  readonly sigmas: Float32Array;
  readonly #network: Network;

  constructor(network: Network) {
    super();
    this.core = network.core;
    this.dim = network.config.dim;
    this.sigmas = network.sigmas;
    this.#network = network;
  }

  at(sigma: number): Score {
    const [level, fraction, scale] = this.noise(sigma);
    return new NetworkScore(this.#network, { level, fraction, scale });
  }

  open(rooms: number): OpenScore {
    const score = new NetworkScore(this.#network, { level: 0, fraction: 0, scale: this.#network.scales[0] });
    try {
      return score.open(rooms);
    } finally {
      score.dispose();
    }
  }

  noise(sigma: number): number[] {
    const { sigmas } = this;
    const [low, high] = [sigmas[0], sigmas[sigmas.length - 1]];
    positive('networkScores.at', 'sigma', sigma);
    if (sigma < low * (1 - SLACK) || sigma > high * (1 + SLACK)) {
      throw new RangeError(
        `networkScores.at: sigma must be one the network has learned, from ${low} to ${high}, got ${sigma}`,
      );
    }
    const inside = Math.min(high, Math.max(low, sigma));
    const above = sigmas.findIndex((level) => level > inside);
    const level = above < 0 ? sigmas.length - 1 : above - 1;
    const fraction = above < 0 ? 0 : log(inside / sigmas[level]) / log(sigmas[above] / sigmas[level]);
    return [level, fraction, this.#network.config.output === 'noise' ? 1 / inside : 1];
  }
}

/**
 * The scores that a network learned, at any sigma from its lowest level to its highest. Between two levels, alpha, beta and the
 * features' gains are interpolated linearly in log sigma, and an output in units of the noise is divided by sigma itself. At a
 * level, the score has the bits of `network.at(level)`. A score of `at` changes with the network while that trains; a sampler uses
 * the network as it was when the sampler's run began, in every thread.
 *
 * @param network of the article, which has a score at each of its levels
 */
export function networkScores(network: Network): ScoreFamily {
  return new NetworkScores(network);
}
