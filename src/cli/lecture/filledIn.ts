import {
  type Core,
  collect,
  conditionalDiffusion,
  conditionalScores,
  type DiffusionProcess,
  dataScores,
  digits,
  foldIn,
  guidedScores,
  type ImageSet,
  imageRows,
  type Key,
  linearObservation,
  type Observation,
  pointSet,
  probabilityFlow,
  type ScoreFamily,
  uniform,
  varianceExploding,
} from '../../index.js';
import { imageGrid } from '../../plots/index.js';
import type { FigureInput, LectureFigure } from './figure.js';

const SIDE = 16;
const PIXELS = SIDE * SIDE;
const COLUMNS = 10;
/** Digits that the exact score knows. */
const KNOWN = 1000;
const NOISE = 0.2;
const PARTICLES = 16;
const RUN = { process: varianceExploding({ sigmaMin: 0.02, sigmaMax: 30 }), steps: 40 };

interface Filling {
  key: Key;
  process: DiffusionProcess;
  steps: number;
  particles?: number;
  signal?: AbortSignal;
}

/** A picture for each observation: by guidance along the flow, or with particles by the twisted diffusion sampler. */
export async function fillIn(
  family: ScoreFamily,
  observations: readonly Observation[],
  { key, particles, ...common }: Filling,
): Promise<Float32Array> {
  const rows: number[] = [];
  for (const [i, observation] of observations.entries()) {
    const options = { ...common, key: foldIn(key, i) };
    const run =
      particles === undefined
        ? probabilityFlow(conditionalScores(family, observation), options)
        : conditionalDiffusion(family, { ...options, observation, particles });
    rows.push(...(await collect(run)).x);
  }
  return Float32Array.from(rows);
}

/** Grey rows [n, pixels] in the colours [n, 3]: [n, pixels, 3]. */
function coloured(grey: Float32Array, colours: Float32Array): Float32Array {
  const out = new Float32Array(3 * grey.length);
  for (let i = 0; i < out.length; i++) {
    const pixel = Math.floor(i / 3);
    out[i] = grey[pixel] * colours[3 * Math.floor(pixel / PIXELS) + (i % 3)];
  }
  return out;
}

/** Two of a colour's three parts are strong, the third is weak, so that grey says little of which. */
function colours(core: Core, key: Key, n: number): Float32Array {
  const which = uniform(core, key, [n]);
  return Float32Array.from({ length: 3 * n }, (_, i) =>
    i % 3 === Math.floor(3 * which[Math.floor(i / 3)]) ? 0.15 : 0.95,
  );
}

/** The mean of the three parts of each pixel, as a matrix [pixels, 3 pixels]. */
function greyMatrix(): Float32Array {
  const matrix = new Float32Array(3 * PIXELS * PIXELS);
  for (let pixel = 0; pixel < PIXELS; pixel++) {
    for (let part = 0; part < 3; part++) matrix[pixel * 3 * PIXELS + 3 * pixel + part] = 1 / 3;
  }
  return matrix;
}

const asColours = (grey: Float32Array) =>
  coloured(grey, new Float32Array(3 * (grey.length / PIXELS)).fill(1));

/** One digit of each class from 0 to 9, the first there is: rows. */
function firstOfEach({ labels }: ImageSet): number[] {
  return Array.from({ length: COLUMNS }, (_, k) => Array.from(labels ?? []).indexOf(k));
}

