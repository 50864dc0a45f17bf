import {
  type Core,
  type DenoiserTraining,
  denoiserScores,
  foldIn,
  type Key,
  learnedDenoiser,
  mixtureScores,
  mlp,
  normal,
  pointSet,
  trainDenoiser,
  uniform,
} from '../../index.js';
import { type ChartPanel, chartFigure } from '../../plots/index.js';
import { passesOf } from '../../training/matching.js';
import { type FigureInput, type LectureFigure, rounded } from './figure.js';

/** What a network is trained by: an objective of `trainDenoiser`, or flow matching. */
export type Trained = DenoiserTraining['objective'] | 'flow';

const OBJECTIVES: readonly { objective: Trained; name: string }[] = [
  { objective: 'denoising', name: 'denoising' },
  { objective: 'flow', name: 'flow matching, all noises at once' },
  { objective: 'implicit', name: 'implicit: the exact trace' },
  { objective: 'sliced', name: 'sliced' },
  { objective: 'slicedReduced', name: 'sliced, variance-reduced' },
];
const DIMS = [1, 2, 4, 8, 16];
const COMPONENTS = 4;
const SD = 0.4;
const SIZES = {
  sigma: 0.3,
  points: 20_000,
  batch: 128,
  steps: 400,
  learningRate: 5e-3,
  hidden: 32,
  depth: 2,
};
const DRAWS = 4000;

/** Four equal Gaussians of deviation 0.4 in each coordinate, their means standard normal. */
function mixtureOf(core: Core, key: Key, dim: number) {
  const means = normal(core, key, [COMPONENTS, dim]);
  return {
    means: Array.from({ length: COMPONENTS }, (_, k) => [...means.subarray(k * dim, (k + 1) * dim)]),
    sds: Array.from({ length: COMPONENTS }, () => Array<number>(dim).fill(SD)),
  };
}

/** n points of such a mixture, [n, dim]. */
function draw(core: Core, key: Key, means: number[][], n: number): Float32Array {
  const dim = means[0].length;
  const which = uniform(core, foldIn(key, 0), [n]);
  return normal(core, foldIn(key, 1), [n, dim]).map(
    (z, i) => means[Math.floor(COMPONENTS * which[Math.floor(i / dim)])][i % dim] + SD * z,
  );
}

/**
 * Trains a small network on points of a mixture at one noise, by one objective, and compares its score there with the exact one.
 *
 * @returns divergence: E |s - score|^2 of the noisy mixture, divided by E |score|^2; multiplyAdds: of a step
 */
export async function measureObjective(
  core: Core,
  {
    key,
    dim,
    objective,
    sizes = SIZES,
    signal,
  }: { key: Key; dim: number; objective: Trained; sizes?: typeof SIZES; signal?: AbortSignal },
): Promise<{ divergence: number; multiplyAdds: number }> {
  const { sigma, points, batch, steps, learningRate, hidden, depth } = sizes;
  const [mixtureKey, dataKey, networkKey, trainKey, drawKey] = [0, 1, 2, 3, 4].map((i) => foldIn(key, i));
  const mixture = mixtureOf(core, mixtureKey, dim);
  const data = pointSet({ dim, points: draw(core, dataKey, mixture.means, points) });
  const shape = { height: 1, width: 1, channels: dim };
  const isFlow = objective === 'flow';
  using denoiser = learnedDenoiser(mlp(core, shape, { hidden, depth, key: networkKey }), {
    parameterisation: isFlow ? 'flow' : 'karras',
    sigmaData: 1,
  });
  const training = {
    ...({ batch, steps, learningRate, schedule: 'cosine', key: trainKey, signal } as const),
    ...(!isFlow && { objective, noise: { kind: 'fixed', sigma } as const }),
  };
  for await (const _ of trainDenoiser(denoiser, data, training));
  const z = normal(core, foldIn(drawKey, 2), [DRAWS, dim]);
  const y = draw(core, drawKey, mixture.means, DRAWS).map((x, i) => x + sigma * z[i]);
  using exact = mixtureScores(core, mixture).at(sigma);
  using learned = denoiserScores(denoiser).at(sigma);
  const [want, got] = [exact.score(y), learned.score(y)];
  const square = (values: Float32Array) => values.reduce((sum, v) => sum + v * v, 0);
  const passes = objective === 'denoising' || isFlow ? 1 : passesOf(objective, dim);
  return {
    divergence: square(got.map((s, i) => s - want[i])) / square(want),
    // A backward pass makes two products for each of the forward pass.
    multiplyAdds: 3 * batch * passes * denoiser.network.plan.multiplyAdds,
  };
}

/** How near to the score each objective gets in as many steps, and what a step costs, by dimension. */
export const objectivesFigure: LectureFigure = {
  name: 'objectives',
  draws: 14,
  about: 'denoising, implicit and sliced score matching, flow matching: error and cost by dimension',
  parts: DIMS.length * OBJECTIVES.length,
  async make({ core, key, signal, part }: FigureInput) {
    const results: { objective: Trained; divergence: number[]; multiplyAdds: number[] }[] = [];
    for (const { objective } of OBJECTIVES) {
      const own = { objective, divergence: [] as number[], multiplyAdds: [] as number[] };
      for (const dim of DIMS) {
        // The same mixture, points and first network for every objective.
        const { divergence, multiplyAdds } = await measureObjective(core, {
          ...{ key: foldIn(key, dim), dim, objective, signal },
        });
        own.divergence.push(divergence);
        own.multiplyAdds.push(multiplyAdds / 1e6);
        part();
      }
      results.push(own);
    }
    const panel = (title: string, name: string, of: 'divergence' | 'multiplyAdds'): ChartPanel => ({
      title,
      x: { name: 'dimension D (log scale)', scale: 'log' },
      y: { name, scale: 'log' },
      series: OBJECTIVES.map(({ name }, i) => ({
        ...{ name, x: DIMS, y: results[i][of], kind: 'both' as const, colour: i, dashed: i === 1 || i === 4 },
      })),
    });
    const svg = chartFigure({
      panels: [
        panel(
          'error of the learned score s, s* being the exact one',
          'E|s - s*|² / E|s*|² (log scale)',
          'divergence',
        ),
        panel('cost; dashed lines lie on others', 'million multiply-adds a step (log scale)', 'multiplyAdds'),
      ],
      title: `The score of a mixture at noise ${SIZES.sigma}, after ${SIZES.steps} steps of ${SIZES.batch} points`,
      width: 400,
      height: 300,
    });
    const numbers = results.map(({ objective, divergence, multiplyAdds }) => ({
      ...{ objective, divergence: rounded(divergence, 4), multiplyAdds: rounded(multiplyAdds, 4) },
    }));
    return { svg, numbers: { ...SIZES, dims: DIMS, results: numbers } };
  },
};
