import type { Figures } from '../../state/page.js';
import { drawFigure } from './draw.js';

export const figures: Figures = { draw: drawFigure };
