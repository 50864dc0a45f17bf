import {
  builtInImage,
  categorical,
  curl,
  type Density,
  denoiserScores,
  densityHistogram,
  empirical,
  energyNetwork,
  foldIn,
  geomspace,
  imageDistribution,
  type Key,
  key as keyOf,
  learnedDenoiser,
  network,
  normal,
  type PointSet,
  presets,
  smoothedHistogram,
  type TrainDenoiserOptions,
  totalVariation,
  train,
  trainDenoiser,
  trainLikelihood,
} from '../../index.js';
import {
  type ChartSeries,
  chartFigure,
  gridPoints,
  type PointPanel,
  pointFigure,
  stackFigures,
} from '../../plots/index.js';
import type { FigureInput, LectureFigure } from './figure.js';
import { rounded } from './figure.js';

/** What is learned how long, and where it is looked at. */
export interface EnergyRun {
  hidden: number;
  features: number;
  steps: number;
  batch: number;
  /** Steps at which the distance is taken. */
  looks: readonly number[];
}

/** How far a learned density is from the exact one, along a training. */
interface Route {
  steps: number[];
  distances: number[];
}

/** The noise of the article's level 17, and the deviation of the five's coordinates, about. */
export const NOISE = geomspace(1e-4, 1, 30)[17];
const SIGMA_DATA = 0.3;
const SHAPE = { height: 1, width: 1, channels: 2 };
const LIMITS = [0, 1] as const;
const GRID = { bins: 50, xlim: LIMITS, ylim: LIMITS };

/** Trains to the end, calling `look` after the steps that are listed. */
async function trained(
  training: AsyncIterable<{ step: number }>,
  looks: readonly number[],
  { signal, part }: Pick<FigureInput, 'signal' | 'part'>,
  look: (steps: number) => void,
): Promise<void> {
  for await (const { step } of training) {
    signal.throwIfAborted();
    if (!looks.includes(step + 1)) continue;
    look(step + 1);
    part();
  }
}

/** n points of the data with their noise. */
function noisyPoints({ core }: Pick<FigureInput, 'core'>, data: PointSet, key: Key, n: number): Float32Array {
  const z = normal(core, foldIn(key, 0), [n, 2]);
  const which = categorical(core, foldIn(key, 1), data.logits, n);
  return z.map((v, i) => data.points[2 * which[i >> 1] + (i & 1)] + NOISE * v);
}

/** A density, normalised over the picture, and its score. @param most what is higher is drawn as high as this */
function panelOf(title: string, density: Density, n: number, most: number): PointPanel {
  const limits = { xlim: LIMITS, ylim: LIMITS };
  const x = gridPoints({ ...limits, n });
  const starts = gridPoints({ xlim: [0.04, 0.96], ylim: [0.04, 0.96], n: 15 });
  const score = density.score(starts);
  // The arrow of a score of 1 / sigma is as long as a cell of arrows; longer ones are cut to that.
  const to = starts.map((v, i) => {
    const size = Math.hypot(score[i & ~1], score[i | 1]);
    return v + (0.06 * score[i]) / Math.max(size, 1 / NOISE);
  });
  const { logIntegral } = densityHistogram(density, GRID, { nodes: 2 });
  const prob = density.logProb(x).map((v) => Math.min(most, Math.exp(v - logIntegral)));
  return {
    title,
    ...limits,
    orientation: 'image',
    density: { n, prob },
    layers: [{ kind: 'arrows', x: starts, to, colour: 'ink', opacity: 0.75 }],
  };
}

/** The curve of shares: y of the places have at most x. */
function sharesOf(name: string, values: Float64Array, colour: number): ChartSeries {
  const x = values
    .slice()
    .sort()
    .map((v) => Math.max(v, 1e-7));
  return { name, x, y: x.map((_, i) => (i + 1) / x.length), colour };
}

const DISTANCE = 'total variation (log scale)';

