import { BANANA, FUNNEL, RING } from '../abi/scores.js';
import { FusedDensity } from '../core/fusedScore.js';
import type { Core } from '../core/instantiate.js';
import type { Density } from '../core/score.js';

const KINDS = { banana: BANANA, funnel: FUNNEL, ring: RING };

class CurvedDensity extends FusedDensity {}

/**
 * A curved density.
 *
 * @param parameters those that `curvedParameters` in `assembly/densities/curved.ts` names
 */
export function curvedDensity(
  core: Core,
  kind: keyof typeof KINDS,
  dim: number,
  parameters: [number, number, number, number],
): Density {
  const { wasm, memory } = core;
  return new CurvedDensity(core, dim, KINDS[kind], wasm.curvedHeader(0, dim), (at) => {
    wasm.curvedHeader(at, dim);
    memory.f32(wasm.curvedParameters(at), 4).set(parameters);
  });
}