/** Pictures given a part of them, given their grey, and of a class: by the exact score of other pictures. */
export const filledInFigure: LectureFigure = {
  name: 'filled-in',
  draws: 16,
  about: 'pictures given their upper half, given their grey, and of a class, by the exact score of others',
  parts: 30,
  async make({ core, key, signal, part }: FigureInput) {
    const known = digits(core, foldIn(key, 0), KNOWN, { size: SIDE });
    const others = digits(core, foldIn(key, 1), 200, { size: SIDE });
    const knownRows = imageRows(known);
    const shown = imageRows(others, firstOfEach(others));
    const family = dataScores(core, pointSet({ dim: PIXELS, points: knownRows }));
    const each = (x: Float32Array, dim: number) =>
      Array.from({ length: COLUMNS }, (_, i) => x.subarray(i * dim, (i + 1) * dim));
    const done = () => {
      for (let i = 0; i < 5; i++) part();
    };

    const mask = Uint8Array.from({ length: PIXELS }, (_, i) => Number(i < PIXELS / 2));
    const halves = each(shown, PIXELS).map((observed) => linearObservation({ mask, observed, noise: NOISE }));
    const guided = await fillIn(family, halves, { ...RUN, key: foldIn(key, 2), signal });
    done();
    const filled = await fillIn(family, halves, {
      ...RUN,
      key: foldIn(key, 3),
      particles: PARTICLES,
      signal,
    });
    done();

    const palette = colours(core, foldIn(key, 4), KNOWN);
    const points = coloured(knownRows, palette);
    const inColour = dataScores(core, pointSet({ dim: 3 * PIXELS, points }));
    const truth = coloured(shown, colours(core, foldIn(key, 5), COLUMNS));
    const grey = Float32Array.from(
      { length: COLUMNS * PIXELS },
      (_, i) => (truth[3 * i] + truth[3 * i + 1] + truth[3 * i + 2]) / 3,
    );
    const matrix = greyMatrix();
    const greys = each(grey, PIXELS).map((observed) => linearObservation({ matrix, observed, noise: NOISE }));
    const again: Float32Array[] = [];
    for (const n of [6, 7]) {
      again.push(
        await fillIn(inColour, greys, { ...RUN, key: foldIn(key, n), particles: PARTICLES, signal }),
      );
      done();
    }

    const classes: Float32Array[] = [];
    for (const weight of [1, 3]) {
      const rows: number[] = [];
      for (let k = 0; k < COLUMNS; k++) {
        const own = Array.from(known.labels ?? []).flatMap((label, i) => (label === k ? [i] : []));
        const ofClass = dataScores(core, pointSet({ dim: PIXELS, points: imageRows(known, own) }));
        const leaning = guidedScores(ofClass, family, weight);
        const options = { ...RUN, key: foldIn(foldIn(key, 8), k), signal };
        rows.push(...(await collect(probabilityFlow(leaning, options))).x);
      }
      classes.push(Float32Array.from(rows));
      done();
    }

    const seen = shown.map((value, i) => (mask[i % PIXELS] ? value : 0.5));
    const sheet: [string, Float32Array][] = [
      ['digits that the score does not know', asColours(shown)],
      ['what is seen of them', asColours(seen)],
      ['guidance alone', asColours(guided)],
      [`${PARTICLES} particles`, asColours(filled)],
      ['coloured digits that it does not know', truth],
      ['their grey', asColours(grey)],
      [`coloured again, ${PARTICLES} particles`, again[0]],
      ['and once more', again[1]],
      ['of each class: its exact score', asColours(classes[0])],
      ['leaning towards it, guidance 3', asColours(classes[1])],
    ];
    const svg = imageGrid({
      images: Float32Array.from(sheet.flatMap(([, rows]) => [...rows])),
      ...{ height: SIDE, width: SIDE, channels: 3, columns: COLUMNS, scale: 3 },
      rowLabels: sheet.map(([label]) => label),
      title: `Conditioning the exact score of ${KNOWN} digits`,
    });
    const error = (x: Float32Array) => {
      const hidden = x.filter((_, i) => !mask[i % PIXELS]);
      const want = shown.filter((_, i) => !mask[i % PIXELS]);
      return Math.sqrt(hidden.reduce((sum, v, i) => sum + (v - want[i]) ** 2, 0) / hidden.length);
    };
    return {
      svg,
      numbers: {
        ...{ known: KNOWN, noise: NOISE, particles: PARTICLES },
        ...{ hiddenErrorGuided: error(guided), hiddenErrorFilled: error(filled) },
      },
    };
  },
};
