// From noise back to data: by the reverse diffusion in both views, and along the probability flow.
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

/** Draws clean points x0 [n, 2] of the picture, and standard normal noise z [n, 2]. */
export function drawNoisy(session: Session, n: number, seed: number): { x0: Float32Array; z: Float32Array } {
  const data = session.points();
  const [pointKey, noiseKey] = split(key(seed));
  return {
    x0: drawPoints(session.core, pointKey, data, n),
    z: normal(session.core, noiseKey, [n, 2]),
  };
}

/** What the worker emits in `back`: positions in the coordinates of the picture, [n, 2] for each view. */
export interface BackEvent {
  time: number;
  exploding: Float32Array;
  preserving: Float32Array;
}

/** Runs the reverse diffusion with the picture's exact score in both views, which draw the same noise. */
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
      // Times are evenly spaced; the last step ends at no noise.
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
  /** Data [m, 2] whose exact score is used; 'all' for those of the picture, null for the network's score. */
  points: Float32Array | 'all' | null;
  sigmaMin: number;
  sigmaMax: number;
  steps: number;
}

/** What the worker emits in `flow`: positions [n, 2]. */
export interface FlowEvent {
  x: Float32Array;
}

/** Runs the probability flow from noise to data, by the exact score of a few points or by the network's. */
export async function flow(
  session: Session,
  { n, seed, points, sigmaMin, sigmaMax, steps }: FlowArgs,
  { emit, signal }: Context,
): Promise<Float32Array> {
  const releaseNetwork = session.keepNetwork();
  try {
    const few =
      points === 'all'
        ? session.points()
        : points && { dim: 2, points, logits: new Float32Array(points.length / 2) };
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

/** Waits about as long as a frame takes, so that the page shows every step. */
const frame = () => new Promise((resolve) => setTimeout(resolve, 16));
