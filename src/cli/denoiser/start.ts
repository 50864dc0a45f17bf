import {
  type DenoiserCheckpoint,
  decodeDenoiserCheckpoint,
  encodeDenoiserCheckpoint,
  firstCheckpoint,
  key,
  type LearnedDenoiser,
  loadCore,
  loadDenoiser,
} from '../../index.js';
import {
  exists,
  type FolderLock,
  openFolder,
  readBytes,
  removeFile,
  removeLeftovers,
  saveFile,
} from '../run/files.js';
import { saveImages } from '../run/imageFigures.js';
import { holdsRun, inFile, present, runPath } from '../run/runFolder.js';
import { checkedUsage, Failure, UsageError } from '../terminal/failure.js';
import type { Context } from '../terminal/report.js';
import { type DenoiserData, decodeData, encodeData, loadData, momentsOfData } from './data.js';
import { drawnSize, firstTrainingRows } from './examples.js';
import {
  DENOISER_FILES,
  isDenoiserRun,
  readDenoiserRecord,
  removeDenoiserRun,
  saveDenoiserRecord,
} from './folder.js';
import { checkSameRun, recorded } from './sameRun.js';
import {
  CHECKPOINT_EVERY,
  checkFlags,
  type DenoiserFlags,
  makeDenoiser,
  PRINT_EVERY,
  type TrainDenoiserFlags,
  trainingOf,
} from './settings.js';

/** What a command gives that is not `train`. */
export interface Given {
  /** The data, where the options name no files of them. They are asked for only when a run begins. */
  load(): Promise<{ data: DenoiserData; source: string }>;
  /** The command line that goes on with the run. */
  goOn: string;
}

/** A run that is ready for its first or next step. */
export interface StartedDenoiser {
  denoiser: LearnedDenoiser;
  data: DenoiserData;
  source: string;
  checkpoint: DenoiserCheckpoint;
  /** Steps of the whole run. */
  steps: number;
  printEvery: number;
  checkpointEvery: number;
}

/**
 * Begins a run, or resumes the one in the folder with --resume.
 *
 * @param lock taken before anything is written
 * @param given of a command that is not `train`
 */
export async function startDenoiser(
  files: readonly string[],
  options: TrainDenoiserFlags,
  context: Context,
  lock: FolderLock,
  given?: Given,
): Promise<StartedDenoiser> {
  const { out, resume, overwrite } = options;
  if (resume && overwrite)
    throw new UsageError('--resume and --overwrite cannot be combined: go on with the run, or begin anew');
  const [found] = await present(out, DENOISER_FILES);
  if (found && !resume && !overwrite) {
    throw new Failure(
      (await holdsRun(out))
        ? `${out}: it already holds a run; go on with it by --resume, replace it by --overwrite, or give another --out`
        : `${found}: it is in the way of a file of the run; replace it by --overwrite, or give another --out`,
    );
  }
  if (resume && (await exists(runPath(out, 'checkpoint')))) {
    if (await isDenoiserRun(out)) return resumeRun(options, lock);
    throw new Failure(`${out}: it holds a run of a picture, or a damaged one; give another --out`);
  }
  if (resume) {
    const what = (await holdsRun(out))
      ? 'the run was stopped before its first checkpoint'
      : 'it holds no run';
    context.report.say(`${out}: ${what}; one begins now.`);
  }
  return beginRun(files, options, lock, given);
}

async function beginRun(
  files: readonly string[],
  options: TrainDenoiserFlags,
  lock: FolderLock,
  given?: Given,
): Promise<StartedDenoiser> {
  const { out, kernel, threads = 'auto', seed = 0, dataSeed = 426 } = options;
  checkFlags(files, options);
  const { data, source } = given ? await given.load() : await loadData(options);
  const core = await loadCore({ kernel, threads });
  const { sd } = momentsOfData(data);
  const denoiser = checkedUsage(() =>
    makeDenoiser(core, data.shape, options, {
      key: key(seed),
      // Pictures that are all alike have no spread to learn.
      sigmaData: sd || 1,
      classes: classesOf(options, data, source),
    }),
  );
  const checkpoint = checkedUsage(() =>
    firstCheckpoint(denoiser, { ...trainingOf(options), key: key(dataSeed) }),
  );
  await openFolder(out);
  await lock.take(out);
  if (options.overwrite) await removeDenoiserRun(out);
  await saveFile(runPath(out, 'data'), encodeData(data));
  const { kind } = denoiser.network;
  const { noise } = checkpoint.training;
  const record = { kind, source, kernel: core.kernel, seed, dataSeed, noise, options: recorded(options) };
  await saveDenoiserRecord(out, record);
  await saveFile(runPath(out, 'checkpoint'), encodeDenoiserCheckpoint(checkpoint));
  await savePicture(out, data);
  return { denoiser, data, source, checkpoint, ...stepsOf(options, checkpoint) };
}

/** Classes that the network is told. @throws UsageError if the images have none */
function classesOf({ classes }: DenoiserFlags, { training }: DenoiserData, source: string): number {
  if (!classes) return 0;
  const known = 'pixels' in training ? training.classes : undefined;
  if (known === undefined) {
    throw new UsageError(
      `--classes needs labels, and ${source} has none; give --labels FILE, or a folder for each class`,
    );
  }
  return known;
}

async function resumeRun(options: TrainDenoiserFlags, lock: FolderLock): Promise<StartedDenoiser> {
  const { out, threads = 'auto' } = options;
  await lock.take(out);
  const record = await readDenoiserRecord(out);
  const path = runPath(out, 'checkpoint');
  const checkpoint = decodeDenoiserCheckpoint(await readBytes(path), path);
  checkSameRun(options, checkpoint, record);
  const dataPath = runPath(out, 'data');
  const data = decodeData(await readBytes(dataPath), dataPath);
  const core = await loadCore({ kernel: record.kernel, threads });
  const denoiser = inFile(path, () => loadDenoiser(core, checkpoint, { averaged: false }));
  await removeLeftovers(out);
  await savePicture(out, data);
  const started = stepsOf(options, checkpoint);
  if (checkpoint.step < started.steps) await removeFile(runPath(out, 'weights'));
  return { denoiser, data, source: record.source, checkpoint, ...started };
}

function stepsOf(options: TrainDenoiserFlags, { training }: DenoiserCheckpoint) {
  return {
    steps: options.steps ?? training.steps,
    printEvery: options.printEvery ?? PRINT_EVERY,
    checkpointEvery: options.checkpointEvery ?? CHECKPOINT_EVERY,
  };
}

/** Most images of the sheet that shows what is learned. */
const SHOWN = 100;

/** Draws some of the images that are learned, if it is images that can be drawn. */
async function savePicture(out: string, data: DenoiserData): Promise<void> {
  const size = drawnSize(data);
  if (!size) return;
  await saveImages(out, 'images', { ...size, images: firstTrainingRows(data, SHOWN), scale: 2 });
}
