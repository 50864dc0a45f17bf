import { positive, scale } from '../core/check.js';
import { square } from '../core/elementary.js';
import type { Score } from '../core/score.js';
import { denoiser } from '../denoisers/denoiser.js';
import type { ChainOptions, SamplerState } from './chains.js';
import { langevin } from './langevin.js';

/** A walk of the user's own: any sampler over the score of the noisy points. */
export type Walk = (score: Score) => AsyncIterable<SamplerState>;

/** Options of {@link walkJump}. */
export type WalkJumpOptions =
  | ({
      /** The noise of the points that are walked. */
      sigma: number;
      /** h, in units of sigma^2, of a walk by Langevin dynamics. */
      stepSize: number;
      walk?: undefined;
    } & ChainOptions)
  | { sigma: number; walk: Walk };

/** A walk after some steps: its `x` and `path` are noisy points. */
export interface WalkJumpState extends SamplerState {
  /** Denoised points of `y` [n, dim], of the positions `x` now when left out: [n, dim]. The walk knows nothing of it. */
  jump(y?: Float32Array): Float32Array;
}

/**
 * Walk-jump sampling (Saremi and Hyvarinen, "Neural empirical Bayes", 2019, section 4): walk noisy points at one noise
 * level, and jump from them to clean ones whenever asked,
 *
 *   walk  y <- y + h score(y) + sqrt(2 h) z,   h = stepSize sigma^2
 *   jump  xhat(y) = y + sigma^2 score(y).
 *
 * The two are decoupled: `state.jump()` gives clean points now, `state.jump(state.path)` of all that were kept, and neither
 * moves the walk. Over a network in training the walk is of the network as it is when the run starts, a jump of the network
 * as it is when asked. In the convention of {@link langevin} its step size is 2 h. `walk` takes any other sampler instead:
 * walkJump(score, { sigma, walk: (score) => langevin(score, options) }).
 *
 * @param score of the noisy points x + sigma noise: exact, learned or your own
 * @throws RangeError on bad options, and whatever the walk throws.
 */
export async function* walkJump(
  score: Score,
  options: WalkJumpOptions,
): AsyncGenerator<WalkJumpState, void, void> {
  const sigma = scale('walkJump', 'sigma', options.sigma);
  const tweedie = denoiser(score, sigma);
  for await (const state of options.walk ? options.walk(score) : langevinWalk(score, options)) {
    yield { ...state, jump: (y = state.x) => tweedie.denoise(y) };
  }
}

function langevinWalk(score: Score, { sigma, stepSize, ...options }: WalkJumpOptions & { walk?: undefined }) {
  return langevin(score, {
    ...options,
    stepSize: 2 * positive('walkJump', 'stepSize', stepSize) * square(sigma),
  });
}
