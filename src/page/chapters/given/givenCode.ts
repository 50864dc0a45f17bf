import type { State } from '../../state/state.js';
import { kernelOf, pictureCode } from '../shared/code.js';

/** Code that draws points given a reading, as the page does. */
export function givenCode(state: State, { count, steps }: { count: number; steps: number }): string {
  const { seed, seenAt, seenNoise, correcting } = state;
  return `import {
  builtInImage, collect, conditionalDiffusion, conditionalScores, dataScores, imageDistribution, key,
  linearObservation, loadCore, momentsOf, probabilityFlow, split, varianceExploding,
} from 'scorefield';

const core = await loadCore(${kernelOf(state)});
${pictureCode(state)}
const data = imageDistribution(image);
const family = dataScores(core, data);
const moments = momentsOf(data);
// How far to the right a point is, give or take the noise.
const observation = linearObservation({ mask: [0, 1], observed: [0, ${seenAt}], noise: ${seenNoise} });
const process = varianceExploding({ sigmaMin: 0.01, sigmaMax: 2 });
const options = { key: split(key(${seed}))[1], process, chains: ${count}, steps: ${steps}, moments };
const guided = await collect(probabilityFlow(conditionalScores(family, observation, { moments }), options));
console.log(guided.x); // [${count}, 2]
const corrected = await collect(conditionalDiffusion(family, { ...options, observation, particles: ${correcting} }));
console.log(corrected.x); // [${count}, 2]
`;
}
