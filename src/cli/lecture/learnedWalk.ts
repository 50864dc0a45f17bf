import { foldIn, imageDim, normal } from '../../index.js';
import { chainFrames, shortNumber, walkJumpStrip } from '../../plots/index.js';
import type { FigureInput, FigureOutput, LearnedFigure } from './figure.js';
import { changesOf, type ImageRun, nearestLabels, trainingRows } from './imageRun.js';
import { walkImages } from './imageWalk.js';

/** Pixels a side that one pixel of an image takes in the moving picture. */
const MOVING_SCALE = 4;

/** How walks are drawn. */
export interface DrawnWalk {
  chains: number;
  steps: number;
  /** h, in units of sigma^2. */
  stepSize: number;
  /** sigma in units of the data's deviation, of two digits; a run that has learned one noise alone has that. */
  noise: number;
  title: string;
}

/** Draws walks from training images, and the jumps from every step. */
export async function drawWalk(
  { key, signal, part }: FigureInput,
  run: ImageRun,
  { chains, steps, stepSize, noise, title }: DrawnWalk,
): Promise<FigureOutput> {
  const { shape } = run;
  const sigma = run.sigma ?? Number((noise * run.sigmaData).toPrecision(2));
  const x = trainingRows(run, chains);
  const dim = imageDim(run.training);
  const drawn = x.length / dim;
  const z = normal(run.denoiser.core, foldIn(key, 0), [x.length]);
  const { walk, jumps } = await walkImages(run, {
    ...{ key: foldIn(key, 1), sigma, stepSize, steps, signal, onStep: part },
    init: x.map((value, i) => value + sigma * z[i]),
  });
  const images = { ...shape, walk, jumps, chains: drawn, walkRange: [-0.5, 1.5] as const };
  const svg = walkJumpStrip({
    ...images,
    steps: Float64Array.from({ length: steps }, (_, t) => t),
    title: `${title}, ${dim} dimensions, σ = ${shortNumber(sigma)}, h = ${stepSize === 1 ? '' : `${stepSize} `}σ²`,
  });
  const labels = nearestLabels(run, jumps);
  return {
    svg,
    numbers: {
      ...{ sigma, stepSize, steps, chains: drawn },
      ...(labels && { labels, changes: 100 * changesOf(labels, drawn) }),
    },
    frames: () => chainFrames({ ...images, scale: MOVING_SCALE }),
  };
}

/** The lecture's step, and enough noise to go from one digit to another, little enough to see them. */
const WALK = { chains: 1, steps: 200, stepSize: 1, noise: 1.6 };

/** Walk above, jump below, every step. */
export const learnedWalkFigure: LearnedFigure = {
  name: 'walk',
  draws: 10,
  about: 'a walk by the learned score above, the jumps below, every step, also moving',
  parts: WALK.steps,
  lacks: () => undefined,
  make: (input: FigureInput, run: ImageRun) =>
    drawWalk(input, run, { ...WALK, title: 'Walk-jump sampling by a learned score' }),
};