/** A density learned by its likelihood and by its score, and the curl that free scores have. */
export async function learnEnergies(
  input: FigureInput,
  data: PointSet,
  { hidden, features, steps, batch, looks }: EnergyRun,
) {
  const { core, key, signal } = input;
  const exact = smoothedHistogram(data, NOISE, GRID);
  const settings = { steps, batch, key: foldIn(key, 1), signal };
  const denoising: TrainDenoiserOptions = {
    ...settings,
    ...{ learningRate: 1e-2, schedule: 'cosine', noise: { kind: 'fixed', sigma: NOISE } },
  };
  const learned = async (by: 'likelihood' | 'denoising') => {
    const gradient = energyNetwork(core, SHAPE, { hidden, features, key: keyOf(0) });
    const denoiser = learnedDenoiser(gradient, { sigmaData: SIGMA_DATA });
    const density = denoiserScores(denoiser).at(NOISE);
    const route: Route = { steps: [], distances: [] };
    const training =
      by === 'likelihood'
        ? trainLikelihood(denoiser, data, { ...settings, sigma: NOISE })
        : trainDenoiser(denoiser, data, denoising);
    await trained(training, looks, input, (step) => {
      route.steps.push(step);
      route.distances.push(totalVariation(densityHistogram(density, GRID, { nodes: 2 }), exact));
    });
    return { denoiser, density, route };
  };
  const likelihood = await learned('likelihood');
  const score = await learned('denoising');
  // The network of preset quick, of no scalar, at this noise alone.
  const free = network(
    core,
    {
      ...{ ...presets.quick.network, levels: 1, sigmaMin: NOISE, sigmaMax: NOISE },
      ...{ features, width: hidden },
    },
    { key: keyOf(0) },
  );
  const { drawing, learningRate, schedule } = presets.quick.training;
  const training = train(free, data, { ...settings, drawing, learningRate, schedule });
  await trained(training, [steps], input, () => {});
  return { likelihood, score, free };
}

const RUN: EnergyRun = {
  ...{ hidden: 96, features: 64, steps: 400, batch: 512 },
  looks: [10, 25, 50, 100, 200, 300, 400],
};

/** What a density learns of the five by its likelihood and by its score. */
export const energyFigure: LectureFigure = {
  name: 'energy',
  draws: 14,
  about: 'the five learned as a density, by its likelihood and by its score; curl of a free score',
  parts: 2 * RUN.looks.length + 2,
  async make(input: FigureInput) {
    const { core, key, part } = input;
    const data = imageDistribution(builtInImage('five'));
    const { likelihood, score, free } = await learnEnergies(input, data, RUN);
    const exact = empirical(core, data, NOISE);
    const plain = free.at(0);
    const places = noisyPoints(input, data, foldIn(key, 2), 1000);
    const curls = [plain, score.density, likelihood.density].map((of) => curl(of, places, { step: 1e-3 }));
    const last = ({ distances }: Route) => distances[distances.length - 1].toFixed(3);
    const median = (values: Float64Array) => values.slice().sort()[values.length >> 1];
    const heights = exact.prob(gridPoints({ xlim: LIMITS, ylim: LIMITS, n: 90 }));
    const most = heights.reduce((largest, v) => Math.max(largest, v), 0);
    const pictures = pointFigure({
      title: 'A density learned directly, and by its score: the five under noise of sd 0.022',
      side: 270,
      panels: [
        panelOf('exact density and score', exact, 90, most),
        panelOf(`by likelihood: total variation ${last(likelihood.route)}`, likelihood.density, 90, most),
        panelOf(`by denoising: total variation ${last(score.route)}`, score.density, 90, most),
      ],
    });
    const charts = chartFigure({
      ...{ width: 476, height: 270 },
      panels: [
        {
          title: 'Distance from the exact density, within the picture',
          x: { name: `training steps, ${RUN.batch} points each (log scale)`, scale: 'log' },
          y: { name: DISTANCE, scale: 'log' },
          series: [
            ...[likelihood.route, score.route].map(
              ({ steps, distances }, i): ChartSeries => ({
                name: i === 0 ? 'gradient network, by likelihood' : 'gradient network, by denoising',
                ...{ kind: 'both', x: steps, y: distances, colour: i },
              }),
            ),
          ],
        },
        {
          title: 'Curl of the score, which that of a density has not',
          x: { name: 'curl: |J − J^T| / |J + J^T| of the score’s slopes J (log scale)', scale: 'log' },
          y: { name: 'share of places with less', limits: [0, 1] },
          series: [
            sharesOf('gradient network, by likelihood', curls[2], 0),
            sharesOf('gradient network, by denoising', curls[1], 1),
            sharesOf('free network, by denoising', curls[0], 2),
          ],
        },
      ],
    });
    part();
    const numbers = {
      ...{ sigma: NOISE, steps: likelihood.route.steps },
      likelihood: rounded(likelihood.route.distances, 4),
      denoising: rounded(score.route.distances, 4),
      curl: { free: rounded([median(curls[0])], 3)[0], energy: rounded([median(curls[1])], 3)[0] },
    };
    for (const of of [exact, plain, score.density, likelihood.density]) of.dispose();
    for (const { denoiser } of [likelihood, score]) denoiser.dispose();
    free.dispose();
    return {
      svg: stackFigures([pictures, charts]),
      numbers,
    };
  },
};
