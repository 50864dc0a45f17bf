import { growthWithChains, learnedChains, mixtureChains } from './chains.mjs';
import { categoricalDraws, gumbelDraws, normalDraws } from './draws.mjs';
import { empiricalScore } from './empirical.mjs';
import { growthWithThreads } from './threads.mjs';
import { articleStep, growthWithBatch, growthWithWidth, largePictureStep, wideStep } from './training.mjs';
import { unets } from './unet.mjs';

/** Timed against every system; a `long` one only in a whole run, or where it is asked for. */
export const workloads = [
  articleStep,
  ...learnedChains,
  mixtureChains,
  normalDraws,
  categoricalDraws,
  gumbelDraws,
  empiricalScore,
  wideStep,
  ...unets,
  largePictureStep,
];

/** Four doublings each. */
export const growth = [...growthWithBatch, ...growthWithWidth, ...growthWithChains];

export { growthWithThreads };

/** What --only knows. */
export const names = [
  ...workloads.map(({ name }) => name),
  ...['digits', 'growth', 'startup', 'samplers', 'shipped'],
];
