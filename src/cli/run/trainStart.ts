import {
  type Checkpoint,
  encodeCheckpoint,
  encodePointSet,
  key,
  loadCore,
  loadNetwork,
  type Network,
  type NetworkConfig,
  network,
  type PointSet,
  presets,
} from '../../index.js';
import { checkedUsage, Failure, UsageError } from '../terminal/failure.js';
import type { Context } from '../terminal/report.js';
import { besideResult } from './figures.js';
import { exists, type FolderLock, openFolder, removeFile, removeLeftovers, saveFile } from './files.js';
import { savePicture } from './pictureFigure.js';
import { loadPictures, namesPictures } from './pictures.js';
import {
  holdsRun,
  inFile,
  present,
  readCheckpoint,
  readData,
  readRecord,
  removeRun,
  runPath,
  saveRecord,
  TRAIN_FILES,
} from './runFolder.js';
import { checkSameRun, settingsOf, type TrainOptions } from './trainOptions.js';

/** Beyond, files and memory of a run are of gigabytes. */
const MOST_PIXELS = 40e6;

/** A run that is ready for its first or next step. */
export interface StartedRun {
  network: Network;
  data: PointSet;
  source: string;
  checkpoint: Checkpoint;
  /** Steps of the whole run. */
  steps: number;
  printEvery: number;
  checkpointEvery: number;
}

/** Begins a run, or resumes the one in the folder with --resume. @param lock taken before anything is written */
export async function startRun(
  files: readonly string[],
  options: TrainOptions,
  context: Context,
  lock: FolderLock,
): Promise<StartedRun> {
  const { out, resume, overwrite } = options;
  if (resume && overwrite) {
    throw new UsageError('--resume and --overwrite cannot be combined: go on with the run, or begin anew');
  }
  const [found] = await present(out, TRAIN_FILES);
  if (found && !resume && !overwrite) {
    throw new Failure(
      (await holdsRun(out))
        ? `${out}: it already holds a run; go on with it by --resume, replace it by --overwrite, or give another --out`
        : `${found}: it is in the way of a file of the run; replace it by --overwrite, or give another --out`,
    );
  }
  if (resume && (await exists(runPath(out, 'checkpoint')))) return resumeRun(files, options, context, lock);
  if (resume) {
    const what = (await holdsRun(out))
      ? 'the run was stopped before its first checkpoint'
      : 'it holds no run';
    context.report.say(`${out}: ${what}; one begins now.`);
  }
  return beginRun(files, options, context, lock);
}

/** Most turns of the highest frequencies that follow the picture: with more, those between are far apart. */
const MOST_TURNS = 128;

/**
 * In quick the highest frequencies are those of the pixels, as many turns as there are pixels a side: levels whose noise is less
 * than a pixel need them. A picture of up to 32 takes the preset's own.
 */
function spreadFor(
  across: number,
  { preset = 'quick', featureSpread }: TrainOptions,
): Partial<NetworkConfig> {
  if (preset !== 'quick' || featureSpread !== undefined) return {};
  return { featureSpread: Math.max(presets.quick.network.featureSpread, Math.min(across, MOST_TURNS)) };
}

async function beginRun(
  files: readonly string[],
  options: TrainOptions,
  context: Context,
  lock: FolderLock,
): Promise<StartedRun> {
  const { report } = context;
  const { out, kernel, threads = 'auto', projections } = options;
  const { preset, training, seed, dataSeed, printEvery, checkpointEvery, ...settings } = settingsOf(options);
  if (projections !== undefined && !['sliced', 'slicedReduced'].includes(training.objective)) {
    throw new UsageError(
      `--projections is for --objective sliced and slicedReduced, not ${training.objective}`,
    );
  }
  const { data, image, source, across } = await loadPictures(files, options);
  const N = data.logits.length;
  if (N > MOST_PIXELS) {
    const by = Math.ceil(Math.sqrt(N / MOST_PIXELS));
    throw new Failure(
      `${source}: ${N} pixels are more than ${MOST_PIXELS / 1e6} million; give --shrink ${by}`,
    );
  }
  if (training.drawing === 'gumbel') {
    if (training.batch * N >= 2 ** 32) {
      throw new Failure(
        `${source}: ${N} pixels are too many for --batch ${training.batch}; give --shrink 2, or more`,
      );
    }
    if (N > 300_000)
      report.say(
        `${source}: each step looks at all ${N} pixels; with --shrink 2 there are a quarter of them, and the preset quick draws from any.`,
      );
  }
  const core = await loadCore({ kernel, threads });
  const net = checkedUsage(() =>
    network(core, { ...settings.network, ...spreadFor(across, options), dim: data.dim }, { key: key(seed) }),
  );
  const checkpoint: Checkpoint = {
    network: { ...net.config },
    training,
    step: 0,
    key: key(dataSeed),
    tensors: net.tensors(),
    mean: new Float32Array(net.count),
    square: new Float32Array(net.count),
  };
  await openFolder(out);
  await lock.take(out);
  if (options.overwrite) await removeRun(out);
  await saveFile(runPath(out, 'data'), encodePointSet(data, image));
  await saveRecord(out, { preset, source, kernel: core.kernel, seed, dataSeed });
  await saveFile(runPath(out, 'checkpoint'), encodeCheckpoint(checkpoint));
  await besideResult('picture', context, () => savePicture(out, core, { data, image }));
  return { network: net, data, source, checkpoint, steps: training.steps, printEvery, checkpointEvery };
}

async function resumeRun(
  files: readonly string[],
  options: TrainOptions,
  context: Context,
  lock: FolderLock,
): Promise<StartedRun> {
  const { out, threads = 'auto' } = options;
  await lock.take(out);
  const record = await readRecord(out);
  const checkpoint = await readCheckpoint(out);
  checkSameRun(options, checkpoint, record);
  const { data, image } = await readData(out);
  if (namesPictures(files, options)) {
    const other = await loadPictures(files, options);
    if (!isSame(data.points, other.data.points) || !isSame(data.logits, other.data.logits)) {
      throw new UsageError(
        `${other.source} is not what the run in ${out} learns (${record.source}); leave it out, or give another --out`,
      );
    }
  }
  const core = await loadCore({ kernel: record.kernel, threads });
  const weights = { config: checkpoint.network, tensors: checkpoint.tensors, step: checkpoint.step };
  const net = inFile(runPath(out, 'checkpoint'), () => loadNetwork(core, weights));
  await removeLeftovers(out);
  if ((await present(out, ['picture.svg', 'picture.png'])).length < 2)
    await besideResult('picture', context, () => savePicture(out, core, { data, image }));
  const steps = options.steps ?? checkpoint.training.steps;
  if (checkpoint.step < steps) await removeFile(runPath(out, 'weights'));
  const { printEvery, checkpointEvery } = settingsOf({ ...options, preset: record.preset });
  return { network: net, data, source: record.source, checkpoint, steps, printEvery, checkpointEvery };
}

function isSame(a: Float32Array, b: Float32Array): boolean {
  return a.length === b.length && a.every((value, i) => Object.is(value, b[i]));
}
