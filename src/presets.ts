import { defaultNetwork, type NetworkConfig } from './scores/network.js';
import { defaultTraining, type TrainConfig } from './train.js';

/** Everything a named run fixes: network, training, and how its samples are drawn. */
export interface Preset {
  network: NetworkConfig;
  training: TrainConfig;
  /** Steps between two printed losses. */
  printEvery: number;
  sampling: { level: number; steps: number; stepSize: number; chains: number; init: readonly number[] };
}

/** The article's sampling: one chain at level 17, the sigma (0.022) at which its author found the digit sharpest. */
const sampling = { level: 17, steps: 400_000, stepSize: 1e-3, chains: 1, init: [0.5, 0.5] };

export const presets: Readonly<Record<'quick' | 'article', Preset>> = {
  /** The article's own run, number by number. */
  article: { network: defaultNetwork, training: defaultTraining, printEvery: 5000, sampling },
  /** The default: the article's sample quality in a minute or two. */
  quick: {
    // The network's output is the score times sigma, which has unit scale at every level: the article's raw score
    // must span four orders of magnitude with one last layer, and most of its 50,000 steps go into that. Frequencies
    // twice as high resolve the strokes of a picture sooner.
    network: { ...defaultNetwork, featureScale: 2, output: 'noise' },
    // The rate ends at zero, which averages the noise of the gradient away at the end; that allows a higher start.
    training: { ...defaultTraining, steps: 2000, learningRate: 3e-3, schedule: 'cosine' },
    printEvery: 250,
    sampling,
  },
};
