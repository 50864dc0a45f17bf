import { join } from 'node:path';
import { heldOutChunks, heldOutSums, meanErrors } from '../../denoisers/heldOut.js';
import {
  blurDenoiser,
  type Denoiser,
  empirical,
  type HeldOutErrors,
  key,
  type Layout,
  linearDenoisers,
  loadDenoiser,
  meanDenoiser,
} from '../../index.js';
import { qualityChart } from '../../plots/index.js';
import type { Shard } from '../../samplers/shard.js';
import { besideResult, saveFigure } from '../run/figures.js';
import { openFolder, saveFile } from '../run/files.js';
import { f64Of, type Parts, part } from '../run/parts.js';
import { Failure } from '../terminal/failure.js';
import type { Context } from '../terminal/report.js';
import { rangeOf } from '../terminal/shardOption.js';
import { trainingPoints } from './data.js';
import { estimator, owning } from './estimates.js';
import { counted } from './examples.js';
import type { OpenDenoiser } from './folder.js';
import { onlyNoise } from './noise.js';

export interface EvaluateRunOptions {
  /** Folder for the files. Default: the run's. */
  out?: string;
  sigmas?: number[];
  /** Most held-out images or points to look at. Default: all. */
  samples?: number;
  seed?: number;
  layout?: Layout;
}

export const SIGMAS = [0.1, 0.25, 0.5, 1];

/** Names of the denoisers, in the order of the table, for people. */
const NAMES = {
  mse: 'network',
  averaged: 'averaged',
  linear: 'linear',
  exact: 'exact',
  blur: 'blur',
  mean: 'mean',
} as const;

type Name = keyof typeof NAMES;
const NAME_ORDER = Object.keys(NAMES) as Name[];

/** Compares a denoiser with others on what it has never seen; writes a table and a chart. Returns the files. */
export async function evaluateDenoiser(
  run: OpenDenoiser,
  options: EvaluateRunOptions,
  context: Context,
): Promise<string[]> {
  return saveErrors(run, options, await evaluateParts(run, options, context), context, true);
}

/** The held-out points to look at, and the noises. @throws Failure if none are held out */
function judged(run: OpenDenoiser, { sigmas, samples = Infinity }: EvaluateRunOptions) {
  const { data, denoiser, folder } = run;
  const only = onlyNoise(run);
  if (!data.heldOut) {
    throw new Failure(
      `${folder}: none of its ${data.kind} are held out to judge it by; train with --held-out N to keep N of them`,
    );
  }
  const { dim } = denoiser;
  const points = data.heldOut.subarray(0, samples * dim);
  const n = points.length / dim;
  const names = NAME_ORDER.filter((name) => name !== 'blur' || data.kind === 'images');
  const all = data.heldOut.length / dim;
  return { dim, points, n, all, names, sigmas: sigmas ?? (only === undefined ? SIGMAS : [only]) };
}

/**
 * Sums of squared errors of a run's denoiser and of others: [chunks of all noises, names], of a shard of them or all. Without a
 * shard the errors of each noise are told as soon as they are known.
 */
export async function evaluateParts(
  run: OpenDenoiser,
  options: EvaluateRunOptions,
  context: Context,
  shard?: Shard,
): Promise<Parts> {
  const { report, signal } = context;
  const { seed = 0, layout } = options;
  const { dim, points, n, names, sigmas } = judged(run, options);
  const range = rangeOf(
    shard,
    sigmas.length * heldOutChunks(n, dim),
    'pieces of the held-out points at all noises',
  );
  const [, many] = shard ?? [1, 1];
  const total = Math.ceil((n * sigmas.length) / many);
  const sums: number[] = [];
  await report.during({ task: 'evaluating', total, unit: 'estimate' }, async (progress) => {
    let seen = 0;
    const others = await comparisons(run, context);
    const denoisers = (sigma: number) =>
      others(sigma, (count) => {
        seen += count;
        progress.update(Math.min(seen, total), `sigma ${sigma}`);
      });
    const compared = { sigmas, denoisers, key: key(seed), layout, signal };
    for await (const { sigma, sums: rows } of heldOutSums({ dim, points }, compared, range)) {
      sums.push(...rows.flat());
      if (!shard) report.event('heldOut', { sigma, ...meanErrors(names, rows, points.length) });
    }
  });
  return { sums: part(Float64Array.from(sums), names.length) };
}

