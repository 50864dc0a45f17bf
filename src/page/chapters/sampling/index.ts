import type { Figures } from '../../state/page.js';
import { samplingFigure } from './sampling.js';
import { walkFigure } from './walk.js';

export const figures: Figures = { sampling: samplingFigure, walk: walkFigure };
