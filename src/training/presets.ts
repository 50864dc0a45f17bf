import { defaultNetwork, type NetworkConfig } from '../networks/network.js';
import { type DenoisingConfig, defaultTraining } from './config.js';

/** The settings of a named run: its network, its training, and how its samples are drawn. */
export interface Preset {
  /** Sizes and scales of the network. */
  network: NetworkConfig;
  /** Settings of the training. */
  training: DenoisingConfig;
  /** Steps from one printed loss to the next. */
  printEvery: number;
  /** Langevin dynamics afterwards: the noise level, steps, step size, chains and where they start. */
  sampling: { level: number; steps: number; stepSize: number; chains: number; init: readonly number[] };
}

/** The article's sampling: one chain at level 17, the sigma (0.022) at which its author found the digit sharpest. */
const sampling = { level: 17, steps: 400_000, stepSize: 1e-3, chains: 1, init: [0.5, 0.5] };

const make = (): Record<'quick' | 'article', Preset> => ({
  /** The article's own run, number by number. */
  article: { network: defaultNetwork, training: defaultTraining, printEvery: 5000, sampling },
  /**
   * The default. In under a minute it is nearer to the exact score than the article's run at its end, on average over all levels
   * and at the level of sampling (bench/quality.md).
   */
  quick: {
    network: {
      ...defaultNetwork,
      // The score times sigma has unit scale at every level. The article's last layer must give scores over four orders of
      // magnitude, and most of its 50,000 steps go into that.
      output: 'noise',
      // Frequencies over five octaves: low ones for the form of the picture, and high ones, up to the frequency of its pixels,
      // for the low levels, whose score has a spike at each pixel. Averaged over a level's noise, the high ones vanish at levels
      // whose score has no such detail; otherwise they would do harm there.
      featureSpread: 32,
      encoding: 'averaged',
      // Half the article's features and a layer less cost half as much a step, and lose nothing in as much time.
      features: 128,
      depth: 2,
    },
    training: {
      ...defaultTraining,
      // Each point is seen at 30 levels, so that 32 points are 960 samples, enough for the direction of a step. Four such steps
      // get further than one of 128 points.
      batch: 32,
      steps: 8000,
      // With outputs of unit scale, training is stable at ten times the article's learning rate; 5e-3 is slower. As the rate
      // falls to zero, the noise of the gradients averages out, so that a moving average of the weights adds nothing.
      learningRate: 1e-2,
      schedule: 'cosine',
      // A step of a picture of a million pixels then takes no longer than one of 784.
      drawing: 'alias',
    },
    printEvery: 1000,
    sampling,
  },
});

// Made by a call, so that a bundle without presets leaves them out.
/** The two runs that the command line knows: `quick`, and `article`, the article's own. */
export const presets: Readonly<Record<'quick' | 'article', Preset>> = /* @__PURE__ */ make();
