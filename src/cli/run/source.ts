import type { Command } from 'commander';
import { drawPoints } from '../../apps/drawPoints.js';
import { hypot, log } from '../../core/elementary.js';
import {
  type Core,
  categorical,
  type Density,
  type Kernel,
  type Key,
  loadCore,
  networkScores,
  normal,
  type ScoreFamily,
  split,
} from '../../index.js';
import { gridPoints, type Orientation } from '../../plots/index.js';
import { UsageError } from '../terminal/failure.js';
import {
  integerOption,
  kernelOption,
  layoutOption,
  positiveOption,
  seedOption,
  threadsOption,
} from '../terminal/options.js';
import type { Report } from '../terminal/report.js';
import { exactScores } from './exactScores.js';
import { limitsOf, type Square } from './mixtureFigures.js';
import { addMixtureOptions, type MixtureFlags, mixtureSource } from './mixtureSource.js';
import { openRun } from './runFolder.js';
import { levelOf } from './samples.js';

/** Options that choose the scores a command works on, and the noise. */
export interface SourceOptions extends MixtureFlags {
  level?: number;
  sigma?: number;
  kernel?: 'auto' | Kernel;
  threads?: 'auto' | number;
}

/** The scores of a run or of a mixture, and one noise to use them at. */
export interface Source {
  core: Core;
  dim: number;
  /** Its name in messages. */
  name: string;
  /** The scores to use: learned ones for a run, exact ones for a mixture. */
  family: ScoreFamily;
  /** The exact scores. */
  exact: ScoreFamily<Density>;
  sigma: number;
  /** The least noise whose density is smooth enough for contours. */
  leastSeen: number;
  /** Draws clean points [n, dim]. */
  draw(key: Key, n: number): Float32Array;
  /** Axis limits of figures. */
  limits: Square;
  orientation: Orientation;
}

/** The default noise for a run: enough for chains to move between strokes of a picture. */
const SIGMA = 0.1;
/** The least noise for which a picture's density is smooth enough for contours. */
const SEEN = 0.03;

/** Opens the run in `folder`, or a mixture if there is none. @throws UsageError on options that contradict each other */
export async function openSource(
  folder: string | undefined,
  options: SourceOptions,
  report: Report,
): Promise<Source> {
  const { level, sigma, means, sds, weights, kernel, threads } = options;
  if (folder === undefined) {
    if (level !== undefined) throw new UsageError('--level is for a RUN; give --sigma for a mixture');
    const core = await loadCore({ kernel, threads });
    const mixture = mixtureSource(core, options);
    return {
      core,
      dim: mixture.family.dim,
      name: `a mixture of ${mixture.means.length}`,
      family: mixture.family,
      exact: mixture.family,
      sigma: sigma ?? mixture.spread,
      leastSeen: 0,
      draw: (key, n) => drawMixture(core, mixture, key, n),
      limits: limitsOf(
        mixture.means,
        mixture.sds.map((row) => row.map((sd) => hypot(sd, sigma ?? mixture.spread))),
        2.5,
      ),
      orientation: 'plane',
    };
  }
  if (means ?? sds ?? weights) throw new UsageError('--means, --sds and --weights are not for a RUN');
  if (level !== undefined && sigma !== undefined)
    throw new UsageError('--level and --sigma cannot be combined; give one of them');
  const { core, network, data } = await openRun(folder, { kernel, threads }, report);
  const [low, high] = [network.sigmas[0], network.sigmas[network.sigmas.length - 1]];
  // Levels are float32: the ends that people type may lie beside them.
  const near = 1 + 1e-5;
  if (sigma !== undefined && !(sigma >= low / near && sigma <= high * near)) {
    const [least, most] = [low, high].map((end) => Number(end.toPrecision(4)));
    throw new UsageError(`--sigma must be from ${least} to ${most}, noises of this network, got ${sigma}`);
  }
  return {
    core,
    dim: data.dim,
    name: folder,
    family: networkScores(network),
    exact: exactScores(core, data),
    sigma:
      sigma === undefined
        ? network.sigmas[levelOf(network, level, SIGMA)]
        : Math.min(high, Math.max(low, sigma)),
    leastSeen: SEEN,
    draw: (key, n) => drawPoints(core, key, data, n),
    limits: { xlim: [-0.1, 1.1], ylim: [-0.1, 1.1] },
    orientation: 'image',
  };
}

function drawMixture(
  core: Core,
  { means, sds, weights }: Required<MixtureFlags>,
  key: Key,
  n: number,
): Float32Array {
  const [which, noise] = split(key);
  const dim = means[0].length;
  const component = categorical(core, which, Float32Array.from(weights, log), n);
  return normal(core, noise, [n, dim]).map((z, i) => {
    const [k, d] = [component[Math.floor(i / dim)], i % dim];
    return means[k][d] + sds[k][d] * z;
  });
}

/** The exact density under noise at gridPoints, [n * n], for contours. */
export function exactProb({ exact, limits, leastSeen }: Source, sigma: number, n: number): Float32Array {
  const density = exact.at(Math.max(sigma, leastSeen));
  try {
    return density.prob(gridPoints({ ...limits, n }));
  } finally {
    density.dispose();
  }
}

/** @throws UsageError without a folder, which pictures and mixtures need */
export function withOut<Options extends { out?: string }>(
  options: Options,
  command: string,
): Options & { out: string } {
  const { out } = options;
  if (out !== undefined) return { ...options, out };
  throw new UsageError(`required option '--out <folder>' not specified; see scorefield ${command} --help`);
}

export function addSourceOptions(command: Command): Command {
  return addMixtureOptions(
    command
      .argument('[RUN]', "folder of a run; without one, a mixture: the article's, or that of --means")
      .addOption(integerOption('--level <n>', `noise level of a run (default: of sigma nearest ${SIGMA})`, 0))
      .addOption(
        positiveOption(
          '--sigma <x>',
          'the noise itself (default: of a mixture its largest standard deviation; of a run of images or points ' +
            "the one it was trained at, else 1.6 deviations of the images' pixels, or 0.5 of points)",
        ),
      ),
  )
    .addOption(seedOption('--seed <n>', 'of points and noise (default: 0)'))
    .addOption(layoutOption())
    .addOption(threadsOption())
    .addOption(kernelOption())
    .option('--out <folder>', 'where the files go (default, of a run of images or points: its folder)');
}
