import { FusedDensity, KIND } from '../core/fusedScore.js';
import type { Core } from '../core/instantiate.js';
import type { Density } from '../core/score.js';

/** A density of `assembly/shapes.ts`, which takes four numbers. */
class Shape extends FusedDensity {}

export function shape(
  core: Core,
  kind: 'banana' | 'funnel' | 'ring',
  dim: number,
  numbers: [number, number, number, number],
): Density {
  const { wasm, memory } = core;
  return new Shape(core, dim, KIND[kind], wasm.shapeLayout(0, dim), (at) => {
    wasm.shapeLayout(at, dim);
    memory.f32(wasm.shapeNumbers(at), 4).set(numbers);
  });
}
