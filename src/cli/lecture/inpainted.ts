import {
  bits,
  denoiserScores,
  foldIn,
  imageDim,
  imageMoments,
  linearObservation,
  varianceExploding,
} from '../../index.js';
import { imageGrid } from '../../plots/index.js';
import type { FigureInput, LearnedFigure } from './figure.js';
import { fillIn } from './filledIn.js';
import { type ImageRun, rowsAt, spread } from './imageRun.js';

/** What is seen of a picture, as which of its coordinates. */
interface Window {
  name: string;
  /** [dim], 0 what is hidden. */
  mask: Uint8Array;
}

/** The upper half of a picture, and a quarter of its pixels, each by chance. */
export function windowsOf({ shape, denoiser }: ImageRun, key: Uint32Array): Window[] {
  const { height, width, channels } = shape;
  const row = width * channels;
  const chance = bits(denoiser.core, key, [height * width]);
  return [
    {
      name: 'the upper half',
      mask: Uint8Array.from({ length: height * row }, (_, i) => Number(i < (height * row) / 2)),
    },
    {
      name: 'a quarter of the pixels',
      mask: Uint8Array.from({ length: height * row }, (_, i) =>
        Number(chance[Math.floor(i / channels)] < 2 ** 30),
      ),
    },
  ];
}

const COLUMNS = 8;
const NOISE = 0.1;
const PARTICLES = 8;
const STEPS = 40;

/** Held-out images given a part of them, by a learned score. */
export const inpaintedFigure: LearnedFigure = {
  name: 'inpainted',
  draws: 17,
  about:
    'held-out images given their upper half or a quarter of their pixels, filled in by the learned score',
  parts: 40,
  lacks({ heldOut, sigma }) {
    if (heldOut.length === 0) return 'images that are held out';
    return sigma === undefined ? undefined : 'a denoiser of many noises';
  },
  async make({ key, signal, part }: FigureInput, run: ImageRun) {
    const dim = imageDim(run.training);
    const shown = rowsAt(run.heldOut, dim, spread(run.heldOut.length / dim, COLUMNS));
    const count = shown.length / dim;
    const family = denoiserScores(run.denoiser, { moments: imageMoments(run.training) });
    const process = varianceExploding({ sigmaMin: run.sigmaData / 100, sigmaMax: 30 * run.sigmaData });
    const rows: [string, Float32Array][] = [['images not seen in training', shown]];
    const errors: Record<string, number[]> = {};
    for (const [w, { name, mask }] of windowsOf(run, foldIn(key, 0)).entries()) {
      const observations = Array.from({ length: count }, (_, i) =>
        linearObservation({ mask, observed: shown.subarray(i * dim, (i + 1) * dim), noise: NOISE }),
      );
      rows.push([`seen: ${name}`, shown.map((value, i) => (mask[i % dim] ? value : 0.5))]);
      errors[name] = [];
      for (const particles of [undefined, PARTICLES]) {
        const options = { process, steps: STEPS, particles, signal };
        const x = await fillIn(family, observations, {
          ...options,
          key: foldIn(foldIn(key, 1 + w), particles ?? 0),
        });
        rows.push([particles === undefined ? 'guidance alone' : `${particles} particles`, x]);
        const hidden = mask.reduce((sum, seen) => sum + 1 - seen, 0) * count;
        errors[name].push(
          Math.sqrt(x.reduce((sum, v, i) => sum + (mask[i % dim] ? 0 : (v - shown[i]) ** 2), 0) / hidden),
        );
        for (let i = 0; i < 10; i++) part();
      }
    }
    const svg = imageGrid({
      images: Float32Array.from(rows.flatMap(([, images]) => [...images])),
      ...{ ...run.shape, columns: count },
      rowLabels: rows.map(([label]) => label),
      title: 'Images given a part of them, filled in by a network',
    });
    return {
      svg,
      numbers: { images: count, noise: NOISE, particles: PARTICLES, steps: STEPS, hiddenErrors: errors },
    };
  },
};
