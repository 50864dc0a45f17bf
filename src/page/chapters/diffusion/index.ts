import type { Figures } from '../../state/page.js';
import { dropFigure } from './drop.js';
import { viewsFigure } from './views.js';

export const figures: Figures = { drop: dropFigure, views: viewsFigure };
