import { dirname } from 'node:path';
import { npyHeader } from '../formats/npy.js';
import {
  key,
  type Layout,
  langevin,
  type Network,
  presets,
  type SampleHistogram,
  smoothedHistogram,
  split,
  totalVariation,
} from '../index.js';
import { UsageError } from './failure.js';
import { NewFile, openFolder } from './files.js';
import type { Context } from './report.js';
import type { OpenRun } from './runFolder.js';

/** How samples are drawn from a run; what is undefined is the article's. */
export interface SamplingOptions {
  sampler?: string;
  level?: number;
  chains?: number;
  steps?: number;
  stepSize?: number;
  seed?: number;
  bins?: number;
  layout?: Layout;
  /** A file for the positions themselves, every `thin`-th. */
  save?: string;
  thin?: number;
}

/** What a command counts by default. */
export const SAMPLING = { ...presets.article.sampling, seed: 0, bins: 50, thin: 1 };

/** Samples at a level, beside what they should be. */
export interface Samples {
  level: number;
  sigma: number;
  steps: number;
  chains: number;
  histogram: SampleHistogram;
  /** The exact distribution at this noise, on the same cells. */
  exact: { counts: Float64Array; outside: number };
  totalVariation: number;
}

/** The level asked for, or the one whose noise is nearest to that of the article's. @throws UsageError */
export function levelOf({ sigmas, config }: Network, level: number | undefined): number {
  if (level === undefined) {
    const { sigmaMin, sigmaMax, levels } = presets.article.network;
    const wanted = sigmaMin * (sigmaMax / sigmaMin) ** (SAMPLING.level / (levels - 1));
    const distance = (sigma: number) => Math.abs(Math.log(sigma / wanted));
    return sigmas.reduce((best, sigma, i) => (distance(sigma) < distance(sigmas[best]) ? i : best), 0);
  }
  if (level < config.levels) return level;
  throw new UsageError(
    `--level must be from 0 to ${config.levels - 1}, the levels of this network, got ${level}`,
  );
}

/** Draws samples by Langevin dynamics at one noise level, with the article's keys, and counts them. */
export async function drawSamples(
  { network, data }: OpenRun,
  options: SamplingOptions,
  { report, signal }: Context,
): Promise<Samples> {
  const level = levelOf(network, options.level);
  const { chains, steps, stepSize, seed, bins, thin } = { ...SAMPLING, ...options };
  const { layout = 'original', save } = options;
  const grid = { bins, xlim: [0, 1] as const, ylim: [0, 1] as const };
  const { dim } = network.config;
  const [zKey] = split(key(seed), 3, { layout });
  const score = network.at(level);
  if (save !== undefined) await openFolder(dirname(save));
  const file = save === undefined ? undefined : await NewFile.create(save);
  try {
    if (save !== undefined) await file?.write(npyHeader([Math.floor(steps / thin), chains, dim]));
    const histogram = await report.during({ task: 'sampling', total: steps }, async (progress) => {
      let counted: SampleHistogram | undefined;
      for await (const state of langevin(score, {
        key: zKey,
        steps,
        stepSize,
        chains,
        init: new Float32Array(dim).fill(0.5),
        thin: file ? thin : 0,
        histogram: grid,
        layout,
        signal,
      })) {
        if (state.path.length > 0) await file?.write(new Uint8Array(state.path.buffer));
        progress.update(state.step);
        counted = state.histogram;
      }
      return counted as SampleHistogram;
    });
    await file?.commit();
    const sigma = network.sigmas[level];
    const exact = smoothedHistogram(data, sigma, grid);
    return {
      level,
      sigma,
      steps,
      chains,
      histogram,
      exact,
      totalVariation: totalVariation(histogram, exact),
    };
  } catch (error) {
    await file?.discard();
    throw error;
  } finally {
    score.dispose();
  }
}
