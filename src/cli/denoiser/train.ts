import { join } from 'node:path';
import {
  type DenoiserCheckpoint,
  decodeDenoiserCheckpoint,
  encodeDenoiserCheckpoint,
  encodeDenoiserWeights,
  saveUnet,
  type TimedNetwork,
  trainDenoiser,
  UNET_FILES,
  type Unet,
} from '../../index.js';
import { lossFigure } from '../../plots/index.js';
import { besideResult, saveFigure } from '../run/figures.js';
import { exists, FolderLock, readBytes, saveFile } from '../run/files.js';
import { LossLog } from '../run/lossLog.js';
import { present, runPath } from '../run/runFolder.js';
import { beginning, sayEnd, trainingLoop } from '../run/trainingLoop.js';
import type { Context } from '../terminal/report.js';
import { DENOISER_FILES } from './folder.js';
import type { TrainDenoiserFlags } from './settings.js';
import { type Given, startDenoiser } from './start.js';

/** Trains a denoiser to its last step, from the beginning or from its checkpoint. Returns whether there was anything to do. */
export async function trainDenoiserRun(
  files: readonly string[],
  options: TrainDenoiserFlags,
  context: Context,
  given?: Given,
): Promise<{ isNew: boolean; files: string[] }> {
  const lock = new FolderLock();
  try {
    return await lockedRun(files, options, context, lock, given);
  } finally {
    await lock.release();
  }
}

async function lockedRun(
  files: readonly string[],
  options: TrainDenoiserFlags,
  context: Context,
  lock: FolderLock,
  given?: Given,
): Promise<{ isNew: boolean; files: string[] }> {
  const { out } = options;
  const { report } = context;
  const began = performance.now();
  const start = await startDenoiser(files, options, context, lock, given);
  const { checkpoint, steps, source, denoiser } = start;
  const { network } = denoiser;
  const done = checkpoint.step;
  const isNew = done < steps || !(await exists(runPath(out, 'weights')));
  const log = await LossLog.open(runPath(out, 'loss'), done);
  try {
    if (!log.isWhole) report.say(`${log.path}: it did not lead to step ${done}; it begins anew there.`);
    if (done < steps) {
      report.say(beginning({ source, done, steps, network }));
      const { printEvery, checkpointEvery, data } = start;
      const states = trainDenoiser(denoiser, data.training, { resume: checkpoint, steps });
      const unit = data.kind === 'images' ? 'image' : 'point';
      await trainingLoop(
        {
          ...{ out, states, encode: encodeDenoiserCheckpoint, done, steps, printEvery, checkpointEvery, log },
          ...{ units: checkpoint.training.batch, unit, goOn: given?.goOn },
        },
        context,
      );
    } else if (!isNew) {
      report.say(`${out}: the run is already finished, all ${steps} steps; nothing to do.`);
    }
    if (isNew) {
      if (log.losses.steps.length > 0)
        await besideResult('loss', context, () =>
          saveFigure(out, 'loss', lossFigure({ ...log.losses, title: `Training on ${source}` })),
        );
      await saveWeights(out, network);
    }
  } finally {
    await log.close();
    network.core.dispose();
  }
  const made = await present(out, DENOISER_FILES);
  const seconds = (performance.now() - began) / 1000;
  if (isNew) sayEnd(log, { out, steps, done, seconds }, report);
  report.event('done', { command: 'train', step: steps, loss: log.losses.loss.at(-1), seconds, files: made });
  return { isNew, files: made };
}

/** Writes the weights of the last checkpoint, and of a U-Net their averages as the files of diffusers. */
async function saveWeights(out: string, network: TimedNetwork): Promise<void> {
  const path = runPath(out, 'checkpoint');
  const checkpoint: DenoiserCheckpoint = decodeDenoiserCheckpoint(await readBytes(path), path);
  if (network.kind === 'unet') {
    const { config, weights } = saveUnet(network as Unet, checkpoint.average);
    await saveFile(join(out, UNET_FILES.config), config);
    await saveFile(join(out, UNET_FILES.weights), weights);
  }
  // Written last: a run with weights is complete.
  await saveFile(runPath(out, 'weights'), encodeDenoiserWeights(checkpoint));
}
