// Shards of one work, from their files: checked to be all of it, put in order and joined.
import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { npyHeader, readNpyHeader } from '../../formats/npy.js';
import { fileError, NewFile, openFolder } from '../run/files.js';
import { Failure } from '../terminal/failure.js';
import { type ShardFile, samplesOf, type WorkIdentity } from './shardFile.js';

/** How the parts of an identity are called in messages. */
const NAMES: Record<keyof WorkIdentity, string> = {
  command: 'command',
  run: 'run',
  points: 'file of points',
  options: 'options',
  kernel: 'kernel',
  version: 'version of scorefield',
};

/** Puts the shards of one work in order. @throws Failure where some are missing, double, or of other work */
export function inOrder(files: readonly ShardFile[]): ShardFile[] {
  const [first] = files;
  const [, n] = first.shard;
  const found: ShardFile[] = [];
  for (const file of files) {
    const differs = (Object.keys(NAMES) as (keyof WorkIdentity)[]).find(
      (name) => JSON.stringify(file.work[name]) !== JSON.stringify(first.work[name]),
    );
    if (differs) {
      const values = [first, file].map(({ work }) => JSON.stringify(work[differs])?.slice(0, 200) ?? 'none');
      throw new Failure(
        `${file.path}: its ${NAMES[differs]} ${differs === 'options' ? 'are not those' : 'is not that'} of ${first.path}: ${values[1]}, not ${values[0]}; merge shards of one work`,
      );
    }
    const [k, many] = file.shard;
    if (many !== n)
      throw new Failure(
        `${file.path}: it is of ${many} shards, and ${first.path} of ${n}; merge shards of one work`,
      );
    if (found[k]) {
      throw new Failure(
        `${found[k].path} and ${file.path} are both shard ${k} of ${n}; name each shard once`,
      );
    }
    found[k] = file;
  }
  const missing = Array.from({ length: n }, (_, i) => i + 1).filter((k) => !found[k]);
  if (missing.length > 0) {
    const some = missing.slice(0, 10).join(', ');
    const more = missing.length > 10 ? ` and ${missing.length - 10} more` : '';
    throw new Failure(
      `shard${missing.length === 1 ? '' : 's'} ${some}${more} of ${n} ${missing.length === 1 ? 'is' : 'are'} missing; make ${missing.length === 1 ? `it with --shard ${some}` : 'them with --shard K'}/${n}, and name all files`,
    );
  }
  const all = found.slice(1);
  checkParts(all);
  return all;
}

/** The names, types and shapes of a shard's arrays, but for how many rows they have. */
const formOf = ({ parts }: ShardFile) =>
  Object.keys(parts)
    .sort()
    .map((name) => `${name} ${parts[name].data.constructor.name} ${parts[name].shape.slice(1)}`)
    .join('; ');

/** @throws Failure unless all have the same arrays; of evaluate the first may alone have those of the chains */
function checkParts([first, ...others]: readonly ShardFile[]): void {
  const form = formOf(first);
  const isAlone =
    first.work.command === 'evaluate' && others.every(({ parts }) => Object.keys(parts).join() === 'levels');
  const odd = isAlone ? undefined : others.find((file) => formOf(file) !== form);
  if (odd) {
    throw new Failure(
      `${odd.path}: its arrays are not those of ${first.path}: ${formOf(odd).slice(0, 200)}, not ${form.slice(0, 200)}; make the shard again`,
    );
  }
}

/** About how many bytes of all shards are joined at once. */
const BLOCK_BYTES = 2 ** 24;

/**
 * Joins the samples of shards, [rows, chains, dim] or [chains, dim] each, along their chains into one file, piece by piece.
 *
 * @throws FileError, or Failure on samples that are not those that their shards were made with
 */
export async function joinSamples(files: readonly ShardFile[], target: string): Promise<void> {
  await openFolder(dirname(target));
  const inputs: Input[] = [];
  const out = await NewFile.create(target);
  try {
    for (const file of files) inputs.push(await openInput(file));
    const [{ shape }] = inputs;
    const dim = shape[shape.length - 1];
    const rows = shape.length === 3 ? shape[0] : 1;
    const chains = inputs.map(({ shape: own }) => own[own.length - 2]);
    const all = chains.reduce((sum, count) => sum + count, 0);
    await out.write(npyHeader([...shape.slice(0, -2), all, dim]));
    const most = Math.max(1, Math.floor(BLOCK_BYTES / (4 * all * dim)));
    for (let row = 0; row < rows; row += most) {
      const count = Math.min(most, rows - row);
      const block = new Uint8Array(4 * count * all * dim);
      let at = 0;
      for (const [i, input] of inputs.entries()) {
        const width = 4 * chains[i] * dim;
        const bytes = await readNext(input, count * width);
        for (let r = 0; r < count; r++)
          block.set(bytes.subarray(r * width, (r + 1) * width), 4 * r * all * dim + at);
        at += width;
      }
      await out.write(block);
    }
    for (const { path, hash, expected } of inputs) {
      if (hash.digest('hex') !== expected)
        throw new Failure(
          `${path}: it is damaged, or not the one that its shard was made with; make the shard again`,
        );
    }
    await out.commit();
  } catch (error) {
    await out.discard();
    throw error;
  } finally {
    for (const { handle } of inputs) await handle.close();
  }
}

interface Input {
  path: string;
  handle: FileHandle;
  shape: number[];
  hash: ReturnType<typeof createHash>;
  expected: string;
}

/** Opens the samples of a shard behind their header. @throws FileError, or Failure on another file */
async function openInput({ path: shard, samples = '' }: ShardFile): Promise<Input> {
  const path = samplesOf(shard);
  let handle: FileHandle | undefined;
  try {
    handle = await open(path, 'r');
    // Headers are written in multiples of 64 bytes, and those of samples take two at most.
    const { bytesRead, buffer } = await handle.read(new Uint8Array(128), 0, 128, 0);
    const { shape, dataOffset } = readNpyHeader(buffer.subarray(0, bytesRead));
    const input = { path, handle, shape, hash: createHash('sha256'), expected: samples };
    input.hash.update((await handle.read(new Uint8Array(dataOffset), 0, dataOffset, 0)).buffer);
    // From here on it is read where the last reading ended.
    await handle.read(new Uint8Array(dataOffset), 0, dataOffset, null);
    return input;
  } catch (error) {
    await handle?.close();
    const known = fileError(path, error);
    if (known !== error || known instanceof Failure) throw known;
    throw new Failure(`${path}: it is damaged; make its shard again`, { cause: error });
  }
}

/** The next bytes of samples. @throws FileError, or Failure where there are fewer */
async function readNext({ path, handle, hash }: Input, count: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(count);
  for (let at = 0; at < count; ) {
    const { bytesRead } = await handle.read(bytes, at, count - at, null).catch((error) => {
      throw fileError(path, error);
    });
    if (bytesRead === 0) throw new Failure(`${path}: it is truncated; make its shard again`);
    at += bytesRead;
  }
  hash.update(bytes);
  return bytes;
}
