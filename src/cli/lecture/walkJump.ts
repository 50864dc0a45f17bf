import { type Core, collect, empirical, foldIn, type Key, nearest, walkJump } from '../../index.js';
import { stripFigure } from '../../plots/index.js';
import { DIGIT_HEIGHT, DIGIT_PLACES, DIGIT_WIDTH, digits } from './digits.js';
import type { FigureInput, LectureFigure } from './figure.js';

export interface Walked {
  /** [kept, 63] */
  walk: Float32Array;
  jump: Float32Array;
  /** The digit nearest to each jump: [kept]. */
  shown: number[];
}

/** Walks over noisy pictures of digits by the exact score, starting at a digit, and jumps from every kept picture. */
export async function walkDigits(
  core: Core,
  {
    key,
    sigma,
    stepSize,
    kept,
    thin,
    signal,
  }: {
    key: Key;
    sigma: number;
    stepSize: number;
    kept: number;
    thin: number;
    signal?: AbortSignal;
  },
): Promise<Walked> {
  const data = digits();
  const { dim } = data;
  using score = empirical(core, data, sigma);
  const init = data.points.slice(4 * dim, 5 * dim);
  const states = walkJump(score, { sigma, stepSize, key, steps: kept * thin, thin, init, signal });
  const { path, jump } = await collect(states);
  const clean = jump(path);
  const shown = Array.from(nearest(clean, data.points, { dim }).index, (i) => Math.floor(i / DIGIT_PLACES));
  return { walk: path, jump: clean, shown };
}

const SIGMA = 0.65;
const STEP_SIZE = 0.5;
const KEPT = 24;
const THIN = 8;

/** Walk above, jump below. */
export const walkJumpFigure: LectureFigure = {
  name: 'walk-jump',
  draws: 5,
  about: 'a walk through noisy digits above, the jumps to clean ones below',
  parts: 1,
  async make({ core, key, signal, part }: FigureInput) {
    const options = { sigma: SIGMA, stepSize: STEP_SIZE, kept: KEPT, thin: THIN, signal };
    const { walk, jump, shown } = await walkDigits(core, { ...options, key: foldIn(key, 0) });
    part();
    const size = DIGIT_HEIGHT * DIGIT_WIDTH;
    const pictures = (x: Float32Array) =>
      Array.from({ length: KEPT }, (_, i) => x.subarray(i * size, (i + 1) * size));
    const svg = stripFigure({
      height: DIGIT_HEIGHT,
      width: DIGIT_WIDTH,
      rows: [
        { name: `walk: noisy y, every ${THIN}th step`, pictures: pictures(walk), range: [-1, 2] },
        { name: 'jump: x̂(y) = y + σ² score(y)', pictures: pictures(jump) },
      ],
      title: `Walk-jump sampling of digits, 63 dimensions, σ = ${SIGMA}, h = ${STEP_SIZE} σ²`,
      side: 32,
    });
    return { svg, numbers: { sigma: SIGMA, stepSize: STEP_SIZE, thin: THIN, digits: shown } };
  },
};
