import type { Figures } from '../../state/page.js';
import { raceFigure } from './race.js';
import { solversFigure } from './solvers.js';

export const figures: Figures = { race: raceFigure, solvers: solversFigure };
