// Noise led back to data: by the reverse diffusion in both views, and along the probability flow.
import { drawPoints } from '../../apps/drawPoints.js';
import {
  collect,
  type DiffusionProcess,
  dataScores,
  key,
  momentsOf,
  networkScores,
  normal,
  probabilityFlow,
  reverseDiffusion,
  split,
  varianceExploding,
} from '../../index.js';
import type { Context } from '../calls/rpc.js';
import { exploding, MIDDLE, preserving, SPREAD } from './processes.js';
import type { Session } from './session.js';

/** Clean points drawn from the picture, [n, 2], and standard normal noise for each. */
export function drawNoisy(session: Session, n: number, seed: number): { x0: Float32Array; z: Float32Array } {
  const data = session.points();
  const [pointKey, noiseKey] = split(key(seed));
  return {
    x0: drawPoints(session.core, pointKey, data, n),
    z: normal(session.core, noiseKey, [n, 2]),
  };
}

/** What the page hears while noise is led back in both views: positions on the page, [n, 2] each. */
export interface BackEvent {
  time: number;
  exploding: Float32Array;
  preserving: Float32Array;
}

/** Points from noise to data by the exact score of the picture, in both views at once; they draw the same noise. */
export async function back(
  session: Session,
  { n, seed, steps }: { n: number; seed: number; steps: number },
  { emit, signal }: Context,
): Promise<void> {
  const data = session.points();
  const family = dataScores(session.core, {
    ...data,
    points: data.points.map((x) => (x - MIDDLE) / SPREAD),
  });
  const reverse = (process: DiffusionProcess) =>
    reverseDiffusion(family, { key: key(seed), chains: n, process, steps, thin: 1, signal });
  const [left, right] = [await collect(reverse(exploding)), await collect(reverse(preserving))];
  const shown = (path: Float32Array, i: number) =>
    path.slice(2 * n * i, 2 * n * (i + 1)).map((x) => MIDDLE + SPREAD * x);
  for (let i = 0; i < steps; i++) {
    signal.throwIfAborted();
    emit({
      // Times are evenly spaced, and the last step goes on to no noise at all.
      time: 1 - (i + 1) / steps,
      exploding: shown(left.path, i),
      preserving: shown(right.path, i),
    } satisfies BackEvent);
    await frame();
  }
}

export interface FlowArgs {
  n: number;
  seed: number;
  /** Data [m, 2] whose exact score leads the points; null: the network does. */
  points: Float32Array | null;
  sigmaMin: number;
  sigmaMax: number;
  steps: number;
}

/** What the page hears while points flow to data. */
export interface FlowEvent {
  x: Float32Array;
}

/** Points from noise to data along the probability flow, by the exact score of a few points or by the network. */
export async function flow(
  session: Session,
  { n, seed, points, sigmaMin, sigmaMax, steps }: FlowArgs,
  { emit, signal }: Context,
): Promise<Float32Array> {
  const releaseNetwork = session.keepNetwork();
  try {
    const few = points && { dim: 2, points, logits: new Float32Array(points.length / 2) };
    const family = few ? dataScores(session.core, few) : networkScores(session.trained());
    const process = varianceExploding({ sigmaMin, sigmaMax });
    const moments = momentsOf(few ?? session.points());
    const options = { key: key(seed), chains: n, process, moments, steps, thin: 1, signal };
    const { x, path } = await collect(probabilityFlow(family, options));
    for (let i = 0; i < steps; i++) {
      signal.throwIfAborted();
      emit({ x: path.slice(2 * n * i, 2 * n * (i + 1)) } satisfies FlowEvent);
      await frame();
      await frame();
    }
    return x;
  } finally {
    releaseNetwork();
  }
}

/** As fast as frames are drawn: the page shows every step. */
const frame = () => new Promise((resolve) => setTimeout(resolve, 16));
