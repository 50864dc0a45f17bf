import { join } from 'node:path';
import type { Command } from 'commander';
import { evaluate, key, type LevelQuality } from '../../index.js';
import { evaluationFigure, shortNumber } from '../../plots/index.js';
import type { Shard } from '../../samplers/shard.js';
import { type EvaluateRunOptions, evaluateParts, SIGMAS, saveErrors } from '../denoiser/evaluate.js';
import { openDenoiser } from '../denoiser/folder.js';
import { isForDenoiser, type KindOptions } from '../denoiser/kinds.js';
import { drawParts, drawSamples, type Samples, samplesOf } from '../run/draws.js';
import { besideResult, saveFigure } from '../run/figures.js';
import { openFolder, saveFile } from '../run/files.js';
import { f64Of, type Parts, part } from '../run/parts.js';
import { type OpenOptions, type OpenRun, openRun } from '../run/runFolder.js';
import { drawing, SAMPLING, type SamplingOptions } from '../run/samples.js';
import type { ShardOptions } from '../shards/shardFile.js';
import { perform, type Work } from '../shards/work.js';
import {
  integerOption,
  kernelOption,
  newCommand,
  positivesOption,
  threadsOption,
} from '../terminal/options.js';
import type { Context, Setup } from '../terminal/report.js';
import { rangeOf, shardOption } from '../terminal/shardOption.js';
import { addSamplingOptions } from './sample.js';

export interface EvaluateOptions extends SamplingOptions {
  /** Noisy points a level. */
  samples?: number;
  out?: string;
}

const SAMPLES = 4096;

/** Compares a run with the best possible score, and its samples with the exact distribution; returns the files. */
export async function evaluateRun(
  run: OpenRun,
  options: EvaluateOptions,
  context: Context,
  drawn?: Samples,
): Promise<string[]> {
  const levels = await evaluateLevels(run, options, context);
  return saveEvaluation(run, options, { levels, drawn }, context);
}

/** How good a run is at its levels, or at those of a shard. */
async function evaluateLevels(
  run: OpenRun,
  { samples = SAMPLES, seed = SAMPLING.seed }: EvaluateOptions,
  { report, signal }: Context,
  shard?: Shard,
): Promise<LevelQuality[]> {
  const [first, end] = rangeOf(shard, run.network.sigmas.length, 'levels');
  const levels = Array.from({ length: end - first }, (_, i) => first + i);
  const found: LevelQuality[] = [];
  await report.during({ task: 'evaluating', total: levels.length, unit: 'level' }, async (progress) => {
    for await (const quality of evaluate(run.network, run.data, {
      levels,
      samples,
      key: key(seed),
      signal,
    })) {
      found.push(quality);
      report.event('level', quality);
      progress.update(found.length);
    }
  });
  return found;
}

/** Writes a table of levels and a chart; returns the files. @param drawn samples; without any, they are drawn */
async function saveEvaluation(
  run: OpenRun,
  options: EvaluateOptions,
  {
    levels,
    drawn,
    isTold = drawn !== undefined,
  }: { levels: LevelQuality[]; drawn?: Samples; isTold?: boolean },
  context: Context,
): Promise<string[]> {
  const { report } = context;
  const { out = run.folder } = options;
  const { level, sigma, totalVariation, expectedTotalVariation } =
    drawn ?? (await drawSamples(run, options, context));
  report.event('distance', { level, sigma, totalVariation, expectedTotalVariation });
  report.say(
    isTold
      ? summary(levels)
      : `${table(levels)}\nSamples at level ${level} (sigma ${shortNumber(sigma)}): total variation ${totalVariation.toFixed(4)} to the exact distribution (as many exact draws: ${expectedTotalVariation.toFixed(4)})`,
  );
  await openFolder(out);
  const rows = levels.map((q) => [q.level, q.sigma, q.loss, q.bestLoss, q.excess].join(','));
  const csv = join(out, 'evaluation.csv');
  await saveFile(csv, ['level,sigma,loss,best_loss,excess', ...rows, ''].join('\n'));
  const figure = () =>
    evaluationFigure({
      sigma: levels.map((q) => q.sigma),
      loss: levels.map((q) => q.loss),
      bestLoss: levels.map((q) => q.bestLoss),
      title: `Loss by noise level after ${run.step.toLocaleString('en-US')} steps`,
    });
  const figures = await besideResult('evaluation', context, () => saveFigure(out, 'evaluation', figure()));
  return [...figures, csv];
}

const COLUMNS = ['loss', 'bestLoss', 'excess'] as const;

