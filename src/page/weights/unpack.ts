import { bytesOfBase64 } from '../../core/base64.js';
import { readSafetensors, writeSafetensors } from '../../index.js';
import type { WeightsFile } from './coming.js';

const SCALE = '.scale';

/**
 * The weights file of the library that `make.mjs` packed: a tensor NAME [outputs, inputs, ...] of bytes becomes
 * float32, times NAME.scale [inputs]; all others, and the metadata, stay as they are.
 *
 * @throws Error if the bytes are no safetensors file
 */
export function unpackWeights(file: WeightsFile, name: string): Uint8Array {
  const { tensors, metadata } = readSafetensors(typeof file === 'string' ? bytesOfBase64(file) : file, name);
  const whole: typeof tensors = {};
  for (const [entry, tensor] of Object.entries(tensors)) {
    if (entry.endsWith(SCALE) && tensors[entry.slice(0, -SCALE.length)]) continue;
    const scale = tensors[entry + SCALE];
    if (!scale) {
      whole[entry] = tensor;
      continue;
    }
    const [outputs, inputs] = tensor.shape;
    const taps = tensor.data.length / outputs / inputs;
    const data = Float32Array.from(
      tensor.data,
      (value, i) => value * scale.data[Math.floor(i / taps) % inputs],
    );
    whole[entry] = { shape: tensor.shape, data };
  }
  return writeSafetensors(whole, metadata);
}
