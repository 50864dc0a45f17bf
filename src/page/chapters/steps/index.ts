import type { Figures } from '../../state/page.js';
import { stepSizeFigure } from './stepSize.js';
import { weightsFigure } from './weights.js';

export const figures: Figures = { 'step-size': stepSizeFigure, weights: weightsFigure };
