// The article's network as a plan: frozen random features, alpha and beta a level, an MLP with softplus.
import { LANES } from '../abi/panels.js';
import type { Core } from '../core/instantiate.js';
import { type Key, normal, split } from '../core/random.js';
import { bias, centre, dense, type Frequencies, features, levelDense, softplus } from './layers.js';
import type { NetworkConfig } from './networkConfig.js';
import { Plan, Tensor } from './plan.js';

/** The plan, and its frozen memory. */
export interface ArticlePlan {
  plan: Plan;
  frequencies: Frequencies;
}

export function articlePlan(core: Core, config: NetworkConfig): ArticlePlan {
  const { dim, features: F, width, depth, levels, encoding } = config;
  // Layer i has the i-th of depth + 1 keys, as in the article's Equinox model.
  const layer = (i: number) => ({
    name: `mlp.layers.${i}`,
    outputs: i < depth ? width : dim,
    keyOf: (key: Key) => split(key, depth + 1)[i],
  });
  const joined = new Tensor(2 * F + dim);
  const x = joined.part(2 * F, dim);
  let frequencies!: Frequencies;
  const plan = new Plan(core, x, (plan) => {
    const gainBytes = 4 * (levels + LANES - 1);
    frequencies = {
      // Sines of one sample are computed four at a time.
      turns: plan.frozen(4 * 2 * F * dim + 16),
      ...(encoding === 'averaged' && { gains: plan.frozen(2 * F * gainBytes) }),
      gainBytes,
    };
    centre(plan, x);
    features(plan, x, joined.part(0, 2 * F), frequencies);
    let linear: Parameters<typeof bias>[1] = levelDense(plan, joined, frequencies, {
      ...layer(0),
      features: 2 * F,
      levels,
    });
    for (let i = 1; i <= depth; i++) linear = dense(plan, softplus(plan, linear), layer(i));
    return bias(plan, linear);
  });
  return { plan, frequencies };
}

/** Frequencies of a new network, [F, dim] of the cosines and of the sines, in turns per unit. */
export function initialFrequencies(
  core: Core,
  config: NetworkConfig,
  key: Key,
): [cos: Float32Array, sin: Float32Array] {
  const { dim, features, featureScale, featureSpread } = config;
  const scaleOf = (f: number) => featureScale * featureSpread ** (f / Math.max(1, features - 1));
  const draw = (from: Key) =>
    normal(core, from, [features, dim]).map((b, i) => b * scaleOf(Math.floor(i / dim)));
  const [cosKey, sinKey] = split(key, 2);
  return [draw(cosKey), draw(sinKey)];
}
