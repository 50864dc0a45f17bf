import { join } from 'node:path';
import type { Command } from 'commander';
import { presets } from '../../index.js';
import { areNewer, type Outputs, sayOutputs } from '../run/mainJob.js';
import { holdsRun, openRun, present } from '../run/runFolder.js';
import { addTrainOptions, type TrainOptions } from '../run/trainOptions.js';
import { newCommand } from '../terminal/options.js';
import type { Context, Setup } from '../terminal/report.js';
import { evaluateRun } from './evaluate.js';
import { drawField } from './field.js';
import { MIXTURE_FILES, runMixture } from './mixture.js';
import { sampleRun } from './sample.js';
import { trainRun } from './train.js';

/** Files of the command with a description each, for the final list. */
const OUTPUTS: Outputs = [
  ['density.png', 'a mixture of two Gaussians: contours of its log-density, and its score'],
  ['path.png', 'a path of Langevin dynamics on it'],
  ['path.gif', 'the same, moving'],
  ['path.mp4', 'the same, as a film'],
  ['picture.png', 'the five, and draws from it as a distribution'],
  ['loss.png', 'how the loss went'],
  ['field.png', 'the learned score at nine noise levels'],
  ['histogram.png', 'samples from the learned score, beside the five'],
  ['evaluation.png', 'how good the score is, level by level'],
  ['weights.safetensors', 'the network'],
];

const LEARNED_FILES = ['field.png', 'histogram.png', 'evaluation.png', 'evaluation.csv'];

/** Makes everything the article shows, from its mixture to its samples, in one folder; skips what exists already. */
export async function runFive(options: TrainOptions, context: Context): Promise<string[]> {
  const { out, kernel } = options;
  const began = performance.now();
  if ((await present(out, MIXTURE_FILES)).length < MIXTURE_FILES.length) {
    await runMixture({ out, kernel }, context);
  }
  const { isNew } = await trainRun([], { ...options, resume: await holdsRun(out) }, context);
  if (isNew || !(await areNewer(out, LEARNED_FILES))) {
    const run = await openRun(out, { kernel, threads: options.threads }, context.report);
    await drawField(run, {}, context);
    const { level, ...sampling } = presets[options.preset ?? 'quick'].sampling;
    const { samples } = await sampleRun(
      run,
      level < run.network.sigmas.length ? { level, ...sampling } : sampling,
      context,
    );
    await evaluateRun(run, {}, context, samples);
  }
  return sayOutputs(out, OUTPUTS, context, began);
}

export function fiveCommand(setup: Setup): Command {
  const command = newCommand('five', 'the main job: everything the article shows, in one folder')
    .description(
      'Draws the mixture and a path on it, trains on a picture (the built-in five), draws the learned score, samples ' +
        'from it and evaluates it. Interrupted or run again, it goes on with what is there.',
    )
    .option('--out <folder>', 'where everything goes', join('runs', 'five'));
  return addTrainOptions(command).action(async (options: TrainOptions & { json?: boolean }) => {
    const context = setup(options);
    const files = await runFive(options, context);
    context.report.event('done', { command: 'five', files });
  });
}
