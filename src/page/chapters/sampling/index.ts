import type { Figures } from '../../state/page.js';
import { samplingFigure } from './sampling.js';

export const figures: Figures = { sampling: samplingFigure };
