import type { State } from '../../state/state.js';
import { kernelOf } from '../shared/code.js';
import { type LineMixture, mixtureOptions } from '../shared/lineMixture.js';

/** Code that computes the curves of the line: log c p and the score at 321 places. */
export function lineCode(state: State, density: LineMixture): string {
  return `import { loadCore, mixture } from 'scorefield';

const core = await loadCore(${kernelOf(state)});
const density = mixture(core, ${mixtureOptions(density)});
const x = Float32Array.from({ length: 321 }, (_, i) => -4 + i / 40);
console.log(density.logProb(x).map((log) => log + Math.log(${state.factor})), density.score(x)); // [321] each
`;
}
