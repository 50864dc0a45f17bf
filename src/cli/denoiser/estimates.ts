// Denoisers of a run at one noise, and long denoising that shows its progress and stops when asked.
import { pacer } from '../../core/pause.js';
import { type Denoiser, denoiser, denoiserScores, type LearnedDenoiser, type Score } from '../../index.js';
import type { Context } from '../terminal/report.js';

/** Points that are denoised without a pause. */
const CHUNK = 8;

/** The denoiser of a score, which is disposed of with it. */
export function owning(score: Score, sigma: number): Denoiser {
  const inner = denoiser(score, sigma);
  return {
    core: inner.core,
    dim: inner.dim,
    denoise: (y, out) => inner.denoise(y, out),
    dispose: () => score.dispose(),
  };
}

/** A run's denoiser at noise sigma, for points of any class. The caller disposes of it. */
export function estimator(learned: LearnedDenoiser, sigma: number): Denoiser {
  return owning(denoiserScores(learned).at(sigma), sigma);
}

/** Estimates for the rows of y [n, dim], a few at a time. @throws the signal's reason when aborted */
export function denoiseRows(
  estimate: Denoiser,
  y: Float32Array,
  { report, signal }: Context,
): Promise<Float32Array> {
  const { dim } = estimate;
  return report.during({ task: 'denoising', total: y.length / dim, unit: 'estimate' }, async (progress) => {
    const out = new Float32Array(y.length);
    const paced = pacer();
    for (let from = 0; from < y.length; from += CHUNK * dim) {
      signal.throwIfAborted();
      estimate.denoise(y.subarray(from, from + CHUNK * dim), out.subarray(from, from + CHUNK * dim));
      progress.update(Math.min(y.length, from + CHUNK * dim) / dim);
      await paced();
    }
    signal.throwIfAborted();
    return out;
  });
}
