// The article's network as a plan: random features that are not trained, their scale alpha and shift beta at each level, and an
// MLP with softplus.

import { LANES } from '../abi/panels.js';
import { exp, log } from '../core/elementary.js';
import type { Core } from '../core/instantiate.js';
import { type Key, normal, split } from '../core/random.js';
import { bias, centre, dense, type FeatureBuffers, features, levelDense, softplus } from './layers.js';
import type { NetworkConfig } from './networkConfig.js';
import { Activation, Plan } from './plan.js';

/** The plan, and the buffers of its random features, which the network fills. */
export interface ArticlePlan {
  plan: Plan;
  buffers: FeatureBuffers;
}

/** The article's network: centred coordinates, random features, a level-dependent layer, then `depth` softplus layers. */
export function articlePlan(core: Core, config: NetworkConfig): ArticlePlan {
  const { dim, features: F, width, depth, levels, encoding } = config;
  // The key splits into depth + 1 keys, one a layer, as in the article's Equinox model.
  const layer = (i: number) => ({
    name: `mlp.layers.${i}`,
    outputs: i < depth ? width : dim,
    keyOf: (key: Key) => split(key, depth + 1)[i],
  });
  const joined = new Activation(2 * F + dim);
  const x = joined.slice(2 * F, dim);
  let buffers!: FeatureBuffers;
  const plan = new Plan(core, x, (plan) => {
    const gainBytes = 4 * (levels + LANES - 1);
    buffers = {
      // Sines of one sample are computed four at a time, up to three too many.
      frequencies: plan.buffer(4 * 2 * F * dim + 16),
      ...(encoding === 'averaged' && { gains: plan.buffer(2 * F * gainBytes) }),
      gainBytes,
    };
    centre(plan, x);
    features(plan, x, joined.slice(0, 2 * F), buffers);
    let linear: Parameters<typeof bias>[1] = levelDense(plan, joined, buffers, {
      ...layer(0),
      features: 2 * F,
      levels,
    });
    for (let i = 1; i <= depth; i++) linear = dense(plan, softplus(plan, linear), layer(i));
    return bias(plan, linear);
  });
  return { plan, buffers };
}

/**
 * Initial frequencies of the cosines and of the sines, [F, dim] each, in turns per unit: standard normal times a scale that
 * grows from featureScale to featureScale x featureSpread in constant ratio.
 */
export function initialFrequencies(
  core: Core,
  config: Pick<NetworkConfig, 'dim' | 'features' | 'featureScale' | 'featureSpread'>,
  key: Key,
): [cos: Float32Array, sin: Float32Array] {
  const { dim, features, featureScale, featureSpread } = config;
  const scaleOf = (f: number) => featureScale * exp(log(featureSpread) * (f / Math.max(1, features - 1)));
  const draw = (from: Key) =>
    normal(core, from, [features, dim]).map((b, i) => b * scaleOf(Math.floor(i / dim)));
  const [cosKey, sinKey] = split(key, 2);
  return [draw(cosKey), draw(sinKey)];
}
