import type { Figures } from '../../state/page.js';
import { regressionFigure } from './regression.js';

export const figures: Figures = { regression: regressionFigure };
