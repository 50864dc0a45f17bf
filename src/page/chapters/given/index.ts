import type { Figures } from '../../state/page.js';
import { givenFigure } from './given.js';

export const figures: Figures = { given: givenFigure };
