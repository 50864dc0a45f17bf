import type { Figures } from '../../state/page.js';
import { copiesFigure } from './copies.js';
import { exactFigure } from './exact.js';
import { viewsFigure } from './views.js';

export const figures: Figures = { exact: exactFigure, views: viewsFigure, copies: copiesFigure };
