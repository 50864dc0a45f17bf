import { readSafetensors, writeSafetensors } from '../../index.js';
import type { WeightsFile } from './coming.js';

const SCALE = '.scale';

/** The bytes of weights that come with the page. */
function bytesOf(file: WeightsFile): Uint8Array {
  if (typeof file !== 'string') return file;
  const text = atob(file);
  return Uint8Array.from({ length: text.length }, (_, i) => text.charCodeAt(i));
}

/**
 * The weights file of the library that `make.mjs` packed: a tensor NAME [outputs, inputs, ...] of bytes becomes
 * float32, times NAME.scale [inputs]; all others, and the metadata, stay as they are.
 *
 * @throws Error if the bytes are no safetensors file
 */
export function unpackWeights(file: WeightsFile, name: string): Uint8Array {
  const { tensors, metadata } = readSafetensors(bytesOf(file), name);
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
