// Numbers of the chapter on images that the worker and copied code share.

/** Pixels of a side of all pictures of the chapter: few enough that a network trains while one looks on. */
export const SIZE = 20;
export const DIM = SIZE * SIZE;

/** Digits that denoisers without a network are made of, and digits that are kept from all. */
export const DIGITS = { data: 2000, heldOut: 200 };

/** Colour pictures that the page draws, and most steps of a walk over them, hours: more would count beyond the random numbers of one key. */
export const SCENES = 400;
export const COLOUR_STEPS = 3e5;

/** Noises between which pictures are made. From the most, a picture of this size cannot be told from noise. */
export const DRAWN = { sigmaMin: 0.02, sigmaMax: 8 };
/** Sizes of patches for pictures of 20 x 20, those of the library for 28 x 28 scaled down. */
export const PATCHES = [
  { below: 0.2, size: 3 },
  { below: 0.45, size: 5 },
  { below: 0.85, size: 7 },
  { below: 1.4, size: 9 },
  { below: 2.6, size: 15 },
  { below: Infinity, size: Infinity },
];

/** The radius of the window whose mean errs least on held-out digits, by the noise up to which it does. */
const RADII = [
  [0.15, 0],
  [0.7, 1],
  [0.9, 2],
  [1.3, 4],
  [1.8, 5],
  [Infinity, 6],
];
export const radiusAt = (sigma: number) => RADII.find(([most]) => sigma <= most)?.[1];

/**
 * How hidden pixels are drawn: noises, steps, draws and the particles of each (of 1 none corrects the guidance), and the
 * deviation that seen pixels may have.
 */
export const FILLING = { ...DRAWN, steps: 24, chains: 4, particles: 4, noise: 0.05 };
/** The training of a network in the page. The average of the weights forgets half in about a hundred steps, so that pictures follow the training. */
export const TRAINING = { batch: 32, learningRate: 3e-3, schedule: 'cosine', halfLife: 3000 } as const;

/** Hours of steps: a walk ends when it is stopped. More would count beyond the random numbers of one key. */
export const MOST_STEPS = 1e6;
