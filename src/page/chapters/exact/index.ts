import type { Figures } from '../../state/page.js';
import { copiesFigure } from './copies.js';
import { exactFigure } from './exact.js';

export const figures: Figures = { exact: exactFigure, copies: copiesFigure };
