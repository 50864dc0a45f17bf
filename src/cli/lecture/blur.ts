import {
  blurDenoiser,
  type Denoiser,
  denoiser,
  empirical,
  foldIn,
  heldOutErrors,
  imageDim,
  type Key,
  linearDenoisers,
  normal,
  pointSet,
} from '../../index.js';
import {
  type ChartPanel,
  type ChartSeries,
  chartFigure,
  imageGrid,
  stackFigures,
} from '../../plots/index.js';
import type { FigureInput, LearnedFigure } from './figure.js';
import { type ImageRun, rowsAt, spread, trainingRows } from './imageRun.js';

/**
 * The part of the noise's variance that a mean over windows along an axis leaves, averaged over its pixels: 1 / (2 radius + 1)
 * inside, and more near the ends, whose pixels stand for those beyond them.
 */
export function noiseLeft(length: number, radius: number): number {
  const weights = new Float64Array(length);
  let sum = 0;
  for (let i = 0; i < length; i++) {
    weights.fill(0);
    for (let k = i - radius; k <= i + radius; k++)
      weights[Math.min(Math.max(k, 0), length - 1)] += 1 / (2 * radius + 1);
    sum += weights.reduce((squares, w) => squares + w * w, 0);
  }
  return sum / length;
}

/** Mean squared errors a pixel at one noise, on held-out images. */
export interface BlurErrors {
  sigma: number;
  /** For each radius: of the blur; what it takes from clean images, its squared bias; and the noise it leaves, its variance. */
  blur: { radius: number; error: number; detail: number; noise: number }[];
  linear: number;
  exact: number;
  learned: number;
}

/** Denoisers of a noise by name: blurs of each radius, the best linear one, that of the training images' exact score, the run's. */
function denoisersOf(run: ImageRun, radii: readonly number[], training: number) {
  const { core } = run.denoiser;
  const dim = imageDim(run.training);
  const points = trainingRows(run, training);
  const linear = linearDenoisers(core, { dim, points });
  const data = pointSet({ dim, points });
  return (sigma: number): Record<string, Denoiser> => {
    const score = empirical(core, data, sigma);
    const blurs = radii.map((radius): [string, Denoiser] => [
      `blur ${radius}`,
      blurDenoiser(core, run.shape, { radius }),
    ]);
    return {
      ...Object.fromEntries(blurs),
      linear: linear.at(sigma),
      exact: { ...withDenoise(denoiser(score, sigma)), dispose: () => score.dispose() },
      learned: {
        core,
        dim,
        denoise: (y, out = new Float32Array(y.length)) => copyTo(out, run.denoiser.denoise(y, sigma)),
      },
    };
  };
}

const withDenoise = (of: Denoiser): Denoiser => ({
  core: of.core,
  dim: of.dim,
  denoise: (y, out) => of.denoise(y, out),
});

function copyTo(out: Float32Array, values: Float32Array): Float32Array {
  out.set(values);
  return out;
}

/** Compares blurs with the other denoisers on `count` held-out images. */
export async function compareBlurs(
  run: ImageRun,
  {
    key,
    sigmas,
    radii,
    count,
    training,
    signal,
    onLevel,
  }: {
    key: Key;
    sigmas: readonly number[];
    radii: readonly number[];
    count: number;
    training: number;
    signal?: AbortSignal;
    onLevel?: () => void;
  },
): Promise<BlurErrors[]> {
  const dim = imageDim(run.training);
  const points = rowsAt(run.heldOut, dim, spread(run.heldOut.length / dim, count));
  const { height, width } = run.shape;
  const detail = radii.map((radius) => {
    const blurred = blurDenoiser(run.denoiser.core, run.shape, { radius }).denoise(points);
    return blurred.reduce((sum, v, i) => sum + (v - points[i]) ** 2, 0) / points.length;
  });
  const results: BlurErrors[] = [];
  const options = { key, sigmas, signal, denoisers: denoisersOf(run, radii, training) };
  for await (const { sigma, errors } of heldOutErrors({ dim, points }, options)) {
    const blur = radii.map((radius, i) => ({
      radius,
      error: errors[`blur ${radius}`],
      detail: detail[i],
      noise: sigma ** 2 * noiseLeft(height, radius) * noiseLeft(width, radius),
    }));
    results.push({ sigma, blur, linear: errors.linear, exact: errors.exact, learned: errors.learned });
    onLevel?.();
  }
  return results;
}

