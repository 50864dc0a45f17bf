import type { Figures } from '../../state/page.js';
import { imageFigure } from './image.js';

export const figures: Figures = { image: imageFigure };
