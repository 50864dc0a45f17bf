import { readSafetensors, writeSafetensors } from '../../../dist/index.js';

/** Numbers from which a matrix is packed. Frequencies of features stay exact: a small error in them is one of many turns. */
const LARGE = 1024;

/**
 * A weights file of the library with its large matrices [outputs, inputs, ...] in whole numbers from -127 to 127, and beside such
 * a NAME NAME.scale, float32 [inputs]; `unpack.ts` reads it. It takes a quarter of the space. Inputs have scales of their own, since
 * weights of high frequencies are small, and what they say at little noise would be rounded away.
 */
export function packWeights(file) {
  const { tensors, metadata } = readSafetensors(file);
  const out = {};
  for (const [name, { shape, data }] of Object.entries(tensors)) {
    if (data.length < LARGE) {
      out[name] = { shape, data };
      continue;
    }
    const [outputs, inputs] = shape;
    const taps = data.length / outputs / inputs;
    const inputOf = (i) => Math.floor(i / taps) % inputs;
    const scale = new Float32Array(inputs);
    data.forEach((v, i) => {
      scale[inputOf(i)] = Math.max(scale[inputOf(i)], Math.abs(v) / 127);
    });
    const bytes = Int8Array.from(data, (v, i) => Math.round(v / (scale[inputOf(i)] || 1)));
    out[name] = { shape, data: bytes };
    out[`${name}.scale`] = { shape: [inputs], data: scale };
  }
  return writeSafetensors(out, metadata);
}

/** The weights file that was packed, with all matrices in float32: for scripts, as `unpack.ts` is for the page. */
export function unpackedWeights(file) {
  const { tensors, metadata } = readSafetensors(file);
  const out = {};
  for (const [name, { shape, data }] of Object.entries(tensors)) {
    if (name.endsWith('.scale')) continue;
    const scale = tensors[`${name}.scale`];
    const [outputs, inputs] = shape;
    const taps = data.length / outputs / inputs;
    out[name] = {
      shape,
      data: scale ? Float32Array.from(data, (v, i) => v * scale.data[Math.floor(i / taps) % inputs]) : data,
    };
  }
  return writeSafetensors(out, metadata);
}
