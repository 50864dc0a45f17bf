import type { Figures } from '../../state/page.js';
import { fuzzyFigure } from './fuzzy.js';
import { noiseModelsFigure } from './noiseModels.js';
import { regressionFigure } from './regression.js';

export const figures: Figures = {
  regression: regressionFigure,
  fuzzy: fuzzyFigure,
  'noise-models': noiseModelsFigure,
};
