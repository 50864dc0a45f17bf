import type { Figures } from '../../state/page.js';
import { energyFigure } from './energy.js';
import { featuresFigure } from './features.js';
import { learningFigure } from './learning.js';
import { objectivesFigure } from './objectives.js';

export const figures: Figures = {
  learning: learningFigure,
  features: featuresFigure,
  objectives: objectivesFigure,
  energy: energyFigure,
};
