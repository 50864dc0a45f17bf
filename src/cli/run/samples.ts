import { dirname } from 'node:path';
import { log, pow } from '../../core/elementary.js';
import { PointCounter, type PointHistogram } from '../../diagnostics/pointCounter.js';
import { npyHeader } from '../../formats/npy.js';
import {
  expectedTotalVariation,
  type GreyImage,
  key,
  type Layout,
  momentsOf,
  type Network,
  networkScores,
  presets,
  smoothedHistogram,
  split,
  totalVariation,
} from '../../index.js';
import { UsageError } from '../terminal/failure.js';
import type { Context } from '../terminal/report.js';
import { NewFile, openFolder } from './files.js';
import type { OpenRun } from './runFolder.js';
import {
  checkSampler,
  curlOf,
  type OwnOptions,
  type SamplerName,
  type State,
  type Statistics,
  samplerOf,
  startSampling,
  statisticsOf,
  type Target,
} from './samplers.js';

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
const MOST_BINS = 128;

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

/** Counted samples at a noise level, and the exact distribution to compare them with. */
export interface Samples {
  sampler: SamplerName;
  level: number;
  sigma: number;
  steps: number;
  chains: number;
  /** Steps of each chain that are not counted, since they may still know where it started. */
  burnIn: number;
  /** Samples counted. */
  count: number;
  histogram: PointHistogram;
  /** The exact distribution under the noise `exactSigma`, on the same cells. */
  exact: { counts: Float64Array; outside: number };
  /** 0 for walk-jump, whose samples are the jumps; else `sigma`. */
  exactSigma: number;
  totalVariation: number;
  /** What as many independent exact draws would score. */
  expectedTotalVariation: number;
  statistics: Statistics;
}

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
  if (level === undefined) {
    const distance = (sigma: number) => Math.abs(log(sigma / wanted));
    return sigmas.reduce((best, sigma, i) => (distance(sigma) < distance(sigmas[best]) ? i : best), 0);
  }
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

/** Of rows numbered from `first`, those whose number is a multiple of `every`. */
function everyRow(
  x: Float32Array,
  { row, every, first }: { row: number; every: number; first: number },
): Float32Array {
  return x.filter((_, i) => (first + Math.floor(i / row)) % every === 0);
}

/**
 * Cells a side of the histogram: as many as a picture has pixels where noise does not spread them, since places of pixels would
 * beat against other cells as plaid; else 50. A large picture has one cell for several pixels, as many in each.
 */
function binsOf(image: GreyImage | undefined, sigma: number): number {
  const across = image ? Math.max(image.height, image.width) : 0;
  if (across < 2 || sigma > 0.5 / (across - 1)) return SAMPLING.bins;
  return Math.ceil(across / Math.ceil(across / MOST_BINS));
}

/**
 * Draws samples at one noise level with the article's keys, and counts them: every position of a chain after its burn-in, the jumps
 * of walk-jump, and the final positions of samplers that start from noise.
 */
export async function drawSamples(
  run: OpenRun,
  options: SamplingOptions,
  { report, signal }: Context,
): Promise<Samples> {
  const { network, data } = run;
  const { sampler = 'langevin', layout = 'original', save } = options;
  const { stepSize, ...own } = options;
  checkSampler(sampler, options);
  const { startsFromNoise } = samplerOf(sampler);
  const others = OTHER_SAMPLING[sampler];
  const { chains, steps, seed, thin } = { ...SAMPLING, ...others, ...options };
  const level = levelOf(network, options.level, others?.sigma);
  if (startsFromNoise && options.burnIn !== undefined)
    throw new UsageError(`--burn-in is for samplers that walk, not ${sampler}`);
  const burnIn = startsFromNoise ? 0 : (options.burnIn ?? Math.floor(steps / 10));
  if (burnIn >= steps) throw new UsageError(`--burn-in must be below --steps, ${steps}, got ${burnIn}`);
  if (startsFromNoise && options.thin !== undefined)
    throw new UsageError(`--thin is for samplers that walk, not ${sampler}`);
  if (startsFromNoise && sampler !== 'annealed' && level === network.config.levels - 1) {
    throw new UsageError(`--level must be below ${level}, from whose noise ${sampler} starts, got ${level}`);
  }
  const exactSigma = sampler === 'walk-jump' ? 0 : network.sigmas[level];
  const bins = options.bins ?? binsOf(run.image, exactSigma);
  if (bins > 4096) throw new UsageError(`--bins must be at most 4096, got ${bins}`);
  const grid = { bins, xlim: [0, 1] as const, ylim: [0, 1] as const };
  const { dim } = network.config;
  const [zKey] = split(key(seed), 3, { layout });
  const target = runTarget(run, level);
  const counter = new PointCounter(grid, dim);
  if (save !== undefined) await openFolder(dirname(save));
  const file = save === undefined ? undefined : await NewFile.create(save);
  const every = sampler === 'walk-jump' ? thin : 1;
  /** Positions of each chain so far. */
  let kept = 0;
  try {
    const shape = startsFromNoise ? [chains, dim] : [Math.floor(steps / thin), chains, dim];
    await file?.write(npyHeader(shape));
    const write = (x: Float32Array) =>
      x.length > 0 ? file?.write(new Uint8Array(x.buffer, x.byteOffset, x.byteLength)) : undefined;
    const sampling = startSampling(
      sampler,
      target,
      {
        key: zKey,
        steps,
        chains,
        init: new Float32Array(dim).fill(0.5),
        // Every position of a walk is counted; walk-jump jumps from those that it keeps.
        thin: startsFromNoise ? 0 : every,
        layout,
        signal,
      },
      { stepSize: stepSize ?? (sampler === 'langevin' ? SAMPLING.stepSize : undefined), ...own },
    );
    const last = await report.during({ task: 'sampling', total: sampling.steps }, async (progress) => {
      let latest: State | undefined;
      for await (const state of sampling.states) {
        // The samples of walk-jump are its jumps.
        const samples = state.jump ? state.jump(state.path) : state.path;
        if (!startsFromNoise) {
          const row = chains * dim;
          counter.add(samples.subarray(row * Math.max(0, Math.floor(burnIn / every) - kept)));
          await write(thin === every ? samples : everyRow(samples, { row, every: thin, first: kept + 1 }));
          kept += samples.length / row;
        }
        progress.update(state.step);
        latest = state;
      }
      return latest as State;
    });
    if (startsFromNoise) {
      counter.add(last.x);
      await write(last.x);
    }
    await file?.commit();
    const histogram = counter.histogram();
    const { sigma } = target;
    const exact = smoothedHistogram(data, exactSigma, grid);
    const counted = startsFromNoise ? 1 : Math.floor(steps / every) - Math.floor(burnIn / every);
    const count = chains * counted;
    return {
      sampler,
      level,
      sigma,
      steps: sampling.steps,
      chains,
      burnIn,
      count,
      histogram,
      exact,
      exactSigma,
      totalVariation: totalVariation(histogram, exact),
      expectedTotalVariation: expectedTotalVariation(exact, count),
      statistics: { ...statisticsOf(last, sampling.stepSize, sampler), ...curlOf(target, last) },
    };
  } catch (error) {
    await file?.discard();
    throw error;
  } finally {
    target.score.dispose();
  }
}
