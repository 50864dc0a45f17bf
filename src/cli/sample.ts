import { join } from 'node:path';
import type { Command } from 'commander';
import { writeNpy } from '../index.js';
import { imageFigure, shortNumber } from '../plots/index.js';
import { saveFigure } from './figures.js';
import { openFolder, saveFile } from './files.js';
import {
  choiceOption,
  integerOption,
  kernelOption,
  layoutOption,
  newCommand,
  positiveOption,
  threadsOption,
} from './options.js';
import { truth } from './pictureFigure.js';
import type { Context, Setup } from './report.js';
import { type OpenOptions, type OpenRun, openRun } from './runFolder.js';
import { drawSamples, SAMPLING, type Samples, type SamplingOptions } from './samples.js';

export interface SampleOptions extends SamplingOptions {
  /** Where the files go, when not into the run's folder. */
  out?: string;
}

/** Draws samples from a run and writes their histogram beside the truth. */
export async function sampleRun(
  run: OpenRun,
  options: SampleOptions,
  context: Context,
): Promise<{ samples: Samples; files: string[] }> {
  const { report } = context;
  const folder = options.out ?? run.folder;
  await openFolder(folder);
  const samples = await drawSamples(run, options, context);
  const { level, sigma, steps, chains, histogram, exact, totalVariation } = samples;
  const { bins, xlim, ylim, counts, outside, mean } = histogram;
  report.event('histogram', {
    level,
    sigma,
    chains,
    steps,
    bins,
    xlim,
    ylim,
    counts: [...counts],
    outside,
    mean: [...mean],
  });
  report.event('distance', { level, sigma, totalVariation });
  const total = (steps * chains).toLocaleString('en-US');
  report.say(
    `${total} samples at level ${level} (sigma ${shortNumber(sigma)}): total variation ${totalVariation.toFixed(4)} ` +
      `to the exact distribution, mean (${[...mean].map((m) => m.toFixed(3)).join(', ')})`,
  );
  const cells = join(folder, 'histogram.npy');
  await saveFile(cells, writeNpy(counts, [bins, bins]));
  const figures = await saveFigure(
    folder,
    'histogram',
    imageFigure({
      pictures: [
        truth(run.data, run.image),
        { title: `${total} samples, level ${level}`, height: bins, width: bins, values: counts },
        { title: `exact at sigma ${shortNumber(sigma)}`, height: bins, width: bins, values: exact.counts },
      ],
    }),
  );
  return { samples, files: [...figures, cells, ...(options.save === undefined ? [] : [options.save])] };
}

/** Adds the options that say how samples are drawn. */
export function addSamplingOptions(command: Command): Command {
  return command
    .addOption(choiceOption('--sampler <name>', 'langevin (default)', ['langevin']))
    .addOption(
      integerOption(
        '--level <n>',
        'noise level (default: 17, or that of the nearest noise in another network)',
        0,
      ),
    )
    .addOption(integerOption('--chains <n>', `chains side by side (default: ${SAMPLING.chains})`))
    .addOption(integerOption('--steps <n>', `steps of each chain (default: ${SAMPLING.steps})`))
    .addOption(positiveOption('--step-size <x>', `eta (default: ${SAMPLING.stepSize})`))
    .addOption(integerOption('--seed <n>', `of the noise (default: ${SAMPLING.seed})`, 0))
    .addOption(integerOption('--bins <n>', `cells a side of the histogram (default: ${SAMPLING.bins})`))
    .addOption(layoutOption());
}

export function sampleCommand(setup: Setup): Command {
  const command = newCommand('sample', 'draw samples from a run and count them')
    .description(
      'Runs Langevin dynamics with the learned score of one noise level and draws the histogram of its steps.',
    )
    .argument('<RUN>', 'folder of a run');
  return addSamplingOptions(command)
    .option('--save <file.npy>', 'keep the positions themselves: [steps / thin, chains, 2], float32')
    .addOption(integerOption('--thin <n>', 'with --save, keep every n-th position (default: 1)'))
    .option('--out <folder>', 'where the files go (default: the folder of the run)')
    .addOption(threadsOption())
    .addOption(kernelOption())
    .action(async (folder: string, options: SampleOptions & OpenOptions & { json?: boolean }) => {
      const context = setup(options);
      const run = await openRun(folder, options);
      const { samples, files } = await sampleRun(run, options, context);
      context.report.event('done', { command: 'sample', totalVariation: samples.totalVariation, files });
    });
}
