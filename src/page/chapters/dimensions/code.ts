import type { State } from '../../state/state.js';
import { kernelOf } from '../shared/code.js';

/** Code that draws n points and gives their distances from the middle, as the page does. */
export function normsCode(state: State, { n, seed }: { n: number; seed: number }): string {
  const d = state.dimensions;
  return `import { key, loadCore, normal } from 'scorefield';

const core = await loadCore(${kernelOf(state)});
const z = normal(core, key(${seed}), [${n}, ${d}]);
const norm = (point) => Math.sqrt(point.reduce((sum, value) => sum + value * value, 0));
console.log(Float32Array.from({ length: ${n} }, (_, i) => norm(z.subarray(${d} * i, ${d} * (i + 1))))); // [${n}]
`;
}
