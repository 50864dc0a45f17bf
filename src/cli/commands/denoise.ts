import { join } from 'node:path';
import type { Command } from 'commander';
import { square } from '../../core/elementary.js';
import { isText } from '../../formats/fileKind.js';
import {
  denoiser,
  key,
  type Layout,
  normal,
  readCsvPoints,
  type ScoreFamily,
  split,
  writeNpy,
} from '../../index.js';
import { jumpFigure, shortNumber } from '../../plots/index.js';
import type { Shard } from '../../samplers/shard.js';
import { DENOISED, type DenoiseRunOptions, denoiseParts, saveDenoised } from '../denoiser/denoise.js';
import { openDenoiser } from '../denoiser/folder.js';
import { isForDenoiser, type KindOptions } from '../denoiser/kinds.js';
import { besideResult, saveFigure } from '../run/figures.js';
import { openFolder, readBytes, saveFile } from '../run/files.js';
import { CONTOURS } from '../run/mixtureFigures.js';
import { readNpyFile } from '../run/npyFile.js';
import { f32Of, type Parts, part } from '../run/parts.js';
import { reading } from '../run/pictureFiles.js';
import {
  addSourceOptions,
  exactProb,
  openSource,
  type Source,
  type SourceOptions,
  withOut,
} from '../run/source.js';
import type { ShardOptions } from '../shards/shardFile.js';
import { perform, type Work } from '../shards/work.js';
import { Failure } from '../terminal/failure.js';
import { integerOption, newCommand } from '../terminal/options.js';
import type { Context, Setup } from '../terminal/report.js';
import { rangeOf, shardOption } from '../terminal/shardOption.js';

export interface DenoiseOptions extends SourceOptions {
  out: string;
  points?: string;
  count?: number;
  seed?: number;
  layout?: Layout;
}

const COUNT = 200;
/** Most arrows in a figure. */
const MOST_ARROWS = 400;

/** Denoises points of a file, or draws points and adds noise first, [n, dim] each: those of a shard, or all. */
async function denoisedParts(
  source: Source,
  options: DenoiseOptions,
  { signal }: Context,
  shard?: Shard,
): Promise<Parts> {
  const { points, count = COUNT, seed = 0, layout = 'original' } = options;
  const { core, dim, sigma, name } = source;
  const [drawKey, noiseKey] = split(key(seed), 2, { layout });
  let clean: Float32Array | undefined;
  let noisy: Float32Array;
  if (points === undefined) {
    clean = source.draw(drawKey, count);
    const drawn = clean;
    noisy = normal(core, noiseKey, [count, dim], { layout }).map((z, i) => drawn[i] + sigma * z);
  } else {
    noisy = await readPoints(points, dim);
  }
  signal.throwIfAborted();
  const [first, end] = rangeOf(shard, noisy.length / dim, 'points');
  clean = clean?.subarray(first * dim, end * dim);
  noisy = noisy.subarray(first * dim, end * dim);
  const denoised = estimate(source.family, sigma, noisy);
  const lost = denoised.findIndex((value) => !Number.isFinite(value));
  if (lost >= 0) {
    throw new Failure(
      `${points ?? name}: the point in row ${first + Math.floor(lost / dim)} is too far from the data for float32, and has no estimate; leave it out, or scale the points as the data are`,
    );
  }
  // No denoiser does better than the exact one.
  const best = clean && estimate(source.exact, sigma, noisy);
  const named = Object.entries({ clean, noisy, denoised, best });
  return Object.fromEntries(named.flatMap(([name, x]) => (x ? [[name, part(x, dim)]] : [])));
}

/** Writes points, noisy and denoised, and a figure; returns the files. */
async function savePoints(
  source: Source,
  { out }: DenoiseOptions,
  parts: Parts,
  context: Context,
): Promise<string[]> {
  const { report } = context;
  const { dim, sigma, name } = source;
  const [noisy, denoised] = [f32Of(parts, 'noisy'), f32Of(parts, 'denoised')];
  const [clean, best] = ['clean', 'best'].map((of) => (parts[of] ? f32Of(parts, of) : undefined));
  const error = clean && best && errors(clean, { noisy, denoised, best });
  report.event('denoised', { sigma, points: noisy.length / dim, dim, ...(error && { error }) });
  await openFolder(out);
  const files: string[] = [];
  for (const [part, x] of Object.entries({ clean, noisy, denoised })) {
    if (!x) continue;
    const file = join(out, `${part}.npy`);
    await saveFile(file, writeNpy(x, [x.length / dim, dim]));
    files.push(file);
  }
  if (dim === 2) {
    const arrows = () => draw(source, noisy, denoised, out);
    files.push(...(await besideResult('denoise', context, arrows)));
  }
  const squares = error
    ? `: mean squared error ${shortNumber(error.noisy)} before, ${shortNumber(error.denoised)} after, ${shortNumber(error.best)} the best possible`
    : '';
  report.say(
    `${noisy.length / dim} points of ${name} denoised at sigma ${shortNumber(sigma)}${squares}: ${out}`,
  );
  return files;
}

