import type { Core } from '../core/instantiate.js';
import { empirical } from './empirical.js';
import { type MixtureOptions, mixture } from './mixture.js';
import { Network, type NetworkConfig, type Tensor } from './network.js';
import type { PointSet, Score } from './types.js';

/** What a fused score is made from, as plain data that another thread can build it from again. */
export type ScoreSpec =
  | { kind: 'mixture'; options: MixtureOptions }
  | { kind: 'empirical'; data: PointSet; sigma: number }
  | { kind: 'level'; config: NetworkConfig; tensors: Record<string, Tensor>; level: number };

/** A score of its own from a description. Disposing of it frees all it is made of. */
export function buildScore(core: Core, spec: ScoreSpec): Score {
  if (spec.kind === 'mixture') return mixture(core, spec.options);
  if (spec.kind === 'empirical') return empirical(core, spec.data, spec.sigma);
  const network = new Network(core, spec.config);
  network.setTensors(spec.tensors);
  const score = network.at(spec.level);
  const dispose = score.dispose.bind(score);
  score.dispose = () => {
    dispose();
    network.dispose();
  };
  return score;
}
