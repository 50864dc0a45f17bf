import { dirname, join } from 'node:path';
import { denoiserScores, key, type Layout, normal, type ScoreFamily, split, writeNpy } from '../../index.js';
import { shortNumber } from '../../plots/index.js';
import type { Shard } from '../../samplers/shard.js';
import { runStatistics, statisticParts } from '../run/draws.js';
import { besideResult } from '../run/figures.js';
import { openFolder, saveFile } from '../run/files.js';
import { saveImages } from '../run/imageFigures.js';
import { f32Of, type Parts, part } from '../run/parts.js';
import {
  checkSampler,
  lengthOf,
  type OwnOptions,
  remark,
  type SamplerName,
  type State,
  samplerOf,
  startSampling,
  statisticsText,
  type Target,
} from '../run/samplers.js';
import { UsageError } from '../terminal/failure.js';
import type { Context } from '../terminal/report.js';
import { rangeOf } from '../terminal/shardOption.js';
import { toData } from './data.js';
import { denoiseRows, owning } from './estimates.js';
import { arrayShape, counted, drawnSize, firstTrainingRows } from './examples.js';
import type { OpenDenoiser } from './folder.js';
import { noiseRange, onlyNoise, sigmaOf } from './noise.js';
import { savePlaneSamples } from './planeFigures.js';
import { WALK } from './walkJump.js';

export interface SampleRunOptions extends Pick<OwnOptions, 'solver' | 'schedule'> {
  /** Folder for the files. Default: the run's. */
  out?: string;
  sampler?: SamplerName;
  chains?: number;
  steps?: number;
  /** Of annealed and walk-jump, in units of sigma^2. */
  stepSize?: number;
  seed?: number;
  layout?: Layout;
  label?: number;
  guidance?: number;
  /** A file for the samples. Default: samples.npy in the folder. */
  save?: string;
}

/** Steps of each sampler where the command line does not say; of annealed, at each level. */
export const SAMPLE_STEPS = {
  ...{ flow: 20, reverse: 100, annealed: 5, 'walk-jump': 200 },
  ...{ mala: 500, hmc: 100, nuts: 50 },
} as const;
export const SAMPLED = { images: 100, points: 1000 };
/**
 * Of annealed Langevin dynamics: noise levels, and epsilon / sigma^2. Variances of levels are 1.9 apart; in five steps at 0.5 the
 * noise comes within a fifth of its level's, where at 0.2 it stays twice as high and leaves specks.
 */
const LEVELS = 30;
const ANNEALED_STEP = 0.5;

const STEP_SIZES: Partial<Record<SamplerName, number>> = {
  annealed: ANNEALED_STEP,
  'walk-jump': WALK.stepSize,
};

type RunSampler = keyof typeof SAMPLE_STEPS;

const isRunSampler = (name: SamplerName): name is RunSampler => name in SAMPLE_STEPS;

/** Makes new images or points from noise; writes them and a sheet of all. Returns the files. */
export async function sampleDenoiser(
  run: OpenDenoiser,
  options: SampleRunOptions,
  context: Context,
): Promise<string[]> {
  return saveParts(run, options, await sampleParts(run, options, context), context);
}

/** What sampling a run starts with: its options, checked and completed, and the target. The caller disposes of its score. */
function sampling(run: OpenDenoiser, options: SampleRunOptions, context: Context) {
  const { label, guidance } = options;
  const sampler = checkedSampler(run, options);
  const { chains = SAMPLED[run.data.kind], steps = SAMPLE_STEPS[sampler] } = options;
  checkLabel(run, options);
  const family = denoiserScores(run.denoiser, { label, guidance, moments: run.moments });
  const own = { ...options, stepSize: options.stepSize ?? STEP_SIZES[sampler] };
  return { sampler, chains, steps, own, target: targetOf(run, family, sampler, context) };
}

/** Makes new images or points from noise, those of a shard of the chains or all, and what {@link saveParts} reads. */
export async function sampleParts(
  run: OpenDenoiser,
  options: SampleRunOptions,
  context: Context,
  shard?: Shard,
): Promise<Parts> {
  const { report } = context;
  const { seed = 0, layout = 'original' } = options;
  const { sampler, chains, steps, own, target } = sampling(run, options, context);
  const [walkKey, , startKey] = split(key(seed), 3, { layout });
  try {
    rangeOf(shard, chains, 'chains');
    const { states, steps: total } = startSampling(
      sampler,
      target,
      {
        ...{ key: walkKey, steps, chains, shard, layout, signal: context.signal },
        ...(target.sigma > 0 && { init: blurredStart(run, target.sigma, { key: startKey, chains, layout }) }),
      },
      own,
    );
    const last = await report.during({ task: 'sampling', total }, async (progress) => {
      let latest: State | undefined;
      for await (const state of states) {
        progress.update(state.step);
        latest = state;
      }
      return latest as State;
    });
    const ends =
      target.sigma > 0 ? await denoiseRows(owning(target.score, target.sigma), last.x, context) : last.x;
    return {
      samples: part(inUnits(run, ends), run.denoiser.dim),
      ...statisticParts(last, run.denoiser.dim),
    };
  } finally {
    target.score.dispose();
  }
}

