import type { Figures } from '../../state/page.js';
import { denoiseFigure } from './denoise.js';
import { drawFigure } from './draw.js';
import { localFigure } from './local.js';
import { trainFigure } from './train.js';
import { walkFigure } from './walk.js';

export const figures: Figures = {
  'images-denoise': denoiseFigure,
  'images-local': localFigure,
  'images-train': trainFigure,
  'images-walk': walkFigure,
  'images-draw': drawFigure,
};
