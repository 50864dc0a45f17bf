import type { Core } from '../core/instantiate.js';
import { checkKey, type Key, key as keyOf, normal, split, uniform } from '../core/random.js';
import { defaultNetwork, Network, type NetworkConfig, parameterShapes, type Tensor } from './network.js';

/**
 * A new network, initialised as the article's: frequencies standard normal times their scale, alpha 1, beta 0, and
 * Equinox's MLP, uniform within 1 / sqrt(inputs). `key` (default key(0)) serves both, as it does there.
 *
 * @throws RangeError if a size or scale is not positive.
 */
export function network(
  core: Core,
  config: Partial<NetworkConfig> = {},
  { key = keyOf(0) }: { key?: Key } = {},
): Network {
  checkKey('network', key);
  const full = { ...defaultNetwork, ...config };
  const net = new Network(core, full);
  try {
    net.setTensors(initialTensors(core, full, key));
    return net;
  } catch (error) {
    net.dispose();
    throw error;
  }
}

function initialTensors(core: Core, full: NetworkConfig, key: Key): Record<string, Tensor> {
  const { dim, features, depth, levels, featureScale, featureSpread } = full;
  const scaleOf = (f: number) => featureScale * featureSpread ** (f / Math.max(1, features - 1));
  const frequencies = (from: Key) => {
    const data = normal(core, from, [features, dim]);
    return { shape: [features, dim], data: data.map((b, i) => b * scaleOf(Math.floor(i / dim))) };
  };
  const [cosKey, sinKey] = split(key, 2);
  const tensors: Record<string, Tensor> = {
    'rf_layer.B_cos': frequencies(cosKey),
    'rf_layer.B_sin': frequencies(sinKey),
    'rf_layer.alpha': { shape: [levels], data: new Float32Array(levels).fill(1) },
    'rf_layer.beta': { shape: [levels], data: new Float32Array(levels) },
  };
  const layerKeys = split(key, depth + 1);
  for (const [name, shape] of parameterShapes(full).slice(2)) {
    const layer = Number(name.split('.')[2]);
    const limit = 1 / Math.sqrt(layer === 0 ? 2 * features + dim : full.width);
    const [weightKey, biasKey] = split(layerKeys[layer], 2);
    const from = name.endsWith('weight') ? weightKey : biasKey;
    tensors[name] = { shape, data: uniform(core, from, shape, { minval: -limit, maxval: limit }) };
  }
  return tensors;
}