/** Writes new images or points and a sheet of all; returns the files. */
export async function saveParts(
  run: OpenDenoiser,
  options: SampleRunOptions,
  parts: Parts,
  context: Context,
): Promise<string[]> {
  const { report } = context;
  const { data, folder } = run;
  const { out = folder, label, guidance } = options;
  const { sampler, chains, steps, own, target } = sampling(run, options, context);
  try {
    const { steps: total, stepSize } = lengthOf(sampler, target, steps, own);
    const samples = f32Of(parts, 'samples');
    const statistics = runStatistics(target, parts, { sampler, stepSize });
    report.event('samples', {
      ...{ sampler, chains, steps, ...statistics, ...(target.sigma > 0 && { sigma: target.sigma }) },
      ...(label !== undefined && { label, guidance: guidance ?? 1 }),
      shape: arrayShape(data, chains),
    });
    const files = await saveSamples(run, samples, { ...options, out, chains }, context);
    const of = label === undefined ? '' : ` of class ${data.classNames?.[label] ?? label}`;
    const at = target.sigma > 0 ? ` at sigma ${shortNumber(target.sigma)}` : '';
    report.say(
      `${counted(data, chains)}${of} by ${samplerOf(sampler).title}${at} in ${total} steps${statisticsText(statistics)}: ${files[0]}`,
    );
    const about = remark(statistics);
    if (about) report.say(about);
    return files;
  } finally {
    target.score.dispose();
  }
}

/** @throws UsageError on a sampler that is not for runs of denoisers, or on options that are not for the sampler */
function checkedSampler(run: OpenDenoiser, options: SampleRunOptions): RunSampler {
  const name = options.sampler ?? (onlyNoise(run) === undefined ? 'flow' : 'walk-jump');
  if (!isRunSampler(name)) {
    throw new UsageError(
      `--sampler ${name} is not for a run of images or points; use one of ${Object.keys(SAMPLE_STEPS).join(', ')}`,
    );
  }
  checkSampler(name, options);
  return name;
}

/** @throws UsageError on a class that the run does not know, or guidance without one */
function checkLabel({ denoiser, folder }: OpenDenoiser, { label, guidance }: SampleRunOptions): void {
  // The last label is that of no class.
  const classes = denoiser.network.labels - 1;
  if (label !== undefined && classes < 1) {
    throw new UsageError(`--label is for a run with classes, and ${folder} has none; train with --classes`);
  }
  if (label !== undefined && label >= classes) {
    throw new UsageError(`--label must be from 0 to ${classes - 1}, the classes of ${folder}, got ${label}`);
  }
  if (guidance !== undefined && label === undefined)
    throw new UsageError('--guidance needs --label, the class to lean towards');
}

/** What the sampler works on: the noises between which it leads, or the one under which it walks. */
function targetOf(run: OpenDenoiser, family: ScoreFamily, sampler: RunSampler, context: Context): Target {
  if (!samplerOf(sampler).startsFromNoise) {
    const sigma = sigmaOf(run, undefined, context);
    return { family, score: family.at(sigma), sigma, scale: sigma, sigmaMax: sigma };
  }
  const { sigmaMin, sigmaMax } = noiseRange(run, sampler);
  // A target without noise of its own ends at a hundredth of its scale, and is denoised there.
  const noiseless = { sigma: 0, scale: 100 * sigmaMin, sigmaMax, levels: LEVELS };
  return { family, moments: run.moments, score: family.at(sigmaMin), ...noiseless };
}

/** Where walks start that should have seen no image: normal with the moments of the noisy data, [chains, dim]. */
function blurredStart(
  { core, moments, denoiser: { dim } }: OpenDenoiser,
  sigma: number,
  { key, chains, layout }: { key: Uint32Array; chains: number; layout: Layout },
): Float32Array {
  const { mean, variance } = moments;
  return normal(core, key, [chains, dim], { layout }).map(
    (z, i) => mean[i % dim] + Math.sqrt(variance[i % dim] + sigma * sigma) * z,
  );
}

/** Samples in the units of the data; pixels are from 0 to 1. */
function inUnits({ data }: OpenDenoiser, x: Float32Array): Float32Array {
  return data.kind === 'points' ? toData(data, x) : x.map((value) => Math.min(1, Math.max(0, value)));
}

async function saveSamples(
  { data, denoiser }: OpenDenoiser,
  samples: Float32Array,
  { out, save = join(out, 'samples.npy'), chains }: { out: string; save?: string; chains: number },
  context: Context,
): Promise<string[]> {
  await openFolder(out);
  await openFolder(dirname(save));
  await saveFile(save, writeNpy(samples, arrayShape(data, chains)));
  const size = drawnSize(data);
  const beside = (draw: () => Promise<string[]>) => besideResult('samples', context, draw);
  if (size) {
    const sheet = () => saveImages(out, 'samples', { ...size, images: samples, scale: 2 });
    return [...(await beside(sheet)), save];
  }
  if (data.kind !== 'points' || denoiser.dim !== 2) return [save];
  const shown = toData(data, firstTrainingRows(data, chains));
  return [...(await beside(() => savePlaneSamples(out, shown, samples))).reverse(), save];
}
