// What a share of a command's work gives: arrays by name, whose first axis is cut into shards.
import type { Tensor } from '../../formats/safetensors.js';

export type Parts = Record<string, Tensor>;

type Numbers = Float32Array | Float64Array;

/** An array [rows, ...shape] of parts. */
export function part(data: Numbers, ...shape: number[]): Tensor {
  return { shape: [data.length / shape.reduce((product, size) => product * size, 1), ...shape], data };
}

/** An array of parts, as it was made: float32. */
export const f32Of = (parts: Parts, name: string) => parts[name].data as Float32Array;
/** An array of parts, as it was made: float64. */
export const f64Of = (parts: Parts, name: string) => parts[name].data as Float64Array;

/** Arrays of all shards in their order, joined along the first axis; of some, only some shards may have a part. */
export function joinParts(all: readonly Parts[]): Parts {
  const names = new Set(all.flatMap((parts) => Object.keys(parts)));
  return Object.fromEntries(
    [...names].map((name) => {
      const tensors = all.flatMap((parts) => parts[name] ?? []);
      const [{ shape, data }] = tensors;
      const rows = tensors.reduce((sum, tensor) => sum + tensor.shape[0], 0);
      const length = tensors.reduce((sum, tensor) => sum + tensor.data.length, 0);
      const joined = data instanceof Float64Array ? new Float64Array(length) : new Float32Array(length);
      let at = 0;
      for (const tensor of tensors) {
        joined.set(tensor.data, at);
        at += tensor.data.length;
      }
      return [name, { shape: [rows, ...shape.slice(1)], data: joined }];
    }),
  );
}
