import type { Figures } from '../../state/page.js';
import { densityFigure } from './density.js';

export const figures: Figures = { density: densityFigure };
