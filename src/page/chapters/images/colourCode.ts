// Writes a program for Node that walks over colour pictures as the page does.
import type { State } from '../../state/state.js';
import { COLOUR_STEPS } from '../../worker/images/numbers.js';
import { SCENE_DIM as DIM, SIDE } from '../../worker/images/scenes.js';
import { kernelOf } from '../shared/code.js';
import { hundredSteps } from './code.js';

/** The file that “Save the pictures” gives. */
export const COLOUR_FILE = 'colour.npy';

/** Pixels of a patch's side, by its name in the state. */
export const patchSide = (patch: State['patch']) => (patch === 'whole' ? Infinity : Number(patch));

/** The walk over colour pictures and its jumps after a hundred steps. @param isOwn whether the pictures are the reader's */
export function colourCode(state: State, isOwn: boolean): string {
  const { colourNoise: sigma, colourStep, colourChains: chains, patch, seed } = state;
  return `import { readFileSync } from 'node:fs';
import {
  denoiser,
  imagePoints,
  imageSet,
  key,
  langevin,
  loadCore,
  localScores,
  nearest,
  normal,
  readNpy,
  split,
} from 'scorefield';

const core = await loadCore(${kernelOf(state)});
// “Save the pictures” on the page gives this file${isOwn ? ', of your pictures' : ''}.
const { data } = readNpy(readFileSync('${COLOUR_FILE}'));
const pictures = imageSet({ height: ${SIDE}, width: ${SIDE}, channels: 3, pixels: data });
const { points } = imagePoints(pictures);
const sigma = ${sigma};
const score = localScores(core, pictures, { patch: ${patchSide(patch)} }).at(sigma);
const [startKey, walkKey] = split(key(${seed}));
const z = normal(core, startKey, [${chains * DIM}]);
const options = {
  key: walkKey,
  steps: ${COLOUR_STEPS},
  stepSize: 2 * ${colourStep} * sigma ** 2,
  chains: ${chains},
  init: z.map((noise, i) => points[i % points.length] + sigma * noise),
  thin: 1,
};
${hundredSteps(chains * DIM)}
const jumps = denoiser(score, sigma).denoise(y);
// [${chains}, ${SIDE}, ${SIDE}, 3] each: the walk, and the jumps; and how far these are from the data, [${chains}]
console.log(y, jumps, nearest(jumps, points, { dim: ${DIM} }).distance.map((d) => d / Math.sqrt(${DIM})));
`;
}
