// Files of shards: safetensors with the arrays of a share of the work, and in the metadata what the whole work is.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type Core, readSafetensors, writeSafetensors } from '../../index.js';
import type { Shard } from '../../samplers/shard.js';
import { exists, fileError, readBytes, saveFile } from '../run/files.js';
import type { Parts } from '../run/parts.js';
import { runPath, weightsFile } from '../run/runFolder.js';
import { Failure, plainMessage } from '../terminal/failure.js';

/** The `scorefield` entry of the metadata. */
const KIND = 'shard';

/** Options of every command whose work can be shared out. */
export interface ShardOptions {
  shard?: Shard;
  /** Folder for the files. */
  out?: string;
  /** A file for samples. */
  save?: string;
  /** A file that the work reads. */
  points?: string;
}

/** Commands whose work can be shared out. */
const COMMANDS = ['sample', 'evaluate', 'denoise'] as const;
export type SharedCommand = (typeof COMMANDS)[number];

/** Most shards of one work. */
const MOST_SHARDS = 1e6;

/** The work that a shard is of: two shards belong together if all of this is the same. */
export interface WorkIdentity {
  command: SharedCommand;
  /** The options that the results depend on, in the order of their names. */
  options: { save?: true };
  /** SHA-256 of the run's files: weights, data, record; none for a mixture. */
  run?: string;
  /** SHA-256 of a file of points. */
  points?: string;
  /** Binaries that give the same bits: strict or relaxed. */
  kernel: string;
  version: string;
}

/** A shard as its file has it. */
export interface ShardFile {
  path: string;
  work: WorkIdentity;
  shard: Shard;
  /** Folder of the run, as the command named it; none for a mixture. */
  folder?: string;
  /** Of samples in a file of their own, beside this one: its SHA-256. */
  samples?: string;
  parts: Parts;
}

/** Options that change no result, or that the identity has in another form. */
const OTHERS = ['shard', 'out', 'save', 'json', 'threads', 'kernel'];

/** What a command does, from its options. @throws FileError on files that cannot be read */
export async function identityOf(
  command: SharedCommand,
  { kernel }: Core,
  { folder, options }: { folder: string | undefined; options: ShardOptions },
): Promise<WorkIdentity> {
  const kept = Object.entries(options).filter(([name]) => !OTHERS.includes(name));
  if (options.save !== undefined) kept.push(['save', true]);
  const { points } = options;
  return {
    command,
    options: Object.fromEntries(kept.sort(([a], [b]) => (a < b ? -1 : 1))),
    ...(folder !== undefined && { run: await sha256OfRun(folder) }),
    ...(points !== undefined && { points: await sha256(points) }),
    kernel: kernel === 'wide' ? 'relaxed' : kernel,
    version: process.env.SCOREFIELD_VERSION ?? 'unbuilt',
  };
}

/** The SHA-256 of what a run's results come from. @throws Failure if the folder holds no run, FileError */
export async function sha256OfRun(folder: string): Promise<string> {
  const files = [(await weightsFile(folder)).path, runPath(folder, 'data')];
  const record = runPath(folder, 'record');
  if (await exists(record)) files.push(record);
  return sha256(...files);
}

/** The SHA-256 of files one after another, in hexadecimal digits. @throws FileError */
export async function sha256(...files: string[]): Promise<string> {
  const hash = createHash('sha256');
  for (const file of files) {
    try {
      for await (const chunk of createReadStream(file)) hash.update(chunk as Uint8Array);
    } catch (error) {
      throw fileError(file, error);
    }
  }
  return hash.digest('hex');
}

/** The file of a shard's samples, beside its own. */
export const samplesOf = (path: string) => path.replace(/(\.safetensors)?$/, '.npy');

/** @throws FileError */
export function writeShard({ path, work, shard, parts, ...rest }: ShardFile): Promise<void> {
  const metadata = { scorefield: KIND, work: JSON.stringify(work), shard: shard.join('/'), ...rest };
  return saveFile(path, writeSafetensors(parts, metadata));
}

/** The identity that a file has as text; undefined if it is none: the file may have been saved by another program. */
function workOf(text: string): WorkIdentity | undefined {
  let work: Partial<WorkIdentity> | null;
  try {
    work = JSON.parse(text);
  } catch {
    return undefined;
  }
  const { command, options, run, points, kernel, version } = work ?? {};
  const isText = [kernel, version].every((value) => typeof value === 'string');
  const areSums = [run, points].every((value) => value === undefined || typeof value === 'string');
  const isKnown = COMMANDS.some((name) => name === command);
  const hasOptions = typeof options === 'object' && options !== null && !Array.isArray(options);
  return isKnown && hasOptions && isText && areSums ? (work as WorkIdentity) : undefined;
}

/** @throws FileError, or Failure on a file that is no shard */
export async function readShard(path: string): Promise<ShardFile> {
  const bytes = await readBytes(path);
  let file: ReturnType<typeof readSafetensors>;
  try {
    file = readSafetensors(bytes, path);
  } catch (error) {
    throw new Failure(plainMessage(error), { cause: error });
  }
  const { scorefield, work = '', shard = '', folder, samples } = file.metadata;
  const [k, n] = /^\d+\/\d+$/.test(shard) ? shard.split('/').map(Number) : [0, 0];
  const identity = workOf(work);
  if (scorefield !== KIND || !identity || !(k >= 1 && k <= n && n <= MOST_SHARDS))
    throw new Failure(
      `${path}: it is no file of a shard, as sample, evaluate and denoise leave with --shard`,
    );
  return {
    path,
    work: identity,
    shard: [k, n],
    ...(folder !== undefined && { folder }),
    ...(samples !== undefined && { samples }),
    parts: file.tensors,
  };
}
