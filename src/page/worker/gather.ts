// Particles that the exact score leads from noise into the picture, level by level.
import { collect, key, momentsOf, normal, probabilityFlow, split, varianceExploding } from '../../index.js';
import type { Context } from '../calls/rpc.js';
import { paced } from './pace.js';
import type { Session } from './session.js';

export interface GatherArgs {
  n: number;
  seed: number;
  /** Noise levels, descending; after the last one the particles go on to no noise. */
  sigmas: readonly number[];
}

/** What the worker emits in `gather`: positions [n, 2] at level `at`; the last event is that of no noise. */
export interface GatherEvent {
  at: number;
  x: Float32Array;
}

/** How long the page needs to show a level: a faster worker waits. */
const SHOWN_MS = 20;

/**
 * Leads particles along the probability flow of the present picture, a step from each level to the next, and tells every
 * one. Each level's particles are distributed as the picture under its noise.
 */
export async function gather(
  session: Session,
  { n, seed, sigmas }: GatherArgs,
  { emit, signal }: Context,
): Promise<void> {
  const data = session.points();
  const family = session.family({ kind: 'exact', sigma: 1 });
  const { mean, variance } = momentsOf(data);
  const [startKey, stepKey] = split(key(seed));
  const process = varianceExploding({ sigmaMin: sigmas[sigmas.length - 1], sigmaMax: sigmas[0] });
  let x: Float32Array = normal(session.core, startKey, [n, 2]).map(
    (z, i) => mean[i % 2] + Math.sqrt(variance[i % 2] + sigmas[0] ** 2) * z,
  );
  const pace = paced(SHOWN_MS);
  for (let at = 0; at <= sigmas.length; at++) {
    signal.throwIfAborted();
    emit({ at, x: x.slice() } satisfies GatherEvent);
    if (at === sigmas.length) return;
    const isLast = at === sigmas.length - 1;
    const schedule = isLast ? [sigmas[at]] : [sigmas[at], sigmas[at + 1]];
    const step = { key: stepKey, chains: n, process, init: x, schedule, steps: 1, denoise: isLast };
    x = (await collect(probabilityFlow(family, step))).x;
    await pace();
  }
}
