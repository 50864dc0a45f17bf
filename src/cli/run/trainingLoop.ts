import { Failure, Interrupted, plainMessage } from '../terminal/failure.js';
import { duration } from '../terminal/progress.js';
import type { Context, Report } from '../terminal/report.js';
import { FileError, saveFile } from './files.js';
import type { LossLog } from './lossLog.js';
import { runPath } from './runFolder.js';

/** A step of a training, of any kind of network. */
export interface LoopStep<Checkpoint> {
  step: number;
  loss: number;
  checkpoint(): Checkpoint;
}

/** A training whose steps are to be made, logged and saved. */
export interface Loop<Checkpoint extends { step: number }> {
  out: string;
  states: AsyncIterable<LoopStep<Checkpoint>>;
  encode(checkpoint: Checkpoint): Uint8Array;
  /** Steps done. */
  done: number;
  /** Steps of the whole run. */
  steps: number;
  printEvery: number;
  checkpointEvery: number;
  log: LossLog;
  /** Units of work of a step, and their name, for the speed that is shown. Default: one step. */
  units?: number;
  unit?: string;
  /** The command line that goes on with the run. Default: train --resume. */
  goOn?: string;
}

/** Makes the steps of a training, and leaves a checkpoint when they are done, or when a signal stops them. */
export async function trainingLoop<Checkpoint extends { step: number }>(
  loop: Loop<Checkpoint>,
  { report, signal }: Context,
): Promise<void> {
  const { out, states, encode, done, steps, printEvery, checkpointEvery, log, units = 1, unit } = loop;
  let saved = done;
  const shown = new Smoothed();
  const save = async (next: Checkpoint) => {
    await log.flush();
    await saveFile(runPath(out, 'checkpoint'), encode(next));
    saved = next.step;
  };
  // A checkpoint is written only after the next step had a finite loss: a diverging update can leave weights that are
  // finite but useless.
  let due: Checkpoint | undefined;
  try {
    const task = { task: 'training', total: units * steps, completed: units * saved, ...(unit && { unit }) };
    await report.during(task, async (progress) => {
      for await (const state of states) {
        const { step, loss } = state;
        const completed = step + 1;
        log.add(step, loss);
        const smoothed = shown.add(loss);
        if (step % printEvery === 0) {
          report.event('step', { step, loss });
          const over = shown.count > 1 ? ` (mean of the last ${shown.count} steps)` : '';
          report.say(`Step ${step}, loss ${smoothed.toFixed(5)}${over}`);
        }
        progress.update(units * completed, `loss ${smoothed.toFixed(4)}`);
        if (due) await save(due);
        due = completed % checkpointEvery === 0 ? state.checkpoint() : undefined;
        if (completed === steps || signal.aborted) await save(due ?? state.checkpoint());
        signal.throwIfAborted();
      }
    });
  } catch (error) {
    if (signal.aborted && error === signal.reason) throw stopped(error, loop, saved, report);
    if (error instanceof FileError) throw error;
    await log.flush();
    throw new Failure(`${plainMessage(error)}; the checkpoint of step ${saved} in ${out} is kept`, {
      cause: error,
    });
  }
}

/** The message for a run that a signal stopped after a checkpoint. */
function stopped(
  reason: unknown,
  { out, goOn = `scorefield train --resume --out ${out}` }: Pick<Loop<{ step: number }>, 'out' | 'goOn'>,
  step: number,
  report: Report,
): Failure {
  const checkpoint = runPath(out, 'checkpoint');
  report.event('interrupted', {
    signal: reason instanceof Interrupted ? reason.signal : null,
    step,
    checkpoint,
  });
  const text = `${plainMessage(reason)}; a checkpoint of ${step} steps is left: go on with ${goOn}`;
  return reason instanceof Interrupted ? new Interrupted(reason.signal, text) : new Failure(text);
}

/** The mean of the last hundred losses, for people: one step's loss says little. */
class Smoothed {
  readonly #losses: number[] = [];

  /** Losses in the mean. */
  get count(): number {
    return this.#losses.length;
  }

  add(loss: number): number {
    if (this.#losses.push(loss) > 100) this.#losses.shift();
    return mean(this.#losses);
  }
}

/** What a training is made of, for the line that begins it. */
export interface Beginning {
  source: string;
  done: number;
  steps: number;
  network: { count: number; core: { kernel: string; threads: number } };
}

/** The line that begins a training. */
export function beginning({ source, done, steps, network }: Beginning): string {
  const { count, core } = network;
  const from = done === 0 ? '' : `from step ${done} `;
  return `Training on ${source} ${from}to step ${steps} (${count} parameters, ${core.kernel} kernel, ${core.threads} thread${core.threads === 1 ? '' : 's'})`;
}

/** Says how a training ended. */
export function sayEnd(
  { losses }: LossLog,
  { out, steps, done, seconds }: { out: string; steps: number; done: number; seconds: number },
  report: Report,
): void {
  const { loss } = losses;
  const end = mean(loss.slice(-100));
  // A loss without a target begins near 0, which is that of the score 0, or below it.
  const most = loss[0] > 0.1 ? 2 * loss[0] : Math.abs(loss[0]) + 1;
  if (loss.length > 0 && !(end <= most)) {
    report.say(
      `The loss ended at ${end.toPrecision(3)} and began at ${loss[0].toPrecision(3)}: the training diverged; try a lower --learning-rate.`,
    );
  }
  report.say(`Trained ${steps} steps${done > 0 ? ' in all' : ''}, ${duration(1000 * seconds)}: ${out}`);
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value / values.length, 0);
