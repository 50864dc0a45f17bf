import type { Figures } from '../../state/page.js';
import { featuresFigure } from './features.js';
import { learningFigure } from './learning.js';

export const figures: Figures = { learning: learningFigure, features: featuresFigure };
