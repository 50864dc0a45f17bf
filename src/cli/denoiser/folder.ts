// The folder of a run that learned to denoise.

import { join } from 'node:path';
import {
  type Core,
  type DenoiserWeights,
  decodeDenoiserWeights,
  isDenoiserFile,
  type Kernel,
  type LearnedDenoiser,
  loadCore,
  loadDenoiser,
  type Moments,
  type NoiseDistribution,
  UNET_FILES,
} from '../../index.js';
import { exists, readBytes, removeFile, saveFile } from '../run/files.js';
import {
  inFile,
  type OpenOptions,
  RUN_FILES,
  removeRun,
  runPath,
  TRAIN_FILES,
  weightsFile,
} from '../run/runFolder.js';
import { Failure } from '../terminal/failure.js';
import type { Report } from '../terminal/report.js';
import { type DenoiserData, decodeData, momentsOfData } from './data.js';
import type { TrainDenoiserFlags } from './settings.js';

/** How a run was started: what run.json holds and the checkpoint does not. */
export interface DenoiserRecord {
  kind: string;
  /** What the run learns, as text. */
  source: string;
  /** Resuming needs the same kernel: another one may give other last bits. */
  kernel: Kernel;
  seed: number;
  dataSeed: number;
  /** The noises that it is trained at. */
  noise?: NoiseDistribution;
  /** Options of the network and the data that it was started with, by name. */
  options?: Partial<TrainDenoiserFlags>;
}

/** All files that training writes. */
export const DENOISER_FILES: readonly string[] = [
  'images.png',
  ...Object.values(RUN_FILES),
  'loss.svg',
  'loss.png',
  ...Object.values(UNET_FILES),
];

/** Files that other commands write into the folder of such a run. */
const DERIVED = [
  ...['quality', 'samples'].flatMap((name) => [`${name}.svg`, `${name}.png`]),
  ...['walk-jump.gif', 'walk-jump.mp4', 'samples.npy', 'quality.csv'],
];

/** Removes a run of any kind and all derived files. */
export async function removeDenoiserRun(folder: string): Promise<void> {
  await removeRun(folder);
  for (const file of [...DENOISER_FILES, ...DERIVED]) await removeFile(join(folder, file));
}

/** Removes what a run of a denoiser leaves and one of a picture that has taken its place does not. */
export async function removeDenoiserFiles(folder: string): Promise<void> {
  const others = [...DENOISER_FILES, ...DERIVED].filter((file) => !TRAIN_FILES.includes(file));
  for (const file of others) await removeFile(join(folder, file));
}

export async function saveDenoiserRecord(folder: string, record: DenoiserRecord): Promise<void> {
  const version = process.env.SCOREFIELD_VERSION;
  await saveFile(
    runPath(folder, 'record'),
    `${JSON.stringify({ scorefield: version, ...record }, null, 2)}\n`,
  );
}

/** @throws FileError, or Failure on a record that is damaged or of another kind of run */
export async function readDenoiserRecord(folder: string): Promise<DenoiserRecord> {
  const path = runPath(folder, 'record');
  const text = new TextDecoder().decode(await readBytes(path));
  const advice = 'put it back as it was, or start again with --overwrite';
  let record: Partial<DenoiserRecord> | null;
  try {
    record = JSON.parse(text) as Partial<DenoiserRecord> | null;
  } catch {
    throw new Failure(`${path}: it is not JSON; ${advice}`);
  }
  const { kind, source, kernel, seed, dataSeed, noise, options } = record ?? {};
  if (
    typeof kind !== 'string' ||
    typeof source !== 'string' ||
    (kernel !== 'strict' && kernel !== 'relaxed' && kernel !== 'wide') ||
    typeof seed !== 'number' ||
    typeof dataSeed !== 'number'
  )
    throw new Failure(`${path}: it must hold kind, source, kernel, seed and dataSeed; ${advice}`);
  return { kind, source, kernel, seed, dataSeed, noise, options };
}

/** Whether a folder holds a run of a denoiser, finished or not, whole or damaged. */
export async function isDenoiserRun(folder: string): Promise<boolean> {
  const kinds = ['weights', 'checkpoint'] as const;
  for (const file of kinds) {
    const path = runPath(folder, file);
    if ((await exists(path)) && isDenoiserFile(await readBytes(path))) return true;
  }
  // Damaged weights do not say what they are of; the record does.
  const record = runPath(folder, 'record');
  if (!(await exists(record))) return false;
  try {
    const found = JSON.parse(new TextDecoder().decode(await readBytes(record))) as { kind?: unknown } | null;
    return found?.kind !== undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}

/** A run whose denoiser and data are loaded. */
export interface OpenDenoiser {
  folder: string;
  core: Core;
  /** With the moving averages of the weights. */
  denoiser: LearnedDenoiser;
  data: DenoiserData;
  /** Of what is trained on, in the network's coordinates; `sd` is the deviation of all of them. */
  moments: Moments & { sd: number };
  weights: DenoiserWeights;
  /** The noises it was trained at, where they are known. */
  noise?: NoiseDistribution;
}

/**
 * Opens a run folder with its final weights. An unfinished run has those of its checkpoint instead, which is reported.
 * @throws Failure if the folder holds no run, FileError or Error on damaged files
 */
export async function openDenoiser(
  folder: string,
  { kernel, threads = 'auto' }: OpenOptions,
  report: Report,
): Promise<OpenDenoiser> {
  const { path, isFinished } = await weightsFile(folder);
  const weights = decodeDenoiserWeights(await readBytes(path), path);
  const dataPath = runPath(folder, 'data');
  const data = decodeData(await readBytes(dataPath), dataPath);
  const hasRecord = await exists(runPath(folder, 'record'));
  const noise = hasRecord ? (await readDenoiserRecord(folder)).noise : undefined;
  const core = await loadCore({ kernel, threads });
  const denoiser = inFile(path, () => loadDenoiser(core, weights));
  const { height, width, channels } = data.shape;
  if (denoiser.dim !== height * width * channels) {
    throw new Failure(
      `${path}: it is for ${denoiser.dim} coordinates, but ${dataPath} has ${height * width * channels}; they are not of one run`,
    );
  }
  if (!isFinished)
    report.say(`${folder}: the run is not finished; these are its weights after ${weights.step} steps.`);
  return { folder, core, denoiser, data, moments: momentsOfData(data), weights, noise };
}
