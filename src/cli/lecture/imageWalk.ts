import { pause } from '../../core/pause.js';
import { type Key, normal } from '../../index.js';
import type { ImageRun } from './imageRun.js';

export interface ImageWalk {
  /** Noisy images before each step: [steps, chains, dim]. */
  walk: Float32Array;
  /** The jump from each: [steps, chains, dim]. */
  jumps: Float32Array;
}

export interface ImageWalkOptions {
  key: Key;
  sigma: number;
  /** h, in units of sigma^2. */
  stepSize: number;
  steps: number;
  /** Noisy images [chains, dim]. */
  init: Float32Array;
  signal?: AbortSignal;
  /** Called after each step. */
  onStep?: () => void;
}

/**
 * Walk-jump sampling with a jump from every step. Since the score is (xhat(y) - y) / sigma^2, a step of the library's
 * `walkJump` is
 *
 *   y <- y + stepSize (xhat(y) - y) + sqrt(2 stepSize) sigma z,
 *
 * so one evaluation gives both the jump and the step; `walkJump`, whose jumps may be few, would evaluate twice.
 */
export async function walkImages(
  run: ImageRun,
  { key, sigma, stepSize, steps, init, signal, onStep }: ImageWalkOptions,
): Promise<ImageWalk> {
  const length = init.length;
  const z = normal(run.denoiser.core, key, [steps, length]);
  const [walk, jumps] = [new Float32Array(steps * length), new Float32Array(steps * length)];
  const noise = Math.sqrt(2 * stepSize) * sigma;
  let y = init;
  for (let t = 0; t < steps; t++) {
    const clean = run.denoiser.denoise(y, sigma);
    walk.set(y, t * length);
    jumps.set(clean, t * length);
    y = y.map((value, i) => value + stepSize * (clean[i] - value) + noise * z[t * length + i]);
    onStep?.();
    // Lets a signal handler run.
    await pause();
    signal?.throwIfAborted();
  }
  return { walk, jumps };
}
