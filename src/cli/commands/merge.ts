import { realpath } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { Command } from 'commander';
import { exists } from '../run/files.js';
import { joinParts } from '../run/parts.js';
import { inOrder, joinSamples } from '../shards/join.js';
import {
  readShard,
  type ShardFile,
  type SharedCommand,
  samplesOf,
  sha256OfRun,
} from '../shards/shardFile.js';
import type { OpenWork } from '../shards/work.js';
import { Failure, UsageError } from '../terminal/failure.js';
import { newCommand } from '../terminal/options.js';
import type { Context, Setup } from '../terminal/report.js';
import { denoiseWork } from './denoise.js';
import { evaluateWork } from './evaluate.js';
import { sampleWork } from './sample.js';

/** The work of each command, from the options that it was given. */
const WORKS: Record<SharedCommand, OpenWork> = {
  sample: (folder, options, context) => sampleWork(folder as string, options, context),
  evaluate: (folder, options, context) => evaluateWork(folder as string, options, context),
  denoise: denoiseWork,
};

interface MergeOptions {
  /** A folder, or a file for samples. Default: the folder of the first shard. */
  out?: string;
}

/** Writes what a command would have written, from the files of its shards; returns the command and what it has done. */
export async function mergeShards(paths: readonly string[], { out }: MergeOptions, context: Context) {
  const read: ShardFile[] = [];
  for (const path of paths) read.push(await readShard(path));
  const files = inOrder(read);
  const [{ work: whole, samples }] = files;
  const isFile = out?.endsWith('.npy');
  if (isFile && whole.command !== 'sample')
    throw new UsageError(`--out must be a folder for shards of ${whole.command}, got ${out}`);
  const hasSamples = samples !== undefined;
  if (isFile && !hasSamples && !('samples' in files[0].parts))
    throw new UsageError(
      `--out ${out} is for samples, and these shards kept none; sample with --save, or name a folder`,
    );
  const folder = isFile ? dirname(out as string) : (out ?? dirname(paths[0]));
  const save = isFile ? out : join(folder, 'samples.npy');
  if (isFile || whole.options.save) await checkTarget(files, save as string);
  // A file of points has been read by the shards.
  const { save: kept, ...options } = whole.options;
  const kernel = whole.kernel === 'strict' ? 'strict' : 'auto';
  const asked = { ...options, kernel, out: folder, ...((isFile || kept) && { save }) };
  const work = await WORKS[whole.command](await runOf(files), asked, context);
  if (hasSamples) await joinSamples(files, save as string);
  const parts = joinParts(files.map((file) => file.parts));
  return { of: whole.command, shards: files.length, ...(await work.finish(parts)) };
}

/** @throws UsageError where the file to write is one of the shards' own */
async function checkTarget(files: readonly ShardFile[], target: string): Promise<void> {
  const real = (path: string) => realpath(path).catch(() => resolve(path));
  const written = await real(target);
  for (const own of files.flatMap(({ path }) => [path, samplesOf(path)])) {
    if ((await real(own)) === written)
      throw new UsageError(`--out must not write over a file of a shard, ${own}; name another file`);
  }
}

/** The folder of the run that shards are of: theirs, or where it was; none for a mixture. @throws Failure if it is gone */
async function runOf([{ path, folder, work }]: readonly ShardFile[]): Promise<string | undefined> {
  if (work.run === undefined) return undefined;
  for (const candidate of [dirname(path), folder as string]) {
    const isRun = (await exists(candidate)) && (await sha256OfRun(candidate).catch(() => '')) === work.run;
    if (isRun) return candidate;
  }
  throw new Failure(
    `${path}: its run is not in ${dirname(path)}, nor any more in ${folder} as it was; put the shards into the folder of their run`,
  );
}

export function mergeCommand(setup: Setup): Command {
  return newCommand('merge', 'join the shards of a sample, evaluate or denoise')
    .description(
      'Joins the files that sample, evaluate and denoise leave with --shard, in any order, and writes what the command ' +
        'would have written without it, byte for byte. Refuses shards that are missing, double, or of other runs, options or kernels.',
    )
    .argument('<FILE...>', 'files of all shards, as sample.1-of-4.safetensors')
    .option(
      '--out <path>',
      'folder for the files, or file.npy for samples, whose folder takes the others (default: the folder of the first shard)',
    )
    .action(async (paths: string[], options: MergeOptions & { json?: boolean }) => {
      const context = setup(options);
      const done = await mergeShards(paths, options, context);
      context.report.event('done', { command: 'merge', ...done });
    });
}
