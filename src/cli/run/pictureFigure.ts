import { drawingOf } from '../../apps/drawPoints.js';
import { square } from '../../core/elementary.js';
import {
  type Core,
  categorical,
  type GreyImage,
  key,
  type PointSet,
  smoothedHistogram,
} from '../../index.js';
import { imageFigure, type Picture } from '../../plots/index.js';
import { saveFigure } from './figures.js';
import { wholePixels } from './pixelCells.js';

const DRAWS = 10_000;
/** The article's key for these draws: the sum of the character codes of "five". */
const DRAWS_KEY = 426;
/** Most cells a side of a figure, in which a picture is as many units wide: larger pictures are shrunk. */
const MOST_CELLS = 260;
/** Cells a side of the histogram of several pictures, whose sizes may differ. */
const CELLS = 28;

/** The true distribution as a square picture: the picture itself, or several pictures smoothed onto one grid. */
export function truth(data: PointSet, image: GreyImage | undefined): Picture {
  if (image) return squared(image, 'the picture');
  const bins = 100;
  const { counts } = smoothedHistogram(data, 0.5 / CELLS, { bins, xlim: [0, 1], ylim: [0, 1] });
  return { title: 'the pictures together', height: bins, width: bins, values: counts };
}

/**
 * Copies a picture to the top left of a square, where its coordinates place it. A cell is the mean of the pixels that it stands
 * for, black where there are none.
 */
function squared(image: GreyImage, title: string): Picture {
  const { height, width, pixels } = image;
  const { by, cells: side } = wholePixels(Math.max(height, width), MOST_CELLS);
  const values = new Float32Array(side * side);
  for (let row = 0; row < height; row++) {
    const first = Math.floor(row / by) * side;
    for (let column = 0; column < width; column++) {
      values[first + Math.floor(column / by)] += pixels[row * width + column] / square(by);
    }
  }
  return { title, height: side, width: side, values, caption: `${width} \u00d7 ${height} pixels` };
}

/** Writes the picture beside a histogram of draws from it; returns the files. */
export async function savePicture(
  folder: string,
  core: Core,
  { data, image }: { data: PointSet; image?: GreyImage },
): Promise<string[]> {
  const across = image ? Math.max(image.height, image.width) : CELLS;
  const { by, cells: side } = wholePixels(across, MOST_CELLS);
  const counts = new Float64Array(side * side);
  const drawing = drawingOf(data, DRAWS);
  for (const point of categorical(core, key(DRAWS_KEY), data.logits, DRAWS, { drawing })) {
    const [row, column] = [0, 1].map((axis) =>
      Math.floor(Math.round(data.points[2 * point + axis] * (across - 1)) / by),
    );
    counts[row * side + column]++;
  }
  const drawn = `${DRAWS.toLocaleString('en-US')} draws from ${image ? 'it' : 'them'}`;
  return saveFigure(
    folder,
    'picture',
    imageFigure({
      pictures: [truth(data, image), { title: drawn, height: side, width: side, values: counts }],
    }),
  );
}
