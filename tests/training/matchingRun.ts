import { makeCalls } from '../../src/core/job.js';
import type { LearnedDenoiser, Tensor } from '../../src/index.js';
import { scoreCoefficients } from '../../src/networks/learnedDenoiser.js';
import type { PlannedNetwork } from '../../src/networks/planned.js';
import { weightOf } from '../../src/training/denoiserConfig.js';
import {
  type MatchedSample,
  type MatchingConfig,
  matchingSums,
  ScoreMatching,
} from '../../src/training/matching.js';

/** A sample and its clean point. */
export interface Matched extends MatchedSample {
  x: ArrayLike<number>;
}

const GUARD = 0xabcdef01;

/**
 * One call of the kernel: the loss of samples and its gradients, flat and by name. Throws if anything was written beyond the
 * objective's memory or the gradient.
 */
export function matchedGradient(
  net: PlannedNetwork,
  samples: readonly Matched[],
  config: Omit<MatchingConfig, 'panels' | 'batch'> & { panels?: number },
): { loss: number; flat: Float32Array; gradients: Record<string, Tensor> } {
  const { wasm, memory } = net.core;
  const rows = config.rows ?? 1;
  const batch = samples.length / rows;
  const panels = config.panels ?? matchingSums(net, config.objective, batch * rows).panels;
  const matching = new ScoreMatching('test', net, { ...config, batch, panels });
  const words = new Uint32Array(batch * matching.pointWords);
  samples.forEach((sample, i) => {
    matching.writeSample(words, i, sample).set(Float32Array.from(sample.x));
  });
  const room = Math.ceil(net.count / 8) * 8;
  const points = memory.take(4 * words.length + 64);
  const gradient = memory.take(4 * room + 8);
  const guard = memory.take(64);
  memory.u32(points, words.length).set(words);
  memory.u32(gradient + 4 * room, 2).fill(GUARD);
  memory.u32(guard, 16).fill(GUARD);
  const lossAt = memory.take(8);
  makeCalls(wasm, [matching.call(points, batch, gradient, lossAt)]);
  if (![...memory.u32(gradient + 4 * room, 2), ...memory.u32(guard, 16)].every((word) => word === GUARD))
    throw new Error('matchingGradient wrote beyond its memory');
  const flat = memory.f32(gradient, net.count).slice();
  const [loss] = memory.f64(lossAt, 1);
  matching.dispose();
  for (const at of [points, gradient, guard, lossAt]) memory.give(at);
  return { loss, flat, gradients: net.named(flat) };
}

/** What a learned denoiser's sample at a noise says, but for its keys and point. */
export function matchedOf(
  denoiser: LearnedDenoiser,
  sigma: number,
): Pick<Matched, 'sigma' | 'in' | 'point' | 'out' | 'weight' | 'numbers' | 'level'> {
  const { config, network } = denoiser;
  const { in: scale, point, out, time } = scoreCoefficients(config, sigma);
  const weight = weightOf('output', config, sigma) * sigma ** 4;
  return {
    sigma,
    in: scale,
    point,
    out: out * network.outputFactor(time),
    weight,
    ...network.conditionOf(time),
  };
}
