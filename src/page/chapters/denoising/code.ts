import { twoKindsOf } from '../../../apps/twoKinds.js';
import type { State } from '../../state/state.js';
import { kernelOf } from '../shared/code.js';
import { type LineMixture, mixtureOptions, noisy } from '../shared/lineMixture.js';

/** Code that draws the figure's pairs x and y, and denoises y by Tweedie's formula. */
export function regressionCode(
  state: State,
  hills: LineMixture,
  { n, seed }: { n: number; seed: number },
): string {
  const { guessNoise: noise } = state;
  return `import { denoiser, key, loadCore, mixture, normal } from 'scorefield';

const core = await loadCore(${kernelOf(state)});
const normals = normal(core, key(${seed}), [${n}, 2]);
const [means, sds] = [[${hills.means.join(', ')}], [${hills.sds.join(', ')}]];
const x = Float32Array.from({ length: ${n} }, (_, i) => {
  const hill = (i + 0.5) / ${n} < ${hills.weights[0]} ? 0 : 1;
  return means[hill] + sds[hill] * normals[2 * i];
});
const y = x.map((clean, i) => clean + ${noise} * normals[2 * i + 1]);
// Noise widens the hills.
const density = mixture(core, ${mixtureOptions(noisy(hills, noise))});
const error = (guess) => guess.reduce((sum, value, i) => sum + (value - x[i]) ** 2 / ${n}, 0);
console.log(error(y), error(denoiser(density, ${noise}).denoise(y))); // mean squared errors
`;
}

/** Code that draws n numbers of two kinds under the chosen noise, and gives the errors of each denoiser. */
export function noiseModelsCode(state: State, n: number): string {
  const { noise, kinds, share } = twoKindsOf[state.noiseModel];
  return `import {
  bayesDenoiser, drawNoisy, empiricalBayesDenoiser, fitPrior, foldIn, key, loadCore, pointSet, uniform,
} from 'scorefield';

const core = await loadCore(${kernelOf(state)});
const noise = ${JSON.stringify(noise)};
const x = uniform(core, foldIn(key(${state.seed}), 0), [${n}]).map((u) => (u < ${share} ? ${kinds[0]} : ${kinds[1]}));
const y = drawNoisy(core, noise, x, { key: foldIn(key(${state.seed}), 1) });
const prior = pointSet({ dim: 1, points: [${kinds.join(', ')}], weights: [${share}, ${1 - share}] });
const error = ({ denoise }) => denoise(y).reduce((sum, value, i) => sum + (value - x[i]) ** 2 / ${n}, 0);
console.log(
  error(empiricalBayesDenoiser(core, noise, y)), // by the formula
  error(bayesDenoiser(core, noise, fitPrior(noise, y))), // by a prior fitted to y
  error(bayesDenoiser(core, noise, prior)), // by the true prior
);
`;
}
