// The noises at which a run is looked at where the command line names none.

import { UsageError } from '../terminal/failure.js';
import type { Context } from '../terminal/report.js';
import type { OpenDenoiser } from './folder.js';

/** Of the deviation of images: noise under which walks go from one image to another, and jumps are still clean. */
const OF_IMAGES = 1.6;
/** Of points, whose coordinates have deviation 1. */
const OF_POINTS = 0.5;
/** Noises between which samples are made, over the deviation of the data. */
const RANGE = { least: 0.005, most: 30 };

/** The noise of a run that knows one alone. */
export function onlyNoise({ noise }: Pick<OpenDenoiser, 'noise'>): number | undefined {
  return noise?.kind === 'fixed' ? noise.sigma : undefined;
}

/** A number with two digits. */
const rounded = (x: number) => Number(x.toPrecision(2));

/** The noise for denoising and walking: the one asked for, the run's only one, or one that the spread of the data gives. */
export function sigmaOf(run: OpenDenoiser, asked: number | undefined, { report }: Context): number {
  const only = onlyNoise(run);
  if (asked !== undefined && only !== undefined && asked !== only) {
    report.say(`${run.folder}: it was trained at sigma ${only} alone; at ${asked} it can only guess.`);
  }
  const ofData = run.data.kind === 'points' ? OF_POINTS : Math.max(0.01, rounded(OF_IMAGES * run.moments.sd));
  return asked ?? only ?? ofData;
}

/**
 * The noises that samples are made from and down to: those trained at where they have limits, else from thirty times the
 * deviation of the data down to a two-hundredth of it.
 *
 * @throws UsageError if the run knows one noise alone
 */
export function noiseRange(run: OpenDenoiser, sampler: string): { sigmaMin: number; sigmaMax: number } {
  const { noise, moments, folder } = run;
  const only = onlyNoise(run);
  if (only !== undefined) {
    throw new UsageError(
      `--sampler ${sampler} needs all noises, and ${folder} was trained at sigma ${only} alone; take --sampler walk-jump, mala, hmc or nuts, or train without --sigma`,
    );
  }
  if (noise?.kind === 'logUniform') return { sigmaMin: noise.sigmaMin, sigmaMax: noise.sigmaMax };
  const sd = moments.sd || 1;
  return { sigmaMin: RANGE.least * sd, sigmaMax: RANGE.most * sd };
}
