// Points of the picture given a noisy reading of one coordinate: exactly, by guidance, and by guidance that particles correct.
import {
  categorical,
  collect,
  conditionalDiffusion,
  conditionalScores,
  dataScores,
  key,
  linearObservation,
  momentsOf,
  normal,
  type PointSet,
  probabilityFlow,
  split,
  varianceExploding,
} from '../../index.js';
import type { Context } from '../calls/rpc.js';
import type { Session } from './session.js';

/** What the points of the picture are drawn given. */
export interface GivenArgs {
  /** The reading of how far to the right a point is, x[1], and the standard deviation of its error. */
  seen: number;
  noise: number;
  count: number;
  /** Particles of each sample where they correct guidance. */
  particles: number;
  /** Steps from the most noise to none. */
  steps: number;
  seed: number;
}

/** How points are drawn: exactly, by guidance, or by guidance that particles correct. */
export type Way = 'exact' | 'guided' | 'corrected';

/** What the worker emits in `given`: samples of one way. */
export interface GivenEvent {
  way: Way;
  /** [count, 2], with a little noise: points of one pixel would hide each other. */
  x: Float32Array;
  /** Total variation of their heights, x[0], from the exact ones, over {@link CELLS} cells. */
  totalVariation: number;
}

/** Cells of the heights, from 0 to 1. */
export const CELLS = 14;
/** Noise of what is shown. */
const SHOWN_NOISE = 0.01;
const [LEAST_SIGMA, MOST_SIGMA] = [0.01, 2];

/** log weights [N] of the points given the reading: those of the data, plus the logarithm of how likely the reading is. */
export function givenLogits(
  { points, logits }: PointSet,
  { seen, noise }: Pick<GivenArgs, 'seen' | 'noise'>,
): Float32Array {
  return logits.map((logit, i) => logit - 0.5 * ((points[2 * i + 1] - seen) / noise) ** 2);
}

/** Shares of heights x[0] in the cells: [CELLS]. @param weights of the points x [n, 2]; default: all alike */
function shares(x: Float32Array, weights?: Float64Array): Float64Array {
  const out = new Float64Array(CELLS);
  const n = x.length / 2;
  for (let i = 0; i < n; i++) {
    const cell = Math.min(CELLS - 1, Math.max(0, Math.floor(CELLS * x[2 * i])));
    out[cell] += weights ? weights[i] : 1 / n;
  }
  return out;
}

/** exp(logits), adding up to 1. */
function weightsOf(logits: Float32Array): Float64Array {
  const most = logits.reduce((top, logit) => Math.max(top, logit), -Infinity);
  const weights = Float64Array.from(logits, (logit) => Math.exp(logit - most));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / sum);
}

/** Samples in all three ways, the exact ones first. */
export async function given(
  session: Session,
  { seen, noise, count, particles, steps, seed }: GivenArgs,
  { emit, signal }: Context,
): Promise<void> {
  const { core } = session;
  const data = session.points();
  const [pointKey, runKey] = split(key(seed));
  const z = normal(core, key(seed), [count, 2]);
  const logits = givenLogits(data, { seen, noise });
  const truth = shares(data.points, weightsOf(logits));
  const tell = (way: Way, x: Float32Array) => {
    const totalVariation = shares(x).reduce((sum, share, i) => sum + Math.abs(share - truth[i]), 0) / 2;
    const shown = x.map((value, i) => value + SHOWN_NOISE * z[i]);
    emit({ way, x: shown, totalVariation } satisfies GivenEvent);
  };
  const drawn = categorical(core, pointKey, logits, count);
  tell(
    'exact',
    Float32Array.from({ length: 2 * count }, (_, i) => data.points[2 * drawn[i >> 1] + (i & 1)]),
  );
  signal.throwIfAborted();
  const family = dataScores(core, data);
  const moments = momentsOf(data);
  const observation = linearObservation({ mask: [0, 1], observed: [0, seen], noise });
  const process = varianceExploding({ sigmaMin: LEAST_SIGMA, sigmaMax: MOST_SIGMA });
  const options = { key: runKey, process, chains: count, steps, moments, signal };
  const guided = conditionalScores(family, observation, { moments });
  tell('guided', (await collect(probabilityFlow(guided, options))).x);
  signal.throwIfAborted();
  const run = conditionalDiffusion(family, { ...options, observation, particles });
  tell('corrected', (await collect(run)).x);
}