/** Writes a table of errors and a chart; returns the files. @param isTold whether {@link evaluateParts} has told the errors */
export async function saveErrors(
  run: OpenDenoiser,
  options: EvaluateRunOptions,
  parts: Parts,
  context: Context,
  isTold: boolean,
): Promise<string[]> {
  const { report } = context;
  const { data, folder } = run;
  const { out = folder } = options;
  const { points, n, all, names, sigmas } = judged(run, options);
  const sums = f64Of(parts, 'sums');
  const each = sums.length / sigmas.length;
  const rows: HeldOutErrors[] = sigmas.map((sigma, i) => {
    const chunks = Array.from({ length: each / names.length }, (_, c) => [
      ...sums.subarray(i * each + c * names.length, i * each + (c + 1) * names.length),
    ]);
    return { sigma, errors: meanErrors(names, chunks, points.length) };
  });
  for (const { sigma, errors } of isTold ? [] : rows) report.event('heldOut', { sigma, ...errors });
  const which = n === all ? 'held-out' : `of the ${all.toLocaleString('en-US')} held-out`;
  report.say(`Mean squared errors on ${counted(data, n, which)}:\n${table(rows, names)}`);
  await openFolder(out);
  const csv = join(out, 'quality.csv');
  const lines = rows.map(({ sigma, errors }) => [sigma, ...names.map((name) => errors[name])].join(','));
  await saveFile(csv, [['sigma', ...names].join(','), ...lines, ''].join('\n'));
  const chart = () =>
    qualityChart({
      sigmas: rows.map(({ sigma }) => sigma),
      curves: names.map((name) => ({
        name: NAMES[name],
        // A logarithm has no place for an error of 0.
        mse: rows.map(({ errors }) => Math.max(errors[name], Number.EPSILON)),
        dashed: name === 'mean',
      })),
      title: `Error of denoising ${counted(data, n, 'held-out')}`,
    });
  return [...(await besideResult('quality', context, () => saveFigure(out, 'quality', chart()))), csv];
}

/** The run's denoisers at a noise, those to compare with, and a count of what they have estimated. */
async function comparisons(
  { core, denoiser, data, moments, weights }: OpenDenoiser,
  { signal }: Context,
): Promise<(sigma: number, onRows: (count: number) => void) => Record<string, Denoiser>> {
  const last = loadDenoiser(core, weights, { averaged: false });
  const training = trainingPoints(data);
  signal.throwIfAborted();
  const linear = linearDenoisers(core, training);
  return (sigma, onRows) => ({
    mse: counting(estimator(last, sigma), onRows),
    averaged: estimator(denoiser, sigma),
    linear: linear.at(sigma),
    exact: owning(empirical(core, training, sigma), sigma),
    ...(data.kind === 'images' && { blur: blurDenoiser(core, data.shape) }),
    mean: meanDenoiser(core, moments.mean),
  });
}

/** The same denoiser, which tells how many rows it was given. */
function counting(inner: Denoiser, onRows: (count: number) => void): Denoiser {
  const { core, dim } = inner;
  return {
    core,
    dim,
    denoise(y, out) {
      onRows(y.length / dim);
      return inner.denoise(y, out);
    },
    dispose: () => inner.dispose?.(),
  };
}

function table(rows: readonly HeldOutErrors[], names: readonly Name[]): string {
  const lines = rows.map(({ sigma, errors }) => [
    String(Number(sigma.toPrecision(4))),
    ...names.map((name) => errors[name].toPrecision(3)),
  ]);
  return [['sigma', ...names.map((name) => NAMES[name])], ...lines]
    .map((row) => row.map((cell, i) => cell.padStart(i === 0 ? 7 : 10)).join(''))
    .join('\n');
}
