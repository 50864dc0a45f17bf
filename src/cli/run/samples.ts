import { nearestLevel } from '../../apps/nearestLevel.js';
import { pow } from '../../core/elementary.js';
import {
  type HistogramOptions,
  type Layout,
  momentsOf,
  type Network,
  networkScores,
  type PointSet,
  presets,
} from '../../index.js';
import { UsageError } from '../terminal/failure.js';
import { pixelGrid } from './pixelCells.js';
import type { OpenRun } from './runFolder.js';
import { checkSampler, type OwnOptions, type SamplerName, samplerOf, type Target } from './samplers.js';

/** Options for drawing samples from a run; undefined ones take the sampler's defaults. */
export interface SamplingOptions extends OwnOptions {
  sampler?: SamplerName;
  level?: number;
  chains?: number;
  steps?: number;
  seed?: number;
  bins?: number;
  /** Steps of each walk that are not counted. Default: a tenth. */
  burnIn?: number;
  layout?: Layout;
  /** A file for the samples themselves. */
  save?: string;
  /** Chains keep every thin-th position. */
  thin?: number;
}

/** Defaults of Langevin dynamics: the article's run. */
export const SAMPLING = { ...presets.article.sampling, seed: 0, bins: 50, thin: 1 };

/** Most cells a side where they follow the picture. */
export const MOST_BINS = 128;

/** Most chains: what each has summed is held in memory. */
const MOST_CHAINS = 2 ** 28;

/** Defaults of the other samplers, where they differ: many chains from noise, or a few walks that jump at times. */
export const OTHER_SAMPLING: Partial<
  Record<SamplerName, { chains: number; steps: number; thin?: number; sigma?: number }>
> = {
  annealed: { chains: 10_000, steps: 10 },
  reverse: { chains: 10_000, steps: 200 },
  flow: { chains: 10_000, steps: 40 },
  // Enough noise to walk between strokes.
  'walk-jump': { chains: 10, steps: 10_000, thin: 10, sigma: 0.1 },
};

/** The noise of the level that the article samples at. */
function articleSigma(): number {
  const { sigmaMin, sigmaMax, levels } = presets.article.network;
  return sigmaMin * pow(sigmaMax / sigmaMin, SAMPLING.level / (levels - 1));
}

/** Checks `level`; without one, returns the level whose noise is nearest to `wanted`. @throws UsageError */
export function levelOf(
  { sigmas, config }: Network,
  level: number | undefined,
  wanted = articleSigma(),
): number {
  if (level === undefined) return nearestLevel(sigmas, wanted);
  if (level < config.levels) return level;
  throw new UsageError(
    `--level must be from 0 to ${config.levels - 1}, the levels of this network, got ${level}`,
  );
}

/** The target for sampling a run at one of its noise levels. */
export function runTarget({ network, data }: Pick<OpenRun, 'network' | 'data'>, level: number): Target {
  const { sigmas } = network;
  const sigma = sigmas[level];
  return {
    family: networkScores(network),
    moments: momentsOf(data),
    score: network.at(level),
    sigma,
    scale: sigma,
    sigmaMax: sigmas[sigmas.length - 1],
  };
}

/**
 * The cells of the histogram: of whole pixels where noise does not spread them, unless their number is given; else 50 a side of
 * the square of all places.
 */
function gridOf({ points }: PointSet, sigma: number, bins?: number): HistogramOptions {
  const pixels = bins === undefined ? pixelGrid(points, MOST_BINS) : undefined;
  if (pixels && sigma <= 0.5 * pixels.width) return pixels.grid;
  return { bins: bins ?? SAMPLING.bins, xlim: [0, 1], ylim: [0, 1] };
}

/** Checks the options of a drawing, and completes them. @throws UsageError */
export function drawing(run: Pick<OpenRun, 'network' | 'data'>, options: SamplingOptions) {
  const { network } = run;
  const { sampler = 'langevin', layout = 'original' } = options;
  const { stepSize, ...own } = options;
  checkSampler(sampler, options);
  const { startsFromNoise } = samplerOf(sampler);
  const others = OTHER_SAMPLING[sampler];
  const { chains, steps, seed, thin } = { ...SAMPLING, ...others, ...options };
  if (chains > MOST_CHAINS)
    throw new UsageError(`--chains must be at most ${MOST_CHAINS}, which memory holds, got ${chains}`);
  const level = levelOf(network, options.level, others?.sigma);
  if (startsFromNoise && options.burnIn !== undefined)
    throw new UsageError(`--burn-in is for samplers that walk, not ${sampler}`);
  const burnIn = startsFromNoise ? 0 : (options.burnIn ?? Math.floor(steps / 10));
  if (burnIn >= steps) throw new UsageError(`--burn-in must be below --steps, ${steps}, got ${burnIn}`);
  const every = sampler === 'walk-jump' ? thin : 1;
  if (!startsFromNoise && Math.floor(steps / every) === Math.floor(burnIn / every)) {
    throw new UsageError(
      `--steps ${steps} after --burn-in ${burnIn} must hold a jump of ${sampler}, which jumps at every step of --thin ${thin}; lower --thin`,
    );
  }
  if (startsFromNoise && options.thin !== undefined)
    throw new UsageError(`--thin is for samplers that walk, not ${sampler}`);
  if (startsFromNoise && sampler !== 'annealed' && level === network.config.levels - 1) {
    throw new UsageError(`--level must be below ${level}, from whose noise ${sampler} starts, got ${level}`);
  }
  // The samples of walk-jump are its jumps, which have no noise.
  const exactSigma = sampler === 'walk-jump' ? 0 : network.sigmas[level];
  const { bins = 0 } = options;
  if (bins > 4096) throw new UsageError(`--bins must be at most 4096, got ${bins}`);
  return {
    ...{ sampler, layout, startsFromNoise, chains, steps, burnIn, seed, thin, level, exactSigma },
    grid: gridOf(run.data, exactSigma, options.bins),
    own: { stepSize: stepSize ?? (sampler === 'langevin' ? SAMPLING.stepSize : undefined), ...own },
  };
}
