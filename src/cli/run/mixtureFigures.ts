import type { Density } from '../../index.js';
import {
  densityFigure,
  gridPoints,
  type PathFramesOptions,
  pathFigure,
  pathFrames,
  splitChains,
} from '../../plots/index.js';
import type { Context } from '../terminal/report.js';
import { saveFigure, saveMoving } from './figures.js';

/** Grid points a side for contours, as in the article, and for arrows. */
export const CONTOURS = 100;
const ARROWS = 15;
/** Most frames of the moving picture. */
const FRAMES = 200;

/** Limits of a part of the plane, mostly a square one. */
export interface Square {
  xlim: [number, number];
  ylim: [number, number];
}

/** The square that holds every mean and `reach` standard deviations around it. */
export function limitsOf(means: number[][], sds: number[][], reach: number): Square {
  const [x, y] = [0, 1].map((axis) => {
    const low = Math.min(...means.map((mean, k) => mean[axis] - reach * sds[k][axis]));
    const high = Math.max(...means.map((mean, k) => mean[axis] + reach * sds[k][axis]));
    return { middle: (low + high) / 2, half: (high - low) / 2 };
  });
  const half = Math.max(x.half, y.half);
  const around = (middle: number): [number, number] => [middle - half, middle + half];
  return { xlim: around(x.middle), ylim: around(y.middle) };
}

/** The square, enlarged about its centre to hold every position of path [*, 2]. */
function reaching({ xlim, ylim }: Square, path: Float32Array): Square {
  const middle = [xlim, ylim].map(([low, high]) => (low + high) / 2);
  const half = path.reduce(
    (most, v, i) => Math.max(most, Math.abs(v - middle[i % 2])),
    (xlim[1] - xlim[0]) / 2,
  );
  const around = (m: number): [number, number] => [m - half, m + half];
  return { xlim: around(middle[0]), ylim: around(middle[1]) };
}

export interface PathOnMixture {
  means: number[][];
  sds: number[][];
  /** [steps, chains, 2] */
  path: Float32Array;
  steps: number;
  chains: number;
  /** Title of the path's figures. */
  title: string;
  /** Whether the path starts from noise: then the limits must hold all of it. */
  startsFromNoise: boolean;
  out: string;
}

/** Draws a density with its score, and a path on it as a picture and as a moving picture; returns the files. */
export async function drawFigures(
  density: Density,
  drawn: PathOnMixture,
  context: Context,
): Promise<string[]> {
  const { means, sds, path, steps, chains, title, startsFromNoise, out } = drawn;
  const n = CONTOURS;
  // For the article's mixture these are its limits, (-1, 1) and (-1.5, 1.5).
  const near = limitsOf(means, sds, 1.25);
  const wide = startsFromNoise ? reaching(limitsOf(means, sds, 2.5), path) : limitsOf(means, sds, 2.5);
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
    title,
  };
  files.push(...(await saveFigure(out, 'path', pathFigure(figure))));
  files.push(...(await saveMoving(out, 'path', () => pathFrames(figure), context)));
  return files;
}
