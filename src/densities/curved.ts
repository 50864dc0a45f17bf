import { BANANA, FUNNEL, RING } from '../abi/scores.js';
import { FusedDensity } from '../core/fusedScore.js';
import type { Core } from '../core/instantiate.js';
import type { Density } from '../core/score.js';

const KINDS = { banana: BANANA, funnel: FUNNEL, ring: RING };

/** A density of `assembly/densities/curved.ts`, which takes four numbers. */
class Shape extends FusedDensity {}

export function shape(
  core: Core,
  kind: keyof typeof KINDS,
  dim: number,
  numbers: [number, number, number, number],
): Density {
  const { wasm, memory } = core;
  return new Shape(core, dim, KINDS[kind], wasm.curvedHeader(0, dim), (at) => {
    wasm.curvedHeader(at, dim);
    memory.f32(wasm.curvedParameters(at), 4).set(numbers);
  });
}
