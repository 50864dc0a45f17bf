import type { Command } from 'commander';
import { encodeCheckpoint, encodeWeights, matchScore, train } from '../../index.js';
import { lossFigure } from '../../plots/index.js';
import { isDenoiserRun, removeDenoiserFiles } from '../denoiser/folder.js';
import { addDenoiserOptions } from '../denoiser/options.js';
import { checkNoDenoiser, type TrainDenoiserFlags } from '../denoiser/settings.js';
import { trainDenoiserRun } from '../denoiser/train.js';
import { bestLoss } from '../run/bestLoss.js';
import { besideResult, saveFigure } from '../run/figures.js';
import { exists, FolderLock, saveFile } from '../run/files.js';
import { LossLog } from '../run/lossLog.js';
import { present, runPath, TRAIN_FILES } from '../run/runFolder.js';
import { beginning, sayEnd, trainingLoop } from '../run/trainingLoop.js';
import { addTrainOptions, type TrainOptions } from '../run/trainOptions.js';
import { startRun } from '../run/trainStart.js';
import { newCommand } from '../terminal/options.js';
import type { Context, Setup } from '../terminal/report.js';

/** How a training command ended. */
export interface Trained {
  /** False if the run was already complete. */
  isNew: boolean;
  files: string[];
}

/** Trains a run to its last step, from the beginning or from its checkpoint. */
export async function trainRun(
  files: readonly string[],
  options: TrainOptions,
  context: Context,
): Promise<Trained> {
  const lock = new FolderLock();
  try {
    return await lockedRun(files, options, context, lock);
  } finally {
    await lock.release();
  }
}

async function lockedRun(
  files: readonly string[],
  options: TrainOptions,
  context: Context,
  lock: FolderLock,
): Promise<Trained> {
  const { out } = options;
  const { report } = context;
  const began = performance.now();
  const start = await startRun(files, options, context, lock);
  const { checkpoint, steps, source, network } = start;
  const isDenoising = ['score', 'denoiser'].includes(checkpoint.training.objective);
  const isNew = checkpoint.step < steps || !(await exists(runPath(out, 'weights')));
  const log = await LossLog.open(runPath(out, 'loss'), checkpoint.step);
  try {
    if (!log.isWhole)
      report.say(`${log.path}: it did not lead to step ${checkpoint.step}; it begins anew there.`);
    if (checkpoint.step < steps) {
      const done = checkpoint.step;
      report.say(beginning({ source, done, steps, network }));
      const resume = { resume: checkpoint, steps };
      const states = isDenoising
        ? train(network, start.data, resume)
        : matchScore(network, start.data, resume);
      const { printEvery, checkpointEvery } = start;
      await trainingLoop(
        { out, states, encode: encodeCheckpoint, done, steps, printEvery, checkpointEvery, log },
        context,
      );
    } else if (!isNew) {
      report.say(`${out}: the run is already finished, all ${steps} steps; nothing to do.`);
    }
    if (isNew) {
      if (log.losses.steps.length > 0) {
        // The least loss of the others has another value, which depends on the data.
        const best = isDenoising ? await bestLoss(network, start.data) : undefined;
        const title = `Training on ${source}`;
        await besideResult('loss', context, () =>
          saveFigure(out, 'loss', lossFigure({ ...log.losses, best, title })),
        );
      }
      // Written last: a run with weights is complete.
      await saveFile(runPath(out, 'weights'), encodeWeights(network, steps));
    }
  } finally {
    await log.close();
    network.core.dispose();
  }
  const made = await present(out, TRAIN_FILES);
  const seconds = (performance.now() - began) / 1000;
  if (isNew) sayEnd(log, { out, steps, done: checkpoint.step, seconds }, report);
  report.event('done', { command: 'train', step: steps, loss: log.losses.loss.at(-1), seconds, files: made });
  return { isNew, files: made };
}

export function trainCommand(setup: Setup): Command {
  const command = newCommand('train', 'learn the score of a picture, or to denoise images or points')
    .description(
      'Trains a network to know the score of a picture, taken as a distribution over the places of its pixels, at ' +
        'every noise level. Several pictures of one aspect ratio, of any resolutions, make one distribution. With ' +
        '--images or --points it learns instead to take noise off whole images, or off points of any dimension.',
    )
    .argument('[IMAGE...]', 'PNG or JPEG files; without any, and without --idx, the built-in five')
    .requiredOption('--out <folder>', 'where the run is kept')
    .option('--resume', 'go on from the last checkpoint, to the very same bits')
    .option('--overwrite', 'replace the run that is in the folder');
  return addDenoiserOptions(addTrainOptions(command)).action(
    async (files: string[], options: TrainDenoiserFlags & { json?: boolean }) => {
      const { images, points, resume, out } = options;
      if (images || points !== undefined || (resume && (await isDenoiserRun(out)))) {
        await trainDenoiserRun(files, options, setup(options));
        return;
      }
      checkNoDenoiser(options);
      const replaces = options.overwrite && (await isDenoiserRun(out));
      await trainRun(files, options as TrainOptions, setup(options));
      if (replaces) await removeDenoiserFiles(out);
    },
  );
}
