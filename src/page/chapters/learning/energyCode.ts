import type { State } from '../../state/state.js';
import { ENERGY_RUN } from '../../worker/energies.js';
import type { Grid } from '../../worker/grid.js';
import { kernelOf, pictureCode } from '../shared/code.js';

/** Code that learns the picture as a density by its likelihood and by denoising, as the page does. */
export function energyCode(state: State, { n, xlim, ylim }: Grid): string {
  const { seed, energyNoise } = state;
  const { network, sigmaData, training } = ENERGY_RUN;
  return `import {
  builtInImage, denoiserScores, densityHistogram, energyNetwork, foldIn, imageDistribution, key, learnedDenoiser,
  loadCore, smoothedHistogram, totalVariation, trainDenoiser, trainLikelihood,
} from 'scorefield';

const core = await loadCore(${kernelOf(state)});
${pictureCode(state)}
const data = imageDistribution(image);
const sigma = ${energyNoise};
const grid = ${JSON.stringify({ bins: n, xlim, ylim })};
const exact = smoothedHistogram(data, sigma, grid);
const options = { ...${JSON.stringify(training)}, key: foldIn(key(${seed}), 1) };
for (const by of ['likelihood', 'denoising']) {
  const shape = { height: 1, width: 1, channels: 2 };
  const network = energyNetwork(core, shape, { ...${JSON.stringify(network)}, key: foldIn(key(${seed}), 0) });
  const denoiser = learnedDenoiser(network, { sigmaData: ${sigmaData} });
  const training =
    by === 'likelihood'
      ? trainLikelihood(denoiser, data, { ...options, sigma })
      : trainDenoiser(denoiser, data, { ...options, noise: { kind: 'fixed', sigma } });
  for await (const _ of training);
  const density = denoiserScores(denoiser).at(sigma);
  const learned = densityHistogram(density, grid, { nodes: 1 });
  console.log(by, totalVariation(learned, exact)); // 0 where both are the same, 1 where they share nothing
}
`;
}