const means = (levels: readonly LevelQuality[]) =>
  COLUMNS.map((column) => levels.reduce((sum, quality) => sum + quality[column], 0) / levels.length);

function summary(levels: readonly LevelQuality[]): string {
  const [loss, best] = means(levels).map((value) => value.toFixed(4));
  return `Mean loss over the levels ${loss}, the best possible ${best}`;
}

function table(levels: readonly LevelQuality[]): string {
  const rows = levels.map((quality) => [
    String(quality.level),
    quality.sigma.toPrecision(3),
    ...COLUMNS.map((column) => quality[column].toFixed(5)),
  ]);
  const last = ['mean', '', ...means(levels).map((value) => value.toFixed(5))];
  return [['level', 'sigma', 'loss', 'best', 'excess'], ...rows, last]
    .map((row) => row.map((cell, i) => cell.padStart(i === 0 ? 5 : 10)).join(' '))
    .join('\n');
}

type EvaluateFlags = EvaluateOptions & EvaluateRunOptions & OpenOptions & ShardOptions & { json?: boolean };

const QUALITY = ['level', 'sigma', 'loss', 'bestLoss', 'excess'] as const;

/** The work of evaluating a run, of a picture or of a denoiser. */
export async function evaluateWork(folder: string, options: EvaluateFlags, context: Context): Promise<Work> {
  const out = options.out ?? folder;
  if (await isForDenoiser(folder, options, OWN)) {
    const run = await openDenoiser(folder, options, context.report);
    let isTold = false;
    return {
      core: run.core,
      out,
      compute(shard) {
        isTold = shard === undefined;
        return evaluateParts(run, options, context, shard);
      },
      finish: async (parts) => ({ files: await saveErrors(run, options, parts, context, isTold) }),
    };
  }
  const run = await openRun(folder, options, context.report);
  // Levels take their time, and the samples come after them.
  const { chains } = drawing(run, options);
  /** Fewer chains than shards are all of the first one. */
  const drawnBy = async (shard?: Shard): Promise<Parts> => {
    const [k, n] = shard ?? [1, 1];
    if (n <= chains) return drawParts(run, options, context, shard);
    return k === 1 ? drawParts(run, options, context) : {};
  };
  return {
    core: run.core,
    out,
    async compute(shard) {
      const levels = await evaluateLevels(run, options, context, shard);
      const rows = Float64Array.from(levels.flatMap((quality) => QUALITY.map((name) => quality[name])));
      return { levels: part(rows, QUALITY.length), ...(await drawnBy(shard)) };
    },
    async finish(parts) {
      const rows = f64Of(parts, 'levels');
      const levels = Array.from(
        { length: rows.length / QUALITY.length },
        (_, i) =>
          Object.fromEntries(
            QUALITY.map((name, at) => [name, rows[i * QUALITY.length + at]]),
          ) as unknown as LevelQuality,
      );
      const drawn = samplesOf(run, options, parts);
      return { files: await saveEvaluation(run, options, { levels, drawn, isTold: false }, context) };
    },
  };
}

const OWN: KindOptions<EvaluateFlags> = {
  ofPictures: ['sampler', 'level', 'chains', 'steps', 'stepSize', 'bins', 'burnIn', 'solver', 'schedule'],
  ofDenoisers: ['sigmas'],
};

export function evaluateCommand(setup: Setup): Command {
  const command = newCommand('evaluate', 'compare a run with the best possible score')
    .description(
      'Gives the loss at every noise level, the best possible loss from the closed form, and the excess; ' +
        'and the total variation between the histogram of samples at one level and the exact distribution there. With a ' +
        'run of images or points it gives the mean squared errors of denoising held-out ones, of the network beside ' +
        'others: its moving average, the best linear one, the exact one of the training data, a blur, the mean.',
    )
    .argument('<RUN>', 'folder of a run');
  return addSamplingOptions(command)
    .addOption(
      integerOption(
        '--samples <n>',
        `noisy points a level (default: ${SAMPLES}); or held-out images, the first n (default: all)`,
      ),
    )
    .option('--out <folder>', 'where the files go (default: the folder of the run)')
    .addOption(shardOption('levels and chains, or of the held-out points,'))
    .addOption(threadsOption())
    .addOption(kernelOption())
    .optionsGroup('Images and points:')
    .addOption(
      positivesOption(
        '--sigmas <s,s,...>',
        `noises, of images or points (default: ${SIGMAS}, or that of a run with one)`,
      ),
    )
    .action(async (folder: string, options: EvaluateFlags) => {
      const context = setup(options);
      await perform('evaluate', await evaluateWork(folder, options, context), { folder, options }, context);
    });
}
