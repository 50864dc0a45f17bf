import { join } from 'node:path';
import type { Command } from 'commander';
import {
  collect,
  type Density,
  type Kernel,
  key,
  type Layout,
  langevin,
  loadCore,
  mixture,
  normal,
  split,
  writeNpy,
} from '../index.js';
import {
  densityFigure,
  gridPoints,
  type PathFramesOptions,
  pathFigure,
  pathFrames,
  splitChains,
} from '../plots/index.js';
import { checkedUsage, UsageError } from './failure.js';
import { saveFigure, saveMoving } from './figures.js';
import { openFolder, saveFile } from './files.js';
import {
  integerOption,
  kernelOption,
  layoutOption,
  newCommand,
  pointsOption,
  positiveOption,
  weightsOption,
} from './options.js';
import type { Context, Setup } from './report.js';

export interface MixtureOptions {
  out: string;
  means?: number[][];
  sds?: number[][];
  weights?: number[];
  steps?: number;
  stepSize?: number;
  chains?: number;
  seed?: number;
  layout?: Layout;
  kernel?: 'auto' | Kernel;
}

/** What the command writes for a mixture in the plane; mp4 where there is ffmpeg. */
export const MIXTURE_FILES = [
  'density.svg',
  'density.png',
  'path.svg',
  'path.png',
  'path.gif',
  'path.npy',
] as const;

/** The article's mixture and its path. */
const ARTICLE = {
  means: [
    [0.5, 0.5],
    [-0.5, -0.5],
  ],
  sd: 0.4,
  steps: 200,
  stepSize: 0.01,
  chains: 1,
  seed: 0,
};

/** Points a side of the contours, as the article has them, and of the arrows. */
const CONTOURS = 100;
const ARROWS = 15;
/** Frames of the moving picture. */
const FRAMES = 200;
/** Numbers a path may hold: it is kept whole, and printed with --json. */
const MOST_NUMBERS = 2 ** 26;

/** Draws a mixture's log-density and score, and a path of Langevin dynamics on it; returns the files. */
export async function runMixture(options: MixtureOptions, context: Context): Promise<string[]> {
  const { report, signal } = context;
  const { means, steps, stepSize, chains, seed } = { ...ARTICLE, ...options };
  const { out, weights, layout = 'original', kernel } = options;
  const dim = means[0].length;
  const sds = options.sds ?? means.map((mean) => mean.map(() => ARTICLE.sd));
  if (steps * chains * dim > MOST_NUMBERS) {
    throw new UsageError(
      `--steps ${steps} times --chains ${chains} is a path of more than ${MOST_NUMBERS} numbers; lower one of them`,
    );
  }
  const core = await loadCore({ kernel });
  const density = named(() => mixture(core, { means, sds, weights }));
  await openFolder(out);
  const [zKey, x0Key] = split(key(seed), 3, { layout });
  const init = normal(core, x0Key, [chains, dim], { layout }).map((z) => 0.5 * z);
  const run = langevin(density, { key: zKey, steps, stepSize, chains, init, thin: 1, layout, signal });
  const { path } = await collect(run);
  for (let chain = 0; chain < chains; chain++) {
    const x = Array.from({ length: steps }, (_, t) =>
      Array.from(path.subarray((t * chains + chain) * dim, (t * chains + chain + 1) * dim)),
    );
    report.event('path', { chain, x });
  }
  const file = join(out, 'path.npy');
  await saveFile(file, writeNpy(path, [steps, chains, dim]));
  if (dim !== 2) {
    report.say(`The figures are for 2 dimensions; with ${dim} there is only the path: ${file}`);
    return [file];
  }
  const figures = await drawFigures(density, { means, sds, path, steps, chains, out }, context);
  report.say(`A mixture of ${means.length}, and ${steps} steps of Langevin dynamics on it: ${out}`);
  return [...figures, file];
}

function named<T>(make: () => T): T {
  try {
    return checkedUsage(make);
  } catch (error) {
    throw error instanceof UsageError ? new UsageError(`--${error.message}`) : error;
  }
}

/** A square around all means, `reach` standard deviations wide on each side. */
function limitsOf(
  means: number[][],
  sds: number[][],
  reach: number,
): { xlim: [number, number]; ylim: [number, number] } {
  const [x, y] = [0, 1].map((axis) => {
    const low = Math.min(...means.map((mean, k) => mean[axis] - reach * sds[k][axis]));
    const high = Math.max(...means.map((mean, k) => mean[axis] + reach * sds[k][axis]));
    return { middle: (low + high) / 2, half: (high - low) / 2 };
  });
  const half = Math.max(x.half, y.half);
  const around = (middle: number): [number, number] => [middle - half, middle + half];
  return { xlim: around(x.middle), ylim: around(y.middle) };
}

interface Drawn {
  means: number[][];
  sds: number[][];
  path: Float32Array;
  steps: number;
  chains: number;
  out: string;
}

async function drawFigures(density: Density, drawn: Drawn, context: Context): Promise<string[]> {
  const { means, sds, path, steps, chains, out } = drawn;
  const n = CONTOURS;
  // For the article's mixture these are its limits, (-1, 1) and (-1.5, 1.5).
  const [near, wide] = [limitsOf(means, sds, 1.25), limitsOf(means, sds, 2.5)];
  const at = gridPoints({ ...near, n: ARROWS });
  const files = await saveFigure(
    out,
    'density',
    densityFigure({
      ...near,
      n,
      logProb: density.logProb(gridPoints({ ...near, n })),
      arrows: { n: ARROWS, x: at, score: density.score(at) },
      title: 'Log-density and score of the mixture',
    }),
  );
  const figure: PathFramesOptions = {
    ...wide,
    n,
    prob: density.prob(gridPoints({ ...wide, n })),
    paths: splitChains(path, chains),
    every: Math.ceil(steps / FRAMES),
    title: `${steps.toLocaleString('en-US')} steps of Langevin dynamics`,
  };
  files.push(...(await saveFigure(out, 'path', pathFigure(figure))));
  files.push(...(await saveMoving(out, 'path', () => pathFrames(figure), context)));
  return files;
}

export function mixtureCommand(setup: Setup): Command {
  return newCommand('mixture', 'draw a mixture of Gaussians, its score, and a path on it')
    .description(
      'Draws the log-density of a mixture of Gaussians with its score, and a path of Langevin dynamics as a picture ' +
        'and as a moving picture. In other than 2 dimensions there is only the path.',
    )
    .addOption(pointsOption('--means <points>', 'the means (default: "0.5,0.5;-0.5,-0.5")'))
    .addOption(
      pointsOption(
        '--sds <points>',
        `the standard deviation of each coordinate (default: all ${ARTICLE.sd})`,
      ),
    )
    .addOption(weightsOption('--weights <w,w,...>', 'shares of the components (default: equal)'))
    .addOption(integerOption('--steps <n>', `steps of Langevin dynamics (default: ${ARTICLE.steps})`))
    .addOption(positiveOption('--step-size <x>', `eta (default: ${ARTICLE.stepSize})`))
    .addOption(integerOption('--chains <n>', `chains side by side (default: ${ARTICLE.chains})`))
    .addOption(integerOption('--seed <n>', `of starts and noise (default: ${ARTICLE.seed})`, 0))
    .addOption(layoutOption())
    .addOption(kernelOption())
    .requiredOption('--out <folder>', 'where the files go')
    .action(async (options: MixtureOptions & { json?: boolean }) => {
      const context = setup(options);
      const files = await runMixture(options, context);
      context.report.event('done', { command: 'mixture', files });
    });
}
