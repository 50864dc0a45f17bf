// Two tiny networks on a line, which learn the score of the same noisy points by two objectives.
import type { ObjectiveName } from '../../apps/objectiveTask.js';
import {
  denoiserScores,
  foldIn,
  key,
  learnedDenoiser,
  mixtureScores,
  mlp,
  normal,
  pointSet,
  trainDenoiser,
  uniform,
} from '../../index.js';
import type { Context } from '../calls/rpc.js';
import { paced } from './pace.js';
import type { Session } from './session.js';

/** The networks' task, and the objectives that they learn it by. */
export interface ObjectivesArgs {
  objectives: readonly ObjectiveName[];
  /** Hills [K] on the line, all alike likely, and their width. */
  means: readonly number[];
  sd: number;
  /** The noise at which scores are learned and compared. */
  sigma: number;
  steps: number;
  seed: number;
  /** Where scores are told. */
  places: readonly number[];
}

/** What the worker emits in `objectives`: for each objective, its score at the places and its error now. */
export interface ObjectivesEvent {
  step: number;
  exact: Float32Array;
  scores: Float32Array[];
  /** E |s - s*|^2 / E |s*|^2 over noisy points, s* the exact score. */
  errors: number[];
}

const [POINTS, DRAWS, BATCH, EVERY] = [5000, 1000, 128, 10];
const SHAPE = { height: 1, width: 1, channels: 1 };

/** Trains one network by each objective, a few steps of each in turn. */
export async function objectives(
  { core }: Session,
  { objectives: names, means, sd, sigma, steps, seed, places }: ObjectivesArgs,
  { emit, signal }: Context,
): Promise<void> {
  const [dataKey, networkKey, trainKey, drawKey, noiseKey] = [0, 1, 2, 3, 4].map((i) => foldIn(key(seed), i));
  const draw = (from: typeof dataKey, n: number) => {
    const which = uniform(core, foldIn(from, 0), [n]);
    return normal(core, foldIn(from, 1), [n]).map(
      (z, i) => means[Math.floor(means.length * which[i])] + sd * z,
    );
  };
  const data = pointSet({ dim: 1, points: draw(dataKey, POINTS) });
  const z = normal(core, noiseKey, [DRAWS]);
  const noisy = draw(drawKey, DRAWS).map((x, i) => x + sigma * z[i]);
  const mixture = { means: means.map((mean) => [mean]), sds: means.map(() => [sd]) };
  const exact = mixtureScores(core, mixture).at(sigma);
  const want = exact.score(noisy);
  const told = exact.score(Float32Array.from(places));
  exact.dispose();
  const square = (values: Float32Array) => values.reduce((sum, value) => sum + value * value, 0);
  const runs = names.map((objective) => {
    const isFlow = objective === 'flow';
    const denoiser = learnedDenoiser(mlp(core, SHAPE, { hidden: 32, depth: 2, key: networkKey }), {
      parameterisation: isFlow ? 'flow' : 'karras',
      sigmaData: 1,
    });
    const training = trainDenoiser(denoiser, data, {
      ...({ batch: BATCH, steps, learningRate: 5e-3, schedule: 'cosine', key: trainKey, signal } as const),
      ...(!isFlow && { objective, noise: { kind: 'fixed', sigma } as const }),
    });
    return {
      denoiser,
      training: training[Symbol.asyncIterator](),
      score: denoiserScores(denoiser).at(sigma),
    };
  });
  try {
    const pace = paced(40);
    for (let step = 0; step <= steps; step += EVERY) {
      if (step > 0) for (const { training } of runs) for (let i = 0; i < EVERY; i++) await training.next();
      const scores = runs.map(({ score }) => score.score(Float32Array.from(places)));
      const errors = runs.map(({ score }) => {
        const got = score.score(noisy);
        return square(got.map((value, i) => value - want[i])) / square(want);
      });
      emit({ step, exact: told.slice(), scores, errors } satisfies ObjectivesEvent);
      await pace();
    }
  } finally {
    for (const { training, score, denoiser } of runs) {
      await training.return?.(undefined);
      score.dispose();
      denoiser.dispose();
    }
  }
}
