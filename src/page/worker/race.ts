// Samplers side by side: all on the picture's exact score, from one key, with the same number of scores a chain.
import { joined } from '../../core/joined.js';
import { dataScores, empirical, key, momentsOf, normal, split } from '../../index.js';
import type { Context } from '../calls/rpc.js';
import { paced } from './pace.js';
import type { SamplerName } from './samplerMenu.js';
import { starts } from './samplers.js';
import type { Session } from './session.js';

export interface RaceArgs {
  samplers: readonly SamplerName[];
  chains: number;
  seed: number;
  /** Noise levels, descending; chains move at the last. */
  sigmas: readonly number[];
  /** Scores of each chain in all. */
  scores: number;
  frames: number;
}

/** What the worker emits in `race`: scores used so far, and positions [chains, 2] of each sampler. */
export interface RaceEvent {
  scores: number;
  x: Float32Array[];
}

/** Scores of one step. */
const COSTS: Partial<Record<SamplerName, number>> = { hmc: 10, reverseDiffusion: 2 };

/** Runs all samplers, then tells their positions frame by frame. */
export async function race(
  session: Session,
  { samplers, chains, seed, sigmas, scores, frames }: RaceArgs,
  { emit, signal }: Context,
): Promise<void> {
  const data = session.points();
  const sigma = sigmas[sigmas.length - 1];
  const score = empirical(session.core, data, sigma);
  const [startKey, runKey] = split(key(seed));
  try {
    const target = { score, family: dataScores(session.core, data), sigmas, moments: momentsOf(data) };
    // Chains start where samplers from noise do: spread over the whole square.
    const init = normal(session.core, startKey, [chains, 2]).map((z) => 0.5 + sigmas[0] * z);
    const paths: { path: Float32Array; cost: number }[] = [];
    for (const name of samplers) {
      const cost = COSTS[name] ?? 1;
      const steps = Math.floor(scores / cost);
      const options = { key: runKey, steps, stepSize: 0.5 * sigma ** 2, chains, init, thin: 1, signal };
      const parts: Float32Array[] = [init];
      for await (const { path } of starts[name](target, options)) parts.push(path.slice());
      paths.push({ path: joined(Float32Array, parts), cost });
    }
    const pace = paced(33);
    for (let frame = 0; frame <= frames; frame++) {
      signal.throwIfAborted();
      const used = Math.round((scores * frame) / frames);
      const x = paths.map(({ path, cost }) => {
        const kept = path.length / (2 * chains);
        const at = Math.min(kept - 1, Math.floor(used / cost));
        return path.slice(2 * chains * at, 2 * chains * (at + 1));
      });
      emit({ scores: used, x } satisfies RaceEvent);
      await pace();
    }
  } finally {
    score.dispose();
  }
}
