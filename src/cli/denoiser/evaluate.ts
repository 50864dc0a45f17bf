import { join } from 'node:path';
import {
  blurDenoiser,
  type Denoiser,
  empirical,
  type HeldOutErrors,
  heldOutErrors,
  key,
  type Layout,
  linearDenoisers,
  loadDenoiser,
  meanDenoiser,
} from '../../index.js';
import { qualityChart } from '../../plots/index.js';
import { besideResult, saveFigure } from '../run/figures.js';
import { openFolder, saveFile } from '../run/files.js';
import { Failure } from '../terminal/failure.js';
import type { Context } from '../terminal/report.js';
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

/** Compares a denoiser with others on what it has never seen; writes a table and a chart. Returns the files. */
export async function evaluateDenoiser(
  run: OpenDenoiser,
  options: EvaluateRunOptions,
  context: Context,
): Promise<string[]> {
  const { report, signal } = context;
  const { data, denoiser, folder } = run;
  const only = onlyNoise(run);
  const { out = folder, sigmas = only === undefined ? SIGMAS : [only], seed = 0, layout } = options;
  const { dim } = denoiser;
  if (!data.heldOut) {
    throw new Failure(
      `${folder}: none of its ${data.kind} are held out to judge it by; train with --held-out N to keep N of them`,
    );
  }
  const points = data.heldOut.subarray(0, (options.samples ?? Infinity) * dim);
  const n = points.length / dim;
  const rows: HeldOutErrors[] = [];
  await report.during(
    { task: 'evaluating', total: n * sigmas.length, unit: 'estimate' },
    async (progress) => {
      let seen = 0;
      const others = await comparisons(run, context);
      const denoisers = (sigma: number) =>
        others(sigma, (count) => {
          seen += count;
          progress.update(seen, `sigma ${sigma}`);
        });
      const compared = { sigmas, denoisers, key: key(seed), layout, signal };
      for await (const row of heldOutErrors({ dim, points }, compared)) {
        rows.push(row);
        report.event('heldOut', { sigma: row.sigma, ...row.errors });
      }
    },
  );
  const all = data.heldOut.length / dim;
  const which = n === all ? 'held-out' : `of the ${all.toLocaleString('en-US')} held-out`;
  report.say(`Mean squared errors on ${counted(data, n, which)}:\n${table(rows)}`);
  await openFolder(out);
  const names = namesOf(rows);
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

const namesOf = ([first]: readonly HeldOutErrors[]) =>
  (Object.keys(NAMES) as Name[]).filter((name) => name in first.errors);

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

function table(rows: readonly HeldOutErrors[]): string {
  const names = namesOf(rows);
  const lines = rows.map(({ sigma, errors }) => [
    String(Number(sigma.toPrecision(4))),
    ...names.map((name) => errors[name].toPrecision(3)),
  ]);
  return [['sigma', ...names.map((name) => NAMES[name])], ...lines]
    .map((row) => row.map((cell, i) => cell.padStart(i === 0 ? 7 : 10)).join(''))
    .join('\n');
}
