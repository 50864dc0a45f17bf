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
} from '../index.js';
import { passesOf } from '../training/matching.js';

/** What a network is trained by: an objective of `trainDenoiser`, or flow matching. */
export type ObjectiveName = DenoiserTraining['objective'] | 'flow';

const COMPONENTS = 4;
const SD = 0.4;
/** The networks and their training, where nothing else is said. */
export const OBJECTIVE_SIZES = {
  sigma: 0.3,
  points: 20_000,
  batch: 128,
  steps: 400,
  learningRate: 5e-3,
  hidden: 32,
  depth: 2,
};
const DRAWS = 4000;

/** Steps that are timed together: some browsers' clocks tell no less than a millisecond, which is several steps. */
const BLOCK = 20;

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

/** What an objective gave, and what it took. */
export interface ObjectiveMeasure {
  /** E |s - score|^2 of the noisy mixture, divided by E |score|^2. */
  divergence: number;
  /** Passes through the network, of a sample or a tangent, for each point of a batch. */
  passes: number;
  /** Multiply-adds of a step. */
  multiplyAdds: number;
  /** Time of a step, ms: that of the quickest block of steps, in which nothing else had the processor. */
  stepMs: number;
}

/** Trains a small network on points of a mixture at one noise, by one objective, and compares its score there with the exact one. */
export async function measureObjective(
  core: Core,
  {
    key,
    dim,
    objective,
    sizes = OBJECTIVE_SIZES,
    signal,
  }: {
    key: Key;
    dim: number;
    objective: ObjectiveName;
    sizes?: typeof OBJECTIVE_SIZES;
    signal?: AbortSignal;
  },
): Promise<ObjectiveMeasure> {
  const { sigma, points, batch, steps, learningRate, hidden, depth } = sizes;
  const [mixtureKey, dataKey, networkKey, trainKey, drawKey] = [0, 1, 2, 3, 4].map((i) => foldIn(key, i));
  const mixture = mixtureOf(core, mixtureKey, dim);
  const data = pointSet({ dim, points: draw(core, dataKey, mixture.means, points) });
  const shape = { height: 1, width: 1, channels: dim };
  const isFlow = objective === 'flow';
  const denoiser = learnedDenoiser(mlp(core, shape, { hidden, depth, key: networkKey }), {
    parameterisation: isFlow ? 'flow' : 'karras',
    sigmaData: 1,
  });
  const training = {
    ...({ batch, steps, learningRate, schedule: 'cosine', key: trainKey, signal } as const),
    ...(!isFlow && { objective, noise: { kind: 'fixed', sigma } as const }),
  };
  const z = normal(core, foldIn(drawKey, 2), [DRAWS, dim]);
  const y = draw(core, drawKey, mixture.means, DRAWS).map((x, i) => x + sigma * z[i]);
  const exact = mixtureScores(core, mixture).at(sigma);
  const learned = denoiserScores(denoiser).at(sigma);
  let [want, got]: Float32Array[] = [];
  const times: number[] = [];
  let began = performance.now();
  let made = 0;
  const endBlock = () => {
    const now = performance.now();
    times.push((now - began) / made);
    began = now;
    made = 0;
  };
  try {
    for await (const _ of trainDenoiser(denoiser, data, training)) if (++made === BLOCK) endBlock();
    if (times.length === 0) endBlock();
    [want, got] = [exact.score(y), learned.score(y)];
  } finally {
    exact.dispose();
    learned.dispose();
    denoiser.dispose();
  }
  const square = (values: Float32Array) => values.reduce((sum, v) => sum + v * v, 0);
  const passes = objective === 'denoising' || isFlow ? 1 : passesOf(objective, dim);
  return {
    divergence: square(got.map((s, i) => s - want[i])) / square(want),
    passes,
    // A backward pass makes two products for each of the forward pass.
    multiplyAdds: 3 * batch * passes * denoiser.network.plan.multiplyAdds,
    stepMs: Math.min(...times),
  };
}
