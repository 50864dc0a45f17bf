import { join } from 'node:path';
import type { Command } from 'commander';
import { evaluate, key, type LevelQuality } from '../../index.js';
import { evaluationFigure, shortNumber } from '../../plots/index.js';
import { type EvaluateRunOptions, evaluateDenoiser, SIGMAS } from '../denoiser/evaluate.js';
import { openDenoiser } from '../denoiser/folder.js';
import { isForDenoiser, type KindOptions } from '../denoiser/kinds.js';
import { besideResult, saveFigure } from '../run/figures.js';
import { openFolder, saveFile } from '../run/files.js';
import { type OpenOptions, type OpenRun, openRun } from '../run/runFolder.js';
import { drawSamples, SAMPLING, type Samples, type SamplingOptions } from '../run/samples.js';
import {
  integerOption,
  kernelOption,
  newCommand,
  positivesOption,
  threadsOption,
} from '../terminal/options.js';
import type { Context, Setup } from '../terminal/report.js';
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
  const { report, signal } = context;
  const { samples = SAMPLES, seed = SAMPLING.seed, out = run.folder } = options;
  const levels: LevelQuality[] = [];
  const total = run.network.sigmas.length;
  await report.during({ task: 'evaluating', total, unit: 'level' }, async (progress) => {
    for await (const quality of evaluate(run.network, run.data, { samples, key: key(seed), signal })) {
      levels.push(quality);
      report.event('level', quality);
      progress.update(levels.length);
    }
  });
  const { level, sigma, totalVariation, expectedTotalVariation } =
    drawn ?? (await drawSamples(run, options, context));
  report.event('distance', { level, sigma, totalVariation, expectedTotalVariation });
  report.say(
    drawn
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

type EvaluateFlags = EvaluateOptions & EvaluateRunOptions & OpenOptions & { json?: boolean };

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
      const files = (await isForDenoiser(folder, options, OWN))
        ? await evaluateDenoiser(await openDenoiser(folder, options, context.report), options, context)
        : await evaluateRun(await openRun(folder, options, context.report), options, context);
      context.report.event('done', { command: 'evaluate', files });
    });
}
