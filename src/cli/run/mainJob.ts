// What the commands share that make a whole story in one folder, and go on where they stopped.
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { duration } from '../terminal/progress.js';
import type { Context } from '../terminal/report.js';
import { present, runPath } from './runFolder.js';

/** Files with a description each, for the final list. */
export type Outputs = readonly (readonly [file: string, what: string])[];

/** Whether all files exist and are newer than the weights. */
export async function areNewer(folder: string, names: readonly string[]): Promise<boolean> {
  const files = await present(folder, names);
  if (files.length < names.length) return false;
  const [weights, ...times] = (
    await Promise.all([runPath(folder, 'weights'), ...files].map((file) => stat(file)))
  ).map(({ mtimeMs }) => mtimeMs);
  return times.every((time) => time >= weights);
}

/** Says which of the files there are and how long it took; returns them. @param began performance.now() at the start */
export async function sayOutputs(
  out: string,
  outputs: Outputs,
  { report }: Context,
  began: number,
): Promise<string[]> {
  const files = await present(
    out,
    outputs.map(([file]) => file),
  );
  const width = Math.max(...files.map((file) => file.length));
  const lines = outputs
    .filter(([file]) => files.includes(join(out, file)))
    .map(([file, what]) => `  ${join(out, file).padEnd(width)}  ${what}`);
  report.say([`Done in ${duration(performance.now() - began)}:`, ...lines].join('\n'));
  return files;
}
