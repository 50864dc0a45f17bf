import { foldIn, imageDim, normal } from '../../index.js';
import { chainFrames, shortNumber, walkJumpStrip } from '../../plots/index.js';
import type { FigureInput, FigureOutput, LearnedFigure } from './figure.js';
import { changesOf, type ImageRun, nearestLabels, trainingRows } from './imageRun.js';
import { walkImages } from './imageWalk.js';

/** h, in units of sigma^2: the lecture's. */
export const STEP_SIZE = 1;
/** Noise of a walk in units of the data's deviation: enough to go from one digit to another, little enough to see them. */
const NOISE = 1.6;
/** Pixels a side that one pixel of an image takes in the moving picture. */
const MOVING_SCALE = 4;

/** The noise at which a run is walked, of two digits. */
export const walkSigma = ({ sigma, sigmaData }: ImageRun): number =>
  sigma ?? Number((NOISE * sigmaData).toPrecision(2));

/** Draws walks from training images, and the jumps from every step. */
export async function drawWalk(
  { key, signal, part }: FigureInput,
  run: ImageRun,
  { chains, steps, title }: { chains: number; steps: number; title: string },
): Promise<FigureOutput> {
  const { shape } = run;
  const sigma = walkSigma(run);
  const x = trainingRows(run, chains);
  const drawn = x.length / imageDim(run.training);
  const z = normal(run.denoiser.core, foldIn(key, 0), [x.length]);
  const { walk, jumps } = await walkImages(run, {
    ...{ key: foldIn(key, 1), sigma, stepSize: STEP_SIZE, steps, signal, onStep: part },
    init: x.map((value, i) => value + sigma * z[i]),
  });
  const images = { ...shape, walk, jumps, chains: drawn, walkRange: [-0.5, 1.5] as const };
  const svg = walkJumpStrip({
    ...images,
    steps: Float64Array.from({ length: steps }, (_, t) => t),
    title: `${title}, ${shape.height * shape.width * shape.channels} dimensions, sigma = ${shortNumber(sigma)}, h = sigma²`,
  });
  const labels = nearestLabels(run, jumps);
  return {
    svg,
    numbers: {
      ...{ sigma, stepSize: STEP_SIZE, steps, chains: drawn },
      ...(labels && { labels, changes: 100 * changesOf(labels, drawn) }),
    },
    frames: () => chainFrames({ ...images, scale: MOVING_SCALE }),
  };
}

const STEPS = 200;

/** Walk above, jump below, every step. */
export const learnedWalkFigure: LearnedFigure = {
  name: 'walk',
  about: 'a walk by the learned score above, the jumps below, every step, also moving',
  parts: STEPS,
  lacks: () => undefined,
  make: (input: FigureInput, run: ImageRun) =>
    drawWalk(input, run, { chains: 1, steps: STEPS, title: 'Walk-jump sampling by a learned score' }),
};
