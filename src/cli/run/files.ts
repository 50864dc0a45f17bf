// Writes files so that they are either complete or absent: under a temporary name first, then synced and renamed.
import { readlinkSync } from 'node:fs';
import {
  access,
  type FileHandle,
  mkdir,
  open,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { Failure } from '../terminal/failure.js';

/** A file could not be read or written; the message names the file, the reason and what to do. */
export class FileError extends Failure {}

const REASONS: Record<string, string> = {
  ENOSPC: 'the disk is full; free some space, or write to another folder',
  EDQUOT: 'the disk quota is used up; free some space, or write to another folder',
  EACCES: 'permission denied; change its permissions, or choose another path',
  EPERM: 'permission denied; change its permissions, or choose another path',
  EROFS: 'the file system is read-only; choose another path',
  ENOTDIR: 'a part of this path is a file, not a folder; choose another path',
  EEXIST: 'there is a file of this name, not a folder; choose another path',
  EISDIR: 'it is a folder, not a file; name a file',
  ENOENT: 'it does not exist; check the path',
  ENAMETOOLONG: 'the name is too long; choose a shorter one',
  ELOOP: 'its symbolic links lead in a circle; name the file itself',
  EMFILE: 'too many files are open; close other programs, or raise the limit (ulimit -n)',
  EIO: 'the disk reports an error; check it, or use another',
};

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException | undefined)?.code ?? '';
}

/** A path that fits into a message: of one longer than any system's names, the beginning and the end. */
function shortened(path: string): string {
  return path.length <= 255 ? path : `${path.slice(0, 60)}\u2026${path.slice(-60)}`;
}

/** Turns a system error into a FileError that names the file; returns other errors unchanged. */
export function fileError(path: string, error: unknown): unknown {
  const code = codeOf(error);
  if (error instanceof FileError || code === '') return error;
  const reason = REASONS[code] ?? (error as Error).message.split('\n')[0];
  return new FileError(`${shortened(path)}: ${reason}`, { cause: error });
}

async function withFileErrors<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw fileError(path, error);
  }
}

/** @throws FileError */
export function readBytes(path: string): Promise<Uint8Array> {
  return withFileErrors(path, async () => new Uint8Array(await readFile(path)));
}

/** Whether the path exists. @throws FileError if that cannot be found out */
export function exists(path: string): Promise<boolean> {
  return withFileErrors(path, async () => {
    try {
      await access(path);
      return true;
    } catch (error) {
      if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return false;
      throw error;
    }
  });
}

/** Makes a folder and its parents, and removes temporary files that killed processes left in it. @throws FileError */
export async function openFolder(path: string): Promise<void> {
  await withFileErrors(path, () => makePath(path));
  await removeLeftovers(path);
}

// mkdir's own `recursive` is not used: on a read-only disk, Node reports with it that the folder does not exist.
async function makePath(path: string): Promise<void> {
  const found = await stat(path).catch((error) => {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  });
  if (found?.isDirectory()) return;
  if (!found && dirname(path) !== path) await makePath(dirname(path));
  await mkdir(path);
}

/** Removes a file if it exists. @throws FileError */
export function removeFile(path: string): Promise<void> {
  return withFileErrors(path, () => rm(path, { force: true }));
}

// A temporary name holds the machine and the process that writes the file. From these, another process sees whether the
// writer is still alive, also on a disk that several machines share. Containers number their processes each for itself, and may
// have one host name: their namespace counts as another machine.
const TEMPORARY = /^\.(.+)\.scorefield-(.+)-(\d+)(\.part)?$/;
const HOST = `${hostname()}${processNamespace()}`.replace(/[^A-Za-z0-9]+/g, '-');

/** The number of the namespace in which this process has its number, on Linux; elsewhere nothing. */
function processNamespace(): string {
  try {
    return readlinkSync('/proc/self/ns/pid').replace(/\D+/g, '-');
  } catch {
    return '';
  }
}

/** Where a file is written until it is complete. */
export function temporaryName(path: string): string {
  return join(dirname(path), `.${basename(path)}.scorefield-${HOST}-${process.pid}`);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
}

/** Removes temporary files whose process no longer runs. @throws FileError */
export function removeLeftovers(folder: string): Promise<void> {
  return withFileErrors(folder, async () => {
    for (const name of await readdir(folder)) {
      const [, file, host, pid] = TEMPORARY.exec(name) ?? [];
      if (host !== HOST || (Number(pid) === process.pid ? file === LOCK : isAlive(Number(pid)))) continue;
      await rm(join(folder, name), { force: true });
    }
  });
}

