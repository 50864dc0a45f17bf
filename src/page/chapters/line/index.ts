import type { Figures } from '../../state/page.js';
import { lineFigure } from './line.js';

export const figures: Figures = { line: lineFigure };
