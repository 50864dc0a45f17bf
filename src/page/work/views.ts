// The two ways to noise data, and the exact score's way back.
import { categorical, key, normal, type PointSet, split } from '../../index.js';
import type { Context } from '../rpc.js';
import type { Holdings, ScoreRequest } from './holdings.js';

/** Clean points drawn from the picture, [n, 2], and standard normal noise for each. */
export function drawPoints(
  holdings: Holdings,
  n: number,
  seed: number,
): { x0: Float32Array; z: Float32Array } {
  const data = holdings.points();
  const [pointKey, noiseKey] = split(key(seed));
  return {
    x0: rowsOf(data, categorical(holdings.core, pointKey, data.logits, n)),
    z: normal(holdings.core, noiseKey, [n, 2]),
  };
}

function rowsOf({ points, dim }: PointSet, indices: ArrayLike<number>): Float32Array {
  const x = new Float32Array(indices.length * dim);
  for (let i = 0; i < indices.length; i++)
    x.set(points.subarray(indices[i] * dim, (indices[i] + 1) * dim), i * dim);
  return x;
}

/** What the page hears while points flow to data. */
export interface FlowEvent {
  sigma: number;
  x: Float32Array;
}

/**
 * Points from noise to data along the probability flow dx = -sigma score dsigma, in steps that are exact where the
 * denoised point xhat = x + sigma^2 score stays put: x <- xhat + (next / sigma) (x - xhat), the last one to xhat itself.
 */
export async function flow(
  holdings: Holdings,
  {
    n,
    seed,
    centre,
    schedule,
    requestAt,
  }: {
    n: number;
    seed: number;
    centre: readonly [number, number];
    schedule: readonly number[];
    requestAt: (index: number) => ScoreRequest;
  },
  { emit, signal }: Context,
): Promise<Float32Array> {
  const first = schedule[0];
  let x = normal(holdings.core, key(seed), [n, 2]).map((z, i) => centre[i % 2] + first * z);
  emit({ sigma: first, x: x.slice() } satisfies FlowEvent);
  for (let i = 0; i < schedule.length; i++) {
    signal.throwIfAborted();
    const sigma = schedule[i];
    const ratio = (schedule[i + 1] ?? 0) / sigma;
    const { score, release } = holdings.take(requestAt(i));
    const s = score.score(x);
    release();
    x = x.map((value, j) => {
      const clean = value + sigma ** 2 * s[j];
      return clean + ratio * (value - clean);
    });
    emit({ sigma: schedule[i + 1] ?? 0, x: x.slice() } satisfies FlowEvent);
    // As fast as frames are drawn: the page shows every step.
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
  return x;
}
