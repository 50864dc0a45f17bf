import type { Figures } from '../../state/page.js';
import { normsFigure } from './norms.js';

export const figures: Figures = { norms: normsFigure };
