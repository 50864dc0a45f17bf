// Drawing samples, all of a run or a shard of its chains: what it gives, and what is made of it.
import { dirname } from 'node:path';
import { PointCounter } from '../../diagnostics/pointCounter.js';
import { npyHeader } from '../../formats/npy.js';
import {
  expectedTotalVariation,
  type HistogramOptions,
  joinHistograms,
  key,
  type SampleHistogram,
  smoothedHistogram,
  split,
  totalVariation,
} from '../../index.js';
import type { Shard } from '../../samplers/shard.js';
import type { Context } from '../terminal/report.js';
import { rangeOf } from '../terminal/shardOption.js';
import { NewFile, openFolder } from './files.js';
import { f32Of, f64Of, type Parts, part } from './parts.js';
import type { OpenRun } from './runFolder.js';
import {
  type ChainStatistics,
  curlOf,
  lengthOf,
  type SamplerName,
  type State,
  type Statistics,
  startSampling,
  statisticsOf,
  type Target,
} from './samplers.js';
import { drawing, runTarget, type SamplingOptions } from './samples.js';

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
  histogram: SampleHistogram;
  /** The exact distribution under the noise `exactSigma`, on the same cells. */
  exact: { counts: Float64Array; outside: number };
  /** 0 for walk-jump, whose samples are the jumps; else `sigma`. */
  exactSigma: number;
  totalVariation: number;
  /** What as many independent exact draws would score. */
  expectedTotalVariation: number;
  statistics: Statistics;
}

/** Statistics of each chain, by name. */
const STATISTICS = ['acceptance', 'divergences', 'stepSizes', 'leapfrogs'] as const;

/** Of rows numbered from `first`, those whose number is a multiple of `every`. */
function everyRow(
  x: Float32Array,
  { row, every, first }: { row: number; every: number; first: number },
): Float32Array {
  return x.filter((_, i) => (first + Math.floor(i / row)) % every === 0);
}

/**
 * Draws samples at one noise level with the article's keys, and counts them: every position of a chain after its burn-in, the jumps of
 * walk-jump, and the final positions of samplers that start from noise. Gives what {@link histogramOf} and
 * {@link runStatistics} read.
 *
 * @param shard of the chains. Default: all
 */
export async function drawParts(
  run: OpenRun,
  options: SamplingOptions,
  { report, signal }: Context,
  shard?: Shard,
): Promise<Parts> {
  const { save } = options;
  const { sampler, layout, startsFromNoise, chains, steps, burnIn, seed, thin, level, grid, own } = drawing(
    run,
    options,
  );
  const [first, end] = rangeOf(shard, chains, 'chains');
  const { dim } = run.network.config;
  const [zKey] = split(key(seed), 3, { layout });
  const counter = new PointCounter(grid, dim, end - first);
  /** Every position of a walk is counted; walk-jump jumps from those that it keeps. */
  const every = sampler === 'walk-jump' ? thin : 1;
  /** Positions of each chain so far. */
  let kept = 0;
  if (save !== undefined) await openFolder(dirname(save));
  const target = runTarget(run, level);
  const file = save === undefined ? undefined : await NewFile.create(save);
  try {
    const shape = [...(startsFromNoise ? [] : [Math.floor(steps / thin)]), end - first, dim];
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
        shard,
        init: new Float32Array(dim).fill(0.5),
        thin: startsFromNoise ? 0 : every,
        layout,
        signal,
      },
      own,
    );
    const last = await report.during({ task: 'sampling', total: sampling.steps }, async (progress) => {
      let latest: State | undefined;
      for await (const state of sampling.states) {
        // The samples of walk-jump are its jumps.
        const samples = state.jump ? state.jump(state.path) : state.path;
        if (!startsFromNoise) {
          const row = (end - first) * dim;
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
    const { counts, outside, sums } = counter.histogram();
    return {
      counts: part(Float64Array.from([...counts, outside]), counts.length + 1),
      sums: part(sums, dim),
      ...statisticParts(last, dim),
    };
  } catch (error) {
    await file?.discard();
    throw error;
  } finally {
    target.score.dispose();
  }
}

/** The histogram of what all shards counted. */
export function histogramOf(parts: Parts, grid: HistogramOptions, dim: number): SampleHistogram {
  const { counts, sums } = parts;
  const [shards, width] = counts.shape;
  return joinHistograms(
    Array.from({ length: shards }, (_, i) => {
      const cells = f64Of(parts, 'counts').subarray(i * width, (i + 1) * width);
      return {
        ...grid,
        counts: cells.slice(0, -1),
        outside: cells[width - 1],
        mean: new Float64Array(dim),
        // Sums are of all chains in their order; the first shard brings them.
        sums: i === 0 ? f64Of({ sums }, 'sums') : new Float64Array(0),
      };
    }),
  );
}

/** Of each chain the statistics, where the sampler has any, and where it ended. */
export function statisticParts(state: State, dim: number): Parts {
  if (!state.acceptance) return {};
  const named = STATISTICS.flatMap((name) => {
    const values = state[name];
    return values ? [[name, part(values)] as const] : [];
  });
  return { ...Object.fromEntries(named), last: part(state.x, dim) };
}

/** Statistics over all chains, from {@link statisticParts}. */
export function runStatistics(
  target: Target,
  parts: Parts,
  { sampler, stepSize }: { sampler: SamplerName; stepSize?: number },
): Statistics {
  const chains: ChainStatistics = Object.fromEntries(
    STATISTICS.flatMap((name) => (parts[name] ? [[name, f64Of(parts, name)]] : [])),
  );
  const { acceptance } = chains;
  return {
    ...statisticsOf(chains, stepSize, sampler),
    ...(acceptance && curlOf(target, { acceptance, x: f32Of(parts, 'last') })),
  };
}

/** Makes of all that was drawn the histogram, and its distance to the exact distribution. */
export function samplesOf(run: OpenRun, options: SamplingOptions, parts: Parts): Samples {
  const drawn = drawing(run, options);
  const {
    sampler,
    startsFromNoise,
    chains,
    steps: wanted,
    burnIn,
    thin,
    level,
    exactSigma,
    grid,
    own,
  } = drawn;
  const target = runTarget(run, level);
  try {
    const { steps, stepSize } = lengthOf(sampler, target, wanted, own);
    const histogram = histogramOf(parts, grid, run.data.dim);
    const { sigma } = target;
    const exact = smoothedHistogram(run.data, exactSigma, grid);
    // Walk-jump counts its jumps, samplers from noise where they end.
    const every = sampler === 'walk-jump' ? thin : 1;
    const each = startsFromNoise ? 1 : Math.floor(wanted / every) - Math.floor(burnIn / every);
    const count = chains * each;
    return {
      ...{ sampler, level, sigma, steps, chains, burnIn, count, histogram, exact, exactSigma },
      totalVariation: totalVariation(histogram, exact),
      expectedTotalVariation: expectedTotalVariation(exact, count),
      statistics: runStatistics(target, parts, { sampler, stepSize }),
    };
  } finally {
    target.score.dispose();
  }
}

/** Draws samples at one noise level with the article's keys, and counts them. */
export async function drawSamples(
  run: OpenRun,
  options: SamplingOptions,
  context: Context,
): Promise<Samples> {
  return samplesOf(run, options, await drawParts(run, options, context));
}
