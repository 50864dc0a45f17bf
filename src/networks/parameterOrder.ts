// Parameters are row-major outside of memory; in memory their axes stand in an order that suits the kernels.
import { type Parameter, sizeOf } from './plan.js';

/** The numbers of a row-major array, in the order of a parameter's axes in memory. */
export function toMemoryOrder({ shape, axes }: Parameter, values: Float32Array): Float32Array {
  return reorder(shape, axes, (memory, rowMajor, out) => {
    out[memory] = values[rowMajor];
  });
}

/** The inverse of {@link toMemoryOrder}. */
export function toRowMajor({ shape, axes }: Parameter, values: Float32Array): Float32Array {
  return reorder(shape, axes, (memory, rowMajor, out) => {
    out[rowMajor] = values[memory];
  });
}

/** Calls `move` for each element with its index in memory and in the row-major array. */
function reorder(
  shape: readonly number[],
  axes: readonly number[],
  move: (memory: number, rowMajor: number, out: Float32Array) => void,
): Float32Array {
  const out = new Float32Array(sizeOf(shape));
  const steps = shape.map((_, axis) => sizeOf(shape.slice(axis + 1)));
  let memory = 0;
  const visit = (depth: number, rowMajor: number) => {
    if (depth === axes.length) {
      move(memory++, rowMajor, out);
      return;
    }
    const axis = axes[depth];
    for (let i = 0; i < shape[axis]; i++) visit(depth + 1, rowMajor + i * steps[axis]);
  };
  visit(0, 0);
  return out;
}