const LOCK = 'lock';
/** How often the holder of a lock touches it, and after how long without it the lock of another machine no longer counts. */
const TOUCH_MS = 5000;
const STALE_MS = 120_000;

/**
 * Locks a folder by a temporary file. The lock of a killed process does not count: on this machine by the process's number, of
 * another machine by the time since the lock was touched, on the clock of the disk.
 */
export class FolderLock {
  #path?: string;
  #touching?: NodeJS.Timeout;

  /** @throws Failure if another process holds the lock, FileError if that cannot be found out */
  async take(folder: string): Promise<void> {
    const own = temporaryName(join(folder, LOCK));
    await withFileErrors(own, () => writeFile(own, ''));
    this.#path = own;
    const { mtimeMs: now } = await withFileErrors(own, () => stat(own));
    // Two processes that start at the same time see each other's file, and both fail.
    for (const name of await withFileErrors(folder, () => readdir(folder))) {
      const [, file, host, pid] = TEMPORARY.exec(name) ?? [];
      if (file !== LOCK || name === basename(own)) continue;
      const path = join(folder, name);
      const isHere = host === HOST;
      const isHeld = isHere ? isAlive(Number(pid)) : now - (await touchedAt(path)) < STALE_MS;
      if (!isHeld) {
        await rm(path, { force: true });
        continue;
      }
      await this.release();
      const wait = `wait for it, or give another --out${isHere ? '' : `; if it is gone, its lock ends ${STALE_MS / 1000} seconds after it`}`;
      throw new Failure(`${folder}: process ${pid}${isHere ? '' : ` on ${host}`} is training here; ${wait}`);
    }
    this.#touching = setInterval(() => void touch(own), TOUCH_MS);
    this.#touching.unref();
  }

  /** Releases the lock, if it was taken. */
  async release(): Promise<void> {
    clearInterval(this.#touching);
    if (this.#path) await rm(this.#path, { force: true }).catch(() => {});
    this.#path = undefined;
  }
}

/** When a lock was last touched; long ago if it has gone. */
async function touchedAt(path: string): Promise<number> {
  return stat(path).then(
    ({ mtimeMs }) => mtimeMs,
    () => -Infinity,
  );
}

/** Writes a lock anew, which sets its time on the clock of its disk, unless it is gone. */
async function touch(path: string): Promise<void> {
  await writeFile(path, 'locked\n', { flag: 'r+' }).catch(() => {});
}

/** Syncs a folder, so that names in it survive a power cut. Systems that cannot open folders need no sync. */
async function syncFolder(folder: string): Promise<void> {
  try {
    const handle = await open(folder, 'r');
    await handle.sync().finally(() => handle.close());
  } catch {}
}

/** A file that is written in pieces under a temporary name; {@link commit} gives it its own name. */
export class NewFile {
  readonly #path: string;
  readonly #temporary: string;
  readonly #handle: FileHandle;

  private constructor(path: string, temporary: string, handle: FileHandle) {
    this.#path = path;
    this.#temporary = temporary;
    this.#handle = handle;
  }

  /** @throws FileError */
  static create(path: string): Promise<NewFile> {
    const temporary = temporaryName(path);
    return withFileErrors(path, async () => new NewFile(path, temporary, await open(temporary, 'w')));
  }

  /** @throws FileError */
  write(data: Uint8Array | string): Promise<void> {
    return withFileErrors(this.#path, () => this.#handle.writeFile(data));
  }

  /** @throws FileError */
  commit(): Promise<void> {
    return withFileErrors(this.#path, async () => {
      await this.#handle.sync();
      await this.#handle.close();
      await rename(this.#temporary, this.#path);
      await syncFolder(dirname(this.#path));
    });
  }

  /** Removes the temporary file. It is called after a failure and never throws. */
  async discard(): Promise<void> {
    await this.#handle.close().catch(() => {});
    await rm(this.#temporary, { force: true }).catch(() => {});
  }
}

/** Writes a file; if that fails, an older file of this name stays unchanged. @throws FileError */
export async function saveFile(path: string, data: Uint8Array | string): Promise<void> {
  const file = await NewFile.create(path);
  try {
    await file.write(data);
    await file.commit();
  } catch (error) {
    await file.discard();
    throw error;
  }
}
