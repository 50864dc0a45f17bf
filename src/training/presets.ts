import { defaultNetwork, type NetworkConfig } from '../networks/network.js';
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
  /**
   * The default: nearer to the exact score than the article's end, on average over the levels and at that of sampling,
   * in under a minute (bench/quality.md).
   */
  quick: {
    network: {
      ...defaultNetwork,
      // The score times sigma has unit scale at every level; the article's raw score must span four orders of
      // magnitude with one last layer, and most of its 50,000 steps go into that.
      output: 'noise',
      // Five octaves of frequencies: low ones for the shape of the picture, and up to its pixels' own for the low
      // levels, where the score is a spike at each pixel. Averaged over a level's noise, the high ones are silent at
      // the levels whose score has no such detail; without that, they spoil those levels.
      featureSpread: 32,
      encoding: 'averaged',
      // Half the article's features and a layer less cost half as much a step, and lose nothing in as much time.
      features: 128,
      depth: 2,
    },
    training: {
      ...defaultTraining,
      // Each point is seen at 30 levels, so 32 points are 960 rows: enough for the direction of a step, and four steps
      // instead of one get further than one of 128 points.
      batch: 32,
      steps: 8000,
      // With unit scales, steps ten times the article's hold; 5e-3 is slower. They end at zero, which averages the
      // noise of the gradient away as a mean over weights does, so that such a mean adds nothing.
      learningRate: 1e-2,
      schedule: 'cosine',
    },
    printEvery: 1000,
    sampling,
  },
};
