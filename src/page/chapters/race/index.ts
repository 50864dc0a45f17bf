import type { Figures } from '../../state/page.js';
import { raceFigure } from './race.js';

export const figures: Figures = { race: raceFigure };
