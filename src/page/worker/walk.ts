// Walk and jump: noisy points that move and their clean places, and what more noise gives and costs.
import { drawPoints } from '../../apps/drawPoints.js';
import { wasserstein } from '../../apps/wasserstein.js';
import { joined } from '../../core/joined.js';
import {
  denoiser,
  empirical,
  integratedAutocorrelationTime,
  key,
  normal,
  split,
  walkJump,
} from '../../index.js';
import type { Context } from '../calls/rpc.js';
import type { ScoreRequest, Session } from './session.js';

/** h of a walk, in units of sigma^2: its steps are as long as its noise is wide. */
const STEP = 1;

/** A walk: its score and noise, and the moments that are told. */
export interface WalkArgs {
  score: ScoreRequest;
  /** The noise of that score. */
  sigma: number;
  chains: number;
  /** Moments that are told, and the steps to each from the one before. */
  moments: number;
  steps: number;
  seed: number;
}

/** What the worker emits in `walk`: noisy points after some steps, and the jumps from there, [chains, 2] each. */
export interface WalkEvent {
  step: number;
  noisy: Float32Array;
  clean: Float32Array;
}

/** Walks from the middle of the picture. */
export async function walk(
  session: Session,
  { score: request, sigma, chains, moments, steps, seed }: WalkArgs,
  { emit, signal }: Context,
): Promise<void> {
  const { score, release } = session.openScore(request);
  try {
    const options = { key: key(seed), steps: moments * steps, chains, init: new Float32Array([0.5, 0.5]) };
    let told = 0;
    const states = walkJump(score, { ...options, sigma, stepSize: STEP, thin: steps, signal });
    for await (const { step, path, jump } of states) {
      // A state may hold several kept positions.
      for (let at = 0; at < path.length; at += 2 * chains) {
        const noisy = path.slice(at, at + 2 * chains);
        told++;
        emit({ step: Math.min(step, told * steps), noisy, clean: jump(noisy) } satisfies WalkEvent);
      }
    }
  } finally {
    release();
  }
}

/** The noises that are measured, and the chains, steps and draws of each. */
export interface TradeOffArgs {
  sigmas: readonly number[];
  chains: number;
  steps: number;
  draws: number;
  seed: number;
}

/** What the worker emits in `tradeOff`, for one noise. */
export interface TradeOffEvent {
  sigma: number;
  /** Steps of a walk that tell as much as one independent draw, of the slower coordinate. */
  time: number;
  /** How far clean points that were jumped to are from the picture's own, in sides of the picture. */
  distance: number;
}

/**
 * Measures walks and jumps of the picture's exact score at each noise. Jumps are from exact draws x + sigma z, so that
 * their distance does not depend on how well the walk mixes.
 */
export async function tradeOff(
  session: Session,
  { sigmas, chains, steps, draws, seed }: TradeOffArgs,
  { emit, signal }: Context,
): Promise<void> {
  const { core } = session;
  const data = session.points();
  const [pointKey, noiseKey, walkKey] = split(key(seed), 3);
  const x = drawPoints(core, pointKey, data, draws);
  const z = normal(core, noiseKey, [draws, 2]);
  for (const sigma of sigmas) {
    const score = empirical(core, data, sigma);
    try {
      const y = x.map((value, i) => value + sigma * z[i]);
      const distance = cloudDistance(denoiser(score, sigma).denoise(y), x);
      const parts: Float32Array[] = [];
      const init = y.slice(0, 2 * chains);
      const options = { sigma, stepSize: STEP, key: walkKey, steps, chains, init, thin: 1, signal };
      for await (const { path } of walkJump(score, options)) parts.push(path.slice());
      const times = integratedAutocorrelationTime(joined(Float32Array, parts), { chains, dim: 2 });
      emit({ sigma, time: Math.max(...times), distance } satisfies TradeOffEvent);
    } finally {
      score.dispose();
    }
  }
}

/** Directions on which points are projected. */
const DIRECTIONS = 8;

/** The Wasserstein-1 distance of points a and b [n, 2] along a direction, averaged over directions. */
export function cloudDistance(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let k = 0; k < DIRECTIONS; k++) {
    const [u, v] = [Math.cos((Math.PI * k) / DIRECTIONS), Math.sin((Math.PI * k) / DIRECTIONS)];
    const along = (x: Float32Array) =>
      Float64Array.from({ length: x.length / 2 }, (_, i) => u * x[2 * i] + v * x[2 * i + 1]);
    sum += wasserstein(along(a), along(b));
  }
  return sum / DIRECTIONS;
}
