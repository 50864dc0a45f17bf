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

const DRAWS = 10_000;
/** The article's key for these draws: the sum of the character codes of "five". */
const DRAWS_KEY = 426;
/** Most draws times points: each draw looks at every point. */
const MOST_WORK = 5e8;
/** Cells a side of the histogram of several pictures, whose sizes may differ. */
const CELLS = 28;

/** The true distribution as a square picture: the picture itself, or several pictures smoothed onto one grid. */
export function truth(data: PointSet, image: GreyImage | undefined): Picture {
  if (image) return squared(image, 'the picture');
  const bins = 100;
  const { counts } = smoothedHistogram(data, 0.5 / CELLS, { bins, xlim: [0, 1], ylim: [0, 1] });
  return { title: 'the pictures together', height: bins, width: bins, values: counts };
}

/** Copies a picture to the top left of a square, where its coordinates place it. */
function squared({ height, width, pixels }: GreyImage, title: string): Picture {
  const side = Math.max(height, width);
  const values = new Float32Array(side * side);
  for (let row = 0; row < height; row++) {
    values.set(pixels.subarray(row * width, (row + 1) * width), row * side);
  }
  return { title, height: side, width: side, values, caption: `${width} \u00d7 ${height} pixels` };
}

/** Writes the picture beside a histogram of draws from it; returns the files. */
export async function savePicture(
  folder: string,
  core: Core,
  { data, image }: { data: PointSet; image?: GreyImage },
): Promise<string[]> {
  const draws = Math.max(1, Math.min(DRAWS, Math.floor(MOST_WORK / data.logits.length)));
  const side = image ? Math.max(image.height, image.width) : CELLS;
  const counts = new Float64Array(side * side);
  for (const point of categorical(core, key(DRAWS_KEY), data.logits, draws)) {
    const [row, column] = [0, 1].map((axis) => Math.round(data.points[2 * point + axis] * (side - 1)));
    counts[row * side + column]++;
  }
  const drawn = `${draws.toLocaleString('en-US')} draws from ${image ? 'it' : 'them'}`;
  return saveFigure(
    folder,
    'picture',
    imageFigure({
      pictures: [truth(data, image), { title: drawn, height: side, width: side, values: counts }],
    }),
  );
}
