import type { FigureInput, LearnedFigure } from './figure.js';
import type { ImageRun } from './imageRun.js';
import { drawWalk } from './learnedWalk.js';

/** Shorter steps and less noise than of digits: a colour picture has more to lose. */
const WALK = { chains: 3, steps: 40, stepSize: 0.3, noise: 1 };

/** Chains over colour pictures. */
export const colourFigure: LearnedFigure = {
  name: 'colour',
  draws: 13,
  about: 'several chains over colour pictures, walk above and jump below, also moving',
  parts: WALK.chains * WALK.steps,
  lacks: ({ shape }) => (shape.channels === 3 ? undefined : 'colour images'),
  make: ({ part, ...input }: FigureInput, run: ImageRun) => {
    const parts = () => {
      for (let chain = 0; chain < WALK.chains; chain++) part();
    };
    const title = 'Langevin chains over colour pictures';
    return drawWalk({ ...input, part: parts }, run, { ...WALK, title });
  },
};
