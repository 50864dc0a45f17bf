import { growthWithChains, learnedChains, mixtureChains } from './chains.mjs';
import { categoricalDraws, gumbelDraws, normalDraws } from './draws.mjs';
import { empiricalScore } from './empirical.mjs';
import { growthWithThreads } from './threads.mjs';
import { articleStep, growthWithBatch, growthWithWidth, wideStep } from './training.mjs';
import { unetPicture, unetStep } from './unet.mjs';

/** Timed against every system. */
export const workloads = [
  articleStep,
  ...learnedChains,
  mixtureChains,
  normalDraws,
  categoricalDraws,
  gumbelDraws,
  empiricalScore,
  wideStep,
  unetStep,
  unetPicture,
];

/** Four doublings each. */
export const growth = [...growthWithBatch, ...growthWithWidth, ...growthWithChains];

export { growthWithThreads };

/** What --only knows. */
export const names = [...workloads.map(({ name }) => name), 'growth', 'startup', 'shipped'];
