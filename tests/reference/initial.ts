import type { Tensors } from './network.js';
import { randomBits, randomNormal, splitKey, uniformFromBits } from './random.js';

/**
 * The article's initial tensors, in float32 values: B_cos and B_sin standard normal from the two halves of the key (row
 * i of them times featureSpread^(i / (features - 1))), alpha 1, beta 0, and Equinox's dense layers, uniform within 1 / sqrt(inputs), from the same key again.
 */
export function initialTensors(
  {
    dim,
    features,
    width,
    depth,
    levels,
    featureSpread = 1,
  }: Record<'dim' | 'features' | 'width' | 'depth' | 'levels', number> & { featureSpread?: number },
  key: ArrayLike<number>,
): Tensors {
  const [cosKey, sinKey] = splitKey(key, 2);
  const normal = (from: ArrayLike<number>) => ({
    shape: [features, dim],
    values: Float32Array.from(
      randomNormal(from, features * dim),
      (b, i) => b * featureSpread ** (Math.floor(i / dim) / (features - 1)),
    ),
  });
  const tensors: Tensors = {
    B_cos: normal(cosKey),
    B_sin: normal(sinKey),
    alpha: { shape: [levels], values: new Float32Array(levels).fill(1) },
    beta: { shape: [levels], values: new Float32Array(levels) },
  };
  const sizes = [2 * features + dim, ...new Array<number>(depth).fill(width), dim];
  splitKey(key, depth + 1).forEach((layerKey, i) => {
    const [inputs, outputs] = [sizes[i], sizes[i + 1]];
    const limit = Math.fround(1 / Math.sqrt(inputs));
    const uniform = (from: ArrayLike<number>, shape: number[]) => {
      const n = shape.reduce((a, b) => a * b, 1);
      return { shape, values: Float32Array.from(uniformFromBits(randomBits(from, n), -limit, limit)) };
    };
    const [weightKey, biasKey] = splitKey(layerKey, 2);
    tensors[`W${i}`] = uniform(weightKey, [outputs, inputs]);
    tensors[`b${i}`] = uniform(biasKey, [outputs]);
  });
  return tensors;
}