const SIGMAS = [0.25, 0.5, 1];
const RADII = [0, 1, 2, 3, 4];
const SIZES = { count: 200, training: 2000 };
const PICTURES = 12;
const [PICTURE_SIGMA, PICTURE_RADIUS] = [0.5, 1];

/** The errors of one noise by radius, with the other denoisers as lines across. */
function panelOf({ sigma, blur, linear, exact, learned }: BlurErrors): ChartPanel {
  const across = (name: string, error: number, colour: number): ChartSeries => ({
    name,
    x: [RADII[0], RADII[RADII.length - 1]],
    y: [error, error],
    colour,
  });
  const along = (of: 'error' | 'detail' | 'noise') => {
    // A blur of radius 0 takes no detail, which a logarithmic axis cannot show.
    const shown = blur.filter((entry) => entry[of] > 0);
    return { x: shown.map(({ radius }) => radius), y: shown.map((entry) => entry[of]) };
  };
  const errors = [...blur.map(({ error }) => error), linear, exact, learned];
  return {
    title: `noise σ = ${sigma}`,
    x: { name: 'radius of the blur in pixels' },
    y: {
      name: 'held-out error a pixel (log scale)',
      scale: 'log',
      limits: [0.6 * Math.min(...errors), 1.4 * Math.max(...errors)],
    },
    series: [
      { name: 'blur', kind: 'both', ...along('error'), colour: 0 },
      { name: 'of it, detail lost (bias)', ...along('detail'), colour: 5, dashed: true },
      { name: 'of it, noise left (variance)', ...along('noise'), colour: 4, dashed: true },
      across('linear', linear, 2),
      across('exact score of the training images', exact, 3),
      across('learned', learned, 1),
    ],
  };
}

/** Errors of blurs by their radius, beside linear, exact and learned denoisers. */
export const blurFigure: LearnedFigure = {
  name: 'blur',
  draws: 20,
  about: 'held-out errors of a blur by its radius, beside linear, exact and learned denoisers',
  parts: 4 * SIGMAS.length,
  lacks: ({ heldOut }) => (heldOut.length > 0 ? undefined : 'images that are held out'),
  async make({ key, signal, part }: FigureInput, run: ImageRun) {
    const sigmas = run.sigma === undefined ? SIGMAS : [run.sigma];
    const onLevel = () => {
      for (let i = 0; i < 4; i++) part();
    };
    const options = { ...SIZES, key: foldIn(key, 0), sigmas, radii: RADII, signal, onLevel };
    const results = await compareBlurs(run, options);
    const sigma = run.sigma ?? PICTURE_SIGMA;
    const dim = imageDim(run.training);
    const clean = rowsAt(run.heldOut, dim, spread(run.heldOut.length / dim, PICTURES));
    const z = normal(run.denoiser.core, foldIn(key, 1), [clean.length]);
    const noisy = clean.map((x, i) => x + sigma * z[i]);
    const {
      [`blur ${PICTURE_RADIUS}`]: blur,
      linear,
      exact,
      learned,
    } = denoisersOf(run, [PICTURE_RADIUS], SIZES.training)(sigma);
    const rows = [
      { name: 'clean', images: clean },
      { name: `noise ${sigma}`, images: noisy },
      { name: `blur of radius ${PICTURE_RADIUS}`, images: blur.denoise(noisy) },
      { name: 'linear', images: linear.denoise(noisy) },
      { name: 'exact score', images: exact.denoise(noisy) },
      { name: 'learned', images: learned.denoise(noisy) },
    ];
    exact.dispose?.();
    const pictures = imageGrid({
      ...run.shape,
      images: Float32Array.from(rows.flatMap(({ images }) => [...images])),
      columns: clean.length / dim,
      rowLabels: rows.map(({ name }) => name),
    });
    const chart = chartFigure({
      panels: results.map(panelOf),
      columns: 3,
      title:
        'A blur takes off noise and detail: no blur is unbiased, and the best radius grows with the noise',
      width: 350,
      height: 260,
    });
    return {
      svg: stackFigures([chart, pictures]),
      numbers: { images: Math.min(SIZES.count, run.heldOut.length / dim), radii: RADII, results },
    };
  },
};
