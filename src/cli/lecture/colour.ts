import type { FigureInput, LearnedFigure } from './figure.js';
import type { ImageRun } from './imageRun.js';
import { drawWalk } from './learnedWalk.js';

const CHAINS = 3;
const STEPS = 40;

/** Chains over colour pictures. */
export const colourFigure: LearnedFigure = {
  name: 'colour',
  about: 'several chains over colour pictures, walk above and jump below, also moving',
  parts: CHAINS * STEPS,
  lacks: ({ shape }) => (shape.channels === 3 ? undefined : 'colour images'),
  make: ({ part, ...input }: FigureInput, run: ImageRun) => {
    const parts = () => {
      for (let chain = 0; chain < CHAINS; chain++) part();
    };
    const title = 'Langevin chains over colour pictures';
    return drawWalk({ ...input, part: parts }, run, { chains: CHAINS, steps: STEPS, title });
  },
};
