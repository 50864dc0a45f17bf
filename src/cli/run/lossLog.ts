import { type FileHandle, open } from 'node:fs/promises';
import { exists, fileError, readBytes, saveFile } from './files.js';

const HEADER = 'step,loss\n';

export interface Losses {
  steps: number[];
  loss: number[];
}

/** Reads the rows of a loss.csv, up to the first one that is incomplete or does not follow the step before. */
export function parseLosses(text: string): Losses {
  const steps: number[] = [];
  const loss: number[] = [];
  if (!text.startsWith(HEADER)) return { steps, loss };
  for (let start = HEADER.length, end = 0; ; start = end + 1) {
    end = text.indexOf('\n', start);
    const row = end < 0 ? null : /^(\d+),([-+.\deE]+)$/.exec(text.slice(start, end));
    const step = Number(row?.[1]);
    if (!row || (steps.length > 0 && step !== steps[0] + steps.length)) return { steps, loss };
    steps.push(step);
    loss.push(Number(row[2]));
  }
}

/**
 * loss.csv of a run, one row per step. Rows are appended just before each checkpoint is written. When a run resumes, rows
 * beyond its checkpoint are cut off, so that the file does not depend on how often the run was stopped.
 */
export class LossLog {
  readonly path: string;
  /** Whether the file had rows up to the step at which the run resumes. */
  readonly isWhole: boolean;
  readonly losses: Losses;
  readonly #handle: FileHandle;
  #rows = '';

  private constructor(path: string, handle: FileHandle, losses: Losses, isWhole: boolean) {
    this.isWhole = isWhole;
    this.losses = losses;
    this.path = path;
    this.#handle = handle;
  }

  /** Opens the file for a run that continues at `step`; a file without rows up to there starts empty. @throws FileError */
  static async open(path: string, step: number): Promise<LossLog> {
    const text = (await exists(path)) ? new TextDecoder('latin1').decode(await readBytes(path)) : '';
    const all = parseLosses(text);
    const before = all.steps.indexOf(step - 1) + 1;
    const losses = { steps: all.steps.slice(0, before), loss: all.loss.slice(0, before) };
    if (before === 0) await saveFile(path, HEADER);
    try {
      if (before > 0) await cut(path, text.indexOf('\n', text.indexOf(`\n${step - 1},`) + 1) + 1);
      return new LossLog(path, await open(path, 'a'), losses, before > 0 || step === 0);
    } catch (error) {
      throw fileError(path, error);
    }
  }

  add(step: number, loss: number): void {
    this.losses.steps.push(step);
    this.losses.loss.push(loss);
    this.#rows += `${step},${loss}\n`;
  }

  /** Appends the added rows to the file and syncs it. @throws FileError */
  async flush(): Promise<void> {
    const rows = this.#rows;
    this.#rows = '';
    try {
      await this.#handle.appendFile(rows);
      await this.#handle.sync();
    } catch (error) {
      throw fileError(this.path, error);
    }
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }
}

async function cut(path: string, length: number): Promise<void> {
  const handle = await open(path, 'r+');
  await handle.truncate(length).finally(() => handle.close());
}
