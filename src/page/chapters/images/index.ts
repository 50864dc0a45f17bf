import type { Figures } from '../../state/page.js';
import { colourFigure } from './colour.js';
import { denoiseFigure } from './denoise.js';
import { drawFigure } from './draw.js';
import { fillFigure } from './fill.js';
import { localFigure } from './local.js';
import { meansFigure } from './means.js';
import { mixingFigure } from './mixing.js';
import { trainFigure } from './train.js';
import { walkFigure } from './walk.js';

export const figures: Figures = {
  'images-denoise': denoiseFigure,
  'images-means': meansFigure,
  'images-local': localFigure,
  'images-train': trainFigure,
  'images-walk': walkFigure,
  'images-colour': colourFigure,
  'images-mixing': mixingFigure,
  'images-draw': drawFigure,
  'images-fill': fillFigure,
};
