import type { Command } from 'commander';
import { type Checkpoint, encodeCheckpoint, encodeWeights, train } from '../../index.js';
import { lossFigure } from '../../plots/index.js';
import { bestLoss } from '../run/bestLoss.js';
import { saveFigure } from '../run/figures.js';
import { exists, FileError, FolderLock, saveFile } from '../run/files.js';
import { LossLog } from '../run/lossLog.js';
import { present, runPath, TRAIN_FILES } from '../run/runFolder.js';
import { addTrainOptions, type TrainOptions } from '../run/trainOptions.js';
import { type StartedRun, startRun } from '../run/trainStart.js';
import { Failure, Interrupted, plainMessage } from '../terminal/failure.js';
import { newCommand } from '../terminal/options.js';
import { duration } from '../terminal/progress.js';
import type { Context, Report, Setup } from '../terminal/report.js';

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
  const isNew = checkpoint.step < steps || !(await exists(runPath(out, 'weights')));
  const log = await LossLog.open(runPath(out, 'loss'), checkpoint.step);
  try {
    if (!log.isWhole)
      report.say(`${log.path}: it did not lead to step ${checkpoint.step}; it begins anew there.`);
    if (checkpoint.step < steps) {
      const { kernel, threads } = network.core;
      const from = checkpoint.step === 0 ? '' : `from step ${checkpoint.step} `;
      report.say(
        `Training on ${source} ${from}to step ${steps} (${network.count} parameters, ${kernel} kernel, ${threads} thread${threads === 1 ? '' : 's'})`,
      );
      await runSteps(start, log, options, context);
    } else if (!isNew) {
      report.say(`${out}: the run is already finished, all ${steps} steps; nothing to do.`);
    }
    if (isNew) {
      if (log.losses.steps.length > 0) {
        const best = await bestLoss(network, start.data);
        const title = `Training on ${source}`;
        await saveFigure(out, 'loss', lossFigure({ ...log.losses, best, title }));
      }
      // Written last: a run with weights is complete.
      await saveFile(runPath(out, 'weights'), encodeWeights(network, steps));
    }
  } finally {
    await log.close();
    network.core.dispose();
  }
  const { loss } = log.losses;
  const end = mean(loss.slice(-100));
  if (isNew && loss.length > 0 && !(end <= 2 * loss[0])) {
    report.say(
      `The loss ended at ${end.toPrecision(3)} and began at ${loss[0].toPrecision(3)}: the training diverged; try a lower --learning-rate.`,
    );
  }
  const made = await present(out, TRAIN_FILES);
  const seconds = (performance.now() - began) / 1000;
  if (isNew)
    report.say(
      `Trained ${steps} steps${checkpoint.step > 0 ? ' in all' : ''}, ${duration(1000 * seconds)}: ${out}`,
    );
  report.event('done', { command: 'train', step: steps, loss: log.losses.loss.at(-1), seconds, files: made });
  return { isNew, files: made };
}

async function runSteps(
  { network, data, checkpoint, steps, printEvery, checkpointEvery }: StartedRun,
  log: LossLog,
  options: TrainOptions,
  { report, signal }: Context,
): Promise<void> {
  const { out } = options;
  let saved = checkpoint.step;
  const shown = new Smoothed();
  const save = async (next: Checkpoint) => {
    await log.flush();
    await saveFile(runPath(out, 'checkpoint'), encodeCheckpoint(next));
    saved = next.step;
  };
  // A checkpoint is written only after the next step had a finite loss: a diverging update can leave weights that are
  // finite but useless.
  let due: Checkpoint | undefined;
  try {
    await report.during({ task: 'training', total: steps, completed: saved }, async (progress) => {
      for await (const state of train(network, data, { resume: checkpoint, steps })) {
        const { step, loss } = state;
        const completed = step + 1;
        log.add(step, loss);
        if (step % printEvery === 0) {
          report.event('step', { step, loss });
          report.say(`Step ${step}, loss ${loss.toFixed(5)}`);
        }
        progress.update(completed, `loss ${shown.add(loss).toFixed(4)}`);
        if (due) await save(due);
        due = completed % checkpointEvery === 0 ? state.checkpoint() : undefined;
        if (completed === steps || signal.aborted) await save(due ?? state.checkpoint());
        signal.throwIfAborted();
      }
    });
  } catch (error) {
    if (signal.aborted && error === signal.reason) throw stopped(error, out, saved, report);
    if (error instanceof FileError) throw error;
    await log.flush();
    throw new Failure(`${plainMessage(error)}; the checkpoint of step ${saved} in ${out} is kept`, {
      cause: error,
    });
  }
}

/** The message for a run that a signal stopped after a checkpoint. */
function stopped(reason: unknown, out: string, step: number, report: Report): Failure {
  const checkpoint = runPath(out, 'checkpoint');
  report.event('interrupted', {
    signal: reason instanceof Interrupted ? reason.signal : null,
    step,
    checkpoint,
  });
  const text = `${plainMessage(reason)}; a checkpoint of ${step} steps is left: go on with scorefield train --resume --out ${out}`;
  return reason instanceof Interrupted ? new Interrupted(reason.signal, text) : new Failure(text);
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value / values.length, 0);

/** The running mean of about the last hundred losses, for the progress bar. */
class Smoothed {
  #mean = 0;
  #count = 0;

  add(loss: number): number {
    this.#count = Math.min(100, this.#count + 1);
    this.#mean += (loss - this.#mean) / this.#count;
    return this.#mean;
  }
}

export function trainCommand(setup: Setup): Command {
  const command = newCommand('train', 'learn the score of a picture')
    .description(
      'Trains a network to know the score of a picture, taken as a distribution over the places of its pixels, at ' +
        'every noise level. Several pictures of one aspect ratio, of any resolutions, make one distribution.',
    )
    .argument('[IMAGE...]', 'PNG or JPEG files; without any, and without --idx, the built-in five')
    .requiredOption('--out <folder>', 'where the run is kept')
    .option('--resume', 'go on from the last checkpoint, to the very same bits')
    .option('--overwrite', 'replace the run that is in the folder');
  return addTrainOptions(command).action(
    async (files: string[], options: TrainOptions & { json?: boolean }) => {
      await trainRun(files, options, setup(options));
    },
  );
}