function estimate(family: ScoreFamily, sigma: number, y: Float32Array): Float32Array {
  const score = family.at(sigma);
  try {
    return denoiser(score, sigma).denoise(y);
  } finally {
    score.dispose();
  }
}

/** The mean squared error of each estimate, per coordinate. */
function errors<Name extends string>(clean: Float32Array, estimates: Record<Name, Float32Array>) {
  const of = (x: Float32Array) => x.reduce((sum, v, i) => sum + square(v - clean[i]), 0) / x.length;
  return Object.fromEntries(
    Object.entries<Float32Array>(estimates).map(([name, x]) => [name, of(x)]),
  ) as Record<Name, number>;
}

/** Points [n, dim] of an npy file, or of text, a point a line. */
async function readPoints(file: string, dim: number): Promise<Float32Array> {
  const bytes = await readBytes(file);
  if (isText(bytes)) {
    const set = await reading(() => readCsvPoints(bytes, file));
    if (set.dim === dim) return set.points;
    throw new Failure(`${file}: points must have ${dim} coordinates, got ${set.dim}`);
  }
  const { data, shape } = await readNpyFile(file);
  if (shape.length < 2 || shape[shape.length - 1] !== dim || data.length === 0) {
    throw new Failure(`${file}: points must have the shape [n, ${dim}], got [${shape.join(', ')}]`);
  }
  const x = Float32Array.from(data);
  const wrong = x.findIndex((value) => !Number.isFinite(value));
  if (wrong >= 0)
    throw new Failure(`${file}: points must be finite, got ${x[wrong]} in row ${Math.floor(wrong / dim)}`);
  return x;
}

function draw(source: Source, noisy: Float32Array, denoised: Float32Array, out: string): Promise<string[]> {
  const shown = Math.min(noisy.length / 2, MOST_ARROWS);
  const sigma = shortNumber(source.sigma);
  const some = shown < noisy.length / 2 ? `${shown} of ${noisy.length / 2}` : `${shown}`;
  const arrows = { from: noisy.subarray(0, 2 * shown), to: denoised.subarray(0, 2 * shown) };
  return saveFigure(
    out,
    'denoise',
    jumpFigure({
      ...source.limits,
      orientation: source.orientation,
      n: CONTOURS,
      title: `Denoising at σ = ${sigma}`,
      panels: [
        {
          title: `${some} noisy points (grey) and their estimates (blue)`,
          prob: exactProb(source, source.sigma, CONTOURS),
          arrows,
        },
      ],
    }),
  );
}

type DenoiseFlags = Omit<DenoiseOptions, 'out'> & DenoiseRunOptions & ShardOptions & { json?: boolean };

/** The work of denoising with a run, of a picture or of a denoiser, or with a mixture. */
export async function denoiseWork(
  folder: string | undefined,
  options: DenoiseFlags,
  context: Context,
): Promise<Work> {
  if (await isForDenoiser(folder, options, OWN)) {
    const run = await openDenoiser(folder as string, options, context.report);
    return {
      core: run.core,
      out: options.out ?? run.folder,
      compute: (shard) => denoiseParts(run, options, context, shard),
      finish: async (parts) => ({ files: await saveDenoised(run, options, parts, context) }),
    };
  }
  const whole = withOut(options, 'denoise');
  const source = await openSource(folder, options, context.report);
  return {
    core: source.core,
    out: whole.out,
    compute: (shard) => denoisedParts(source, whole, context, shard),
    finish: async (parts) => ({ files: await savePoints(source, whole, parts, context) }),
  };
}

const OWN: KindOptions<DenoiseFlags> = {
  ofPictures: ['level', 'points', 'means', 'sds', 'weights'],
  ofDenoisers: [],
};

export function denoiseCommand(setup: Setup): Command {
  const command = newCommand('denoise', 'estimate the clean points behind noisy ones').description(
    'Denoises points y = x + sigma noise to y + sigma^2 score(y), with the score that a run has learned or the exact one ' +
      'of a mixture: writes noisy.npy and denoised.npy, and a figure with an arrow from each to its estimate. Without ' +
      '--points it draws them, writes clean.npy too, and compares with the best possible. With a run of images or ' +
      'points it takes the first that are held out, and draws a strip of images: clean, noisy, denoised.',
  );
  return addSourceOptions(command)
    .option('--points <file>', 'noisy points of a picture or a mixture, csv or npy [n, dim]')
    .addOption(
      integerOption(
        '--count <n>',
        `points to draw without --points (default: ${COUNT}), or held-out images (default: ${DENOISED})`,
      ),
    )
    .addOption(shardOption('points'))
    .action(async (folder: string | undefined, options: DenoiseFlags) => {
      const context = setup(options);
      await perform('denoise', await denoiseWork(folder, options, context), { folder, options }, context);
    });
}
