import {
  type Core,
  calibratePatches,
  collect,
  dataScores,
  digits,
  foldIn,
  type ImageSet,
  imagePoints,
  imageRows,
  type Key,
  localScores,
  type Memorisation,
  memorisation,
  type PatchCalibration,
  probabilityFlow,
  splitImages,
  varianceExploding,
} from '../../index.js';
import { chartFigure, imageGrid, stackFigures } from '../../plots/index.js';
import type { FigureInput, LectureFigure } from './figure.js';

/** Samples [n, dim], how near they are to the data, and the data nearest to them. */
export interface NewOrCopied extends Memorisation {
  x: Float32Array;
  nearestData: Float32Array;
}

export interface LocalAndExact {
  training: ImageSet;
  heldOut: ImageSet;
  exact: NewOrCopied;
  local: NewOrCopied;
  /** How near the held-out images are. */
  real: Memorisation;
}

/** Draws samples by the flow of the exact score of digits and by that of their local scores, from the same noise. */
export async function sampleDigits(
  core: Core,
  options: { key: Key; data: number; heldOut: number; chains: number; steps: number; signal?: AbortSignal },
): Promise<LocalAndExact> {
  const { key, data, heldOut: held, chains, steps, signal } = options;
  const { training, heldOut } = splitImages(digits(core, foldIn(key, 0), data + held), held);
  const points = imagePoints(training);
  const process = varianceExploding({ sigmaMin: 0.05, sigmaMax: 8 });
  const run = { key: foldIn(key, 1), process, chains, steps, signal };
  const near = (x: Float32Array): NewOrCopied => {
    const found = memorisation(x, points);
    return { ...found, x, nearestData: imageRows(training, found.nearest) };
  };
  const exact = near((await collect(probabilityFlow(dataScores(core, points), run))).x);
  const local = near((await collect(probabilityFlow(localScores(core, training), run))).x);
  return { training, heldOut, exact, local, real: memorisation(imageRows(heldOut), points) };
}

const DATA = 2000;
const HELD_OUT = 40;
const SHOWN = 12;
const STEPS = 16;
const SIGMAS = [0.1, 0.18, 0.3, 0.5, 0.8, 1.3, 2, 3.2];
const SIZES = [3, 7, 13, Number.POSITIVE_INFINITY];

/** The exact score's copies beside the local scores' new digits, and held-out errors by the size of patches. */
export const localFigure: LectureFigure = {
  name: 'local',
  draws: 14,
  about: "the exact score's copies beside new digits by local scores, and held-out errors by patch size",
  parts: 30,
  async make({ core, key, signal, part }: FigureInput) {
    const sizes = { data: DATA, heldOut: HELD_OUT, chains: SHOWN, steps: STEPS };
    const found = await sampleDigits(core, { ...sizes, key: foldIn(key, 0), signal });
    for (let i = 0; i < 10; i++) part();
    const { training, heldOut } = found;
    const options = { key: foldIn(key, 1), sigmas: SIGMAS, sizes: SIZES, signal };
    const calibration = await calibratePatches(core, training, heldOut, options);
    for (let i = 0; i < 20; i++) part();
    const kinds = { exact: found.exact, local: found.local, real: found.real };
    const numbers = Object.entries(kinds).map(([name, { copied, meanDistance }]) => [
      name,
      { copied, meanDistance },
    ]);
    return {
      svg: localSheet(found, calibration),
      numbers: { ...sizes, ...Object.fromEntries(numbers), sigmas: SIGMAS, errors: calibration.errors },
    };
  },
};

function localSheet({ training, exact, local, real }: LocalAndExact, { errors }: PatchCalibration): string {
  const rows = [exact.x, exact.nearestData, local.x, local.nearestData];
  const images = rows.flatMap((row) => [...row]);
  const copies = ({ copied }: Memorisation) => `${Math.round(100 * copied)} % copies`;
  const grid = imageGrid({
    height: training.height,
    width: training.width,
    channels: 1,
    images,
    columns: SHOWN,
    gap: 2,
    scale: 2,
    rowLabels: [
      `exact score: ${copies(exact)}`,
      'datum nearest to it',
      `local scores: ${copies(local)}`,
      'datum nearest to it',
    ],
  });
  const distance = ({ meanDistance }: Memorisation) => meanDistance.toFixed(2);
  const chart = chartFigure({
    panels: [
      {
        title: `error on ${HELD_OUT} held-out digits`,
        x: { name: 'noise σ (log scale)', scale: 'log' },
        y: { name: 'mean squared error (log scale)', scale: 'log' },
        series: SIZES.map((size, i) => ({
          name:
            size === Number.POSITIVE_INFINITY
              ? 'whole picture: the exact score'
              : `patches of ${size} x ${size}`,
          kind: 'both' as const,
          x: SIGMAS,
          y: errors.map((row) => row[i]),
        })),
      },
    ],
    width: 760,
    height: 290,
  });
  return stackFigures([grid, chart], {
    title: 'The exact score copies its data; local scores make new digits of their patches',
    caption:
      `Both flows start from the same noise. Mean distance to the nearest of ${DATA.toLocaleString('en-US')} data: exact score ` +
      `${distance(exact)}, local scores ${distance(local)}, held-out digits ${distance(real)}.`,
  });
}
