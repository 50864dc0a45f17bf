// Commands whose work can be shared out: what a shard computes, and what is written once all of it is there.
import { join, resolve } from 'node:path';
import type { Core } from '../../index.js';
import type { Shard } from '../../samplers/shard.js';
import { exists, openFolder } from '../run/files.js';
import type { Parts } from '../run/parts.js';
import type { Context, Report } from '../terminal/report.js';
import {
  identityOf,
  type ShardOptions,
  type SharedCommand,
  samplesOf,
  sha256,
  writeShard,
} from './shardFile.js';

/** What a command has done: its files, and more for its last event. */
export type Done = { files: string[] } & Record<string, unknown>;

/** The work of a command. */
export interface Work {
  core: Core;
  /** Folder for the files of a shard. */
  out: string;
  /** Does a shard, or all of the work. @param samples a file for samples that are not kept in memory */
  compute(shard?: Shard, samples?: string): Promise<Parts>;
  /** Writes what the command is for, from all of the work. */
  finish(parts: Parts): Promise<Done>;
}

/** Prepares a command's work. @param folder of a run; none for a mixture */
export type OpenWork = (folder: string | undefined, options: object, context: Context) => Promise<Work>;

/** Runs a command: all of its work, or the shard that its options ask for. */
export async function perform(
  command: SharedCommand,
  work: Work,
  asked: { folder: string | undefined; options: ShardOptions },
  { report }: Context,
): Promise<void> {
  const { shard } = asked.options;
  const done = shard
    ? { shard, files: await saveShard(command, work, shard, asked, report) }
    : await work.finish(await work.compute());
  report.event('done', { command, ...done });
}

/** The file of a shard, without its ending. */
const nameOf = (command: string, [k, n]: Shard) => `${command}.${k}-of-${n}`;

/** Does a shard of a command's work and writes its file; returns the paths. */
async function saveShard(
  command: SharedCommand,
  work: Work,
  shard: Shard,
  asked: { folder: string | undefined; options: ShardOptions },
  report: Report,
): Promise<string[]> {
  await openFolder(work.out);
  // Weights of a run that is still in training may be others by the end.
  const identity = await identityOf(command, work.core, asked);
  const path = join(work.out, `${nameOf(command, shard)}.safetensors`);
  const samples = samplesOf(path);
  const parts = await work.compute(shard, samples);
  const hasSamples = asked.options.save !== undefined && (await exists(samples));
  await writeShard({
    ...{ path, work: identity, shard, parts },
    ...(asked.folder !== undefined && { folder: resolve(asked.folder) }),
    ...(hasSamples && { samples: await sha256(samples) }),
  });
  report.say(
    `Shard ${shard.join(' of ')}: ${path}; when all are there, join them with scorefield merge ${join(work.out, `${command}.*-of-${shard[1]}.safetensors`)}`,
  );
  return hasSamples ? [samples, path] : [path];
}
