import type { Figures } from '../../state/page.js';
import { fourierFigure } from './fourier.js';

export const figures: Figures = { fourier: fourierFigure };
