import type { State } from '../../state/state.js';
import { kernelOf, pictureCode } from '../shared/code.js';

/** Code that walks and jumps as the page does. Weights of a network are those that "Save the weights" saves. */
export function walkCode(
  state: State,
  walk: { isExact: boolean; level: number; sigma: number; chains: number; moments: number; steps: number },
): string {
  const { isExact, level, sigma, chains, moments, steps } = walk;
  const names = isExact
    ? 'builtInImage, collect, empirical, imageDistribution, key, loadCore, walkJump'
    : 'collect, decodeWeights, key, loadCore, loadNetwork, walkJump';
  const score = isExact
    ? `${pictureCode(state)}
const score = empirical(core, imageDistribution(image), ${sigma});`
    : `// The weights that “Save the weights” saves, under “Learning the score”.
const net = loadNetwork(core, decodeWeights(readFileSync('weights.safetensors')));
const score = net.at(${level});`;
  return `${isExact ? '' : "import { readFileSync } from 'node:fs';\n"}import { ${names} } from 'scorefield';

const core = await loadCore(${kernelOf(state)});
${score}
const { path, jump } = await collect(
  walkJump(score, {
    sigma: ${sigma},
    stepSize: 1, // in units of sigma^2
    key: key(${state.seed}),
    chains: ${chains},
    steps: ${moments * steps},
    thin: ${steps},
    init: Float32Array.of(0.5, 0.5),
  }),
);
console.log(path, jump(path)); // the walk and its jumps, [${moments}, ${chains}, 2] each
`;
}
