// The figures of every chapter below the first screen: a script of its own, which comes when the reader comes near.
import type { Figures } from '../state/page.js';
import { figures as blur } from './blur/index.js';
import { figures as denoising } from './denoising/index.js';
import { figures as density } from './density/index.js';
import { figures as diffusion } from './diffusion/index.js';
import { figures as dimensions } from './dimensions/index.js';
import { figures as exact } from './exact/index.js';
import { figures as given } from './given/index.js';
import { figures as image } from './image/index.js';
import { figures as images } from './images/index.js';
import { figures as learning } from './learning/index.js';
import { figures as line } from './line/index.js';
import { figures as race } from './race/index.js';
import { figures as sampling } from './sampling/index.js';
import { figures as steps } from './steps/index.js';

export const figures: Figures = {
  ...line,
  ...density,
  ...steps,
  ...blur,
  ...dimensions,
  ...denoising,
  ...image,
  ...learning,
  ...race,
  ...sampling,
  ...diffusion,
  ...exact,
  ...given,
  ...images,
};
