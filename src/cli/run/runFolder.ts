import { join } from 'node:path';
import {
  type Checkpoint,
  type Core,
  decodeCheckpoint,
  decodePointSet,
  decodeWeights,
  type GreyImage,
  isDenoiserFile,
  type Kernel,
  loadCore,
  loadNetwork,
  type Network,
  type PointSet,
  presets,
} from '../../index.js';
import { Failure, plainMessage } from '../terminal/failure.js';
import type { Report } from '../terminal/report.js';
import { exists, readBytes, removeFile, saveFile } from './files.js';

/** Files of the run itself, in the order they are first written. */
export const RUN_FILES = {
  data: 'data.safetensors',
  record: 'run.json',
  checkpoint: 'checkpoint.safetensors',
  loss: 'loss.csv',
  weights: 'weights.safetensors',
} as const;

/** How a run was started: what run.json holds and the checkpoint does not. */
export interface RunRecord {
  preset: keyof typeof presets;
  /** What the run learns, as text. */
  source: string;
  /** Resuming needs the same kernel: another one may give other last bits. */
  kernel: Kernel;
  seed: number;
  dataSeed: number;
}

export const runPath = (folder: string, file: keyof typeof RUN_FILES) => join(folder, RUN_FILES[file]);

const figure = (name: string) => [`${name}.svg`, `${name}.png`];

/** Files that other commands write into a run folder, beside figures. */
const DERIVED_FILES = [
  'histogram.npy',
  'evaluation.csv',
  'clean.npy',
  'noisy.npy',
  'denoised.npy',
  'walk.npy',
  'jumps.npy',
];

/** All files that training writes. */
export const TRAIN_FILES: readonly string[] = [
  ...figure('picture'),
  ...Object.values(RUN_FILES),
  ...figure('loss'),
];

/** The paths of those files that exist in the folder. */
export async function present(folder: string, files: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const file of files) if (await exists(join(folder, file))) found.push(join(folder, file));
  return found;
}

/** Whether a folder holds any file of a run. */
export async function holdsRun(folder: string): Promise<boolean> {
  return (await present(folder, Object.values(RUN_FILES))).length > 0;
}

/** Removes a run and all derived files. The checkpoint goes first: without it, a half-removed run cannot be resumed. */
export async function removeRun(folder: string): Promise<void> {
  const made = ['field', 'histogram', 'evaluation', 'denoise', 'walk-jump'].flatMap(figure);
  for (const file of [RUN_FILES.checkpoint, ...TRAIN_FILES, ...made, ...DERIVED_FILES]) {
    await removeFile(join(folder, file));
  }
}

export async function saveRecord(folder: string, record: RunRecord): Promise<void> {
  const version = process.env.SCOREFIELD_VERSION;
  await saveFile(
    runPath(folder, 'record'),
    `${JSON.stringify({ scorefield: version, ...record }, null, 2)}\n`,
  );
}

export async function readRecord(folder: string): Promise<RunRecord> {
  const path = runPath(folder, 'record');
  const text = new TextDecoder().decode(await readBytes(path));
  let record: Partial<RunRecord> | null;
  try {
    record = JSON.parse(text) as Partial<RunRecord> | null;
  } catch {
    throw new Failure(`${path}: it is not JSON; put it back as it was, or start again with --overwrite`);
  }
  const { preset, source, kernel, seed, dataSeed } = record ?? {};
  if (
    !(preset && Object.hasOwn(presets, preset)) ||
    typeof source !== 'string' ||
    (kernel !== 'strict' && kernel !== 'relaxed' && kernel !== 'wide') ||
    typeof seed !== 'number' ||
    typeof dataSeed !== 'number'
  ) {
    throw new Failure(
      `${path}: it must hold preset, source, kernel, seed and dataSeed; put it back as it was, or start again with --overwrite`,
    );
  }
  return { preset, source, kernel, seed, dataSeed };
}

export async function readCheckpoint(folder: string): Promise<Checkpoint> {
  const path = runPath(folder, 'checkpoint');
  return decodeCheckpoint(await readBytes(path), path);
}

/** Reads the data that a run learns, and its picture if there is only one. */
export async function readData(folder: string): Promise<{ data: PointSet; image?: GreyImage }> {
  const path = runPath(folder, 'data');
  return decodePointSet(await readBytes(path), path);
}

/** Calls `make`, which decodes a file; adds the file's path to what the library throws. @throws Failure */
export function inFile<T>(path: string, make: () => T): T {
  try {
    return make();
  } catch (error) {
    throw new Failure(`${path}: ${plainMessage(error)}; the file is damaged or of another program`, {
      cause: error,
    });
  }
}

/** A run whose network and data are loaded. */
export interface OpenRun {
  folder: string;
  core: Core;
  network: Network;
  data: PointSet;
  image?: GreyImage;
  /** Training steps behind the weights. */
  step: number;
}

export interface OpenOptions {
  kernel?: 'auto' | Kernel;
  threads?: 'auto' | number;
}

/**
 * The file of a run's weights: the final ones, or those of the checkpoint of an unfinished run.
 * @throws Failure if the folder holds no run
 */
export async function weightsFile(folder: string): Promise<{ path: string; isFinished: boolean }> {
  if (!(await exists(folder))) {
    throw new Failure(`${folder}: there is no such folder; make a run with scorefield train --out ${folder}`);
  }
  const finished = runPath(folder, 'weights');
  if (await exists(finished)) return { path: finished, isFinished: true };
  const path = runPath(folder, 'checkpoint');
  if (await exists(path)) return { path, isFinished: false };
  throw new Failure(
    (await holdsRun(folder))
      ? `${folder}: the run was stopped before its first checkpoint; go on with scorefield train --resume --out ${folder}`
      : `${folder}: it holds no run; make one with scorefield train --out ${folder}`,
  );
}

/**
 * Opens a run folder with its final weights. An unfinished run has those of its checkpoint instead, which is reported.
 * @throws Error if the folder holds no run of a picture, or damaged files
 */
export async function openRun(
  folder: string,
  { kernel, threads = 'auto' }: OpenOptions,
  report: Report,
): Promise<OpenRun> {
  const { path, isFinished } = await weightsFile(folder);
  const bytes = await readBytes(path);
  if (isDenoiserFile(bytes)) {
    throw new Failure(
      `${folder}: it learned to denoise images or points, which denoise, walk-jump, sample and evaluate work on; name a run of a picture`,
    );
  }
  const { data, image } = await readData(folder);
  const weights = decodeWeights(bytes, path);
  const core = await loadCore({ kernel, threads });
  const network = inFile(path, () => loadNetwork(core, weights));
  if (network.config.dim !== data.dim) {
    throw new Failure(
      `${path}: it is for ${network.config.dim} coordinates, but ${runPath(folder, 'data')} has ${data.dim}; they are not of one run`,
    );
  }
  if (!isFinished)
    report.say(`${folder}: the run is not finished; these are its weights after ${weights.step} steps.`);
  return { folder, core, network, data, image, step: weights.step };
}
