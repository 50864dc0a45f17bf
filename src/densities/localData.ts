import { LANES } from '../abi/panels.js';
import { type ImageSet, imageDim, imageRows, takeImages } from '../data/imageSet.js';

/** Images as local scores use them. */
export interface LocalData {
  /** In an order in which consecutive ones are alike. */
  readonly images: ImageSet;
  /** What more than half of the images have at a coordinate, where there is such a value: [dim]. */
  readonly background: Float32Array;
}

/** Cells of a side of the coarse images that are compared. */
const CELLS = 7;

/**
 * Orders images so that the eight of a tile are alike: then most tiles are far from most patches, and most of a tile's pixels are
 * background in all eight.
 */
export function localData(data: ImageSet): LocalData {
  const order = Uint32Array.from({ length: data.count }, (_, i) => i);
  halve(order, coarse(data));
  return { images: takeImages(data, order), background: majority(data) };
}

/** Means of CELLS x CELLS cells of each image, as [count, CELLS^2]. */
function coarse(data: ImageSet): Float32Array {
  const { height, width, channels, count } = data;
  const means = new Float32Array(count * CELLS * CELLS);
  const cellOf = (at: number) => {
    const pixel = Math.floor(at / channels);
    const row = Math.floor((CELLS * Math.floor(pixel / width)) / height);
    return row * CELLS + Math.floor((CELLS * (pixel % width)) / width);
  };
  const cells = Uint8Array.from({ length: imageDim(data) }, (_, at) => cellOf(at));
  const image = new Float32Array(cells.length);
  for (let i = 0; i < count; i++) {
    imageRows(data, [i], image);
    for (let at = 0; at < image.length; at++) means[i * CELLS * CELLS + cells[at]] += image[at];
  }
  return means;
}

/** Cuts the images in two halves along the cell that varies most, and each half likewise, down to one tile. */
function halve(order: Uint32Array, means: Float32Array): void {
  if (order.length <= LANES) return;
  const cell = widestCell(order, means);
  order.sort((a, b) => means[a * CELLS * CELLS + cell] - means[b * CELLS * CELLS + cell] || a - b);
  // Whole tiles in the first half.
  const half = Math.max(LANES, Math.floor(order.length / (2 * LANES)) * LANES);
  halve(order.subarray(0, half), means);
  halve(order.subarray(half), means);
}

/** The cell whose mean varies most among images. */
function widestCell(order: Uint32Array, means: Float32Array): number {
  const cells = CELLS * CELLS;
  const sums = new Float64Array(cells);
  const squares = new Float64Array(cells);
  for (const i of order) {
    for (let c = 0; c < cells; c++) {
      const v = means[i * cells + c];
      sums[c] += v;
      squares[c] += v * v;
    }
  }
  const variances = squares.map((square, c) => square - (sums[c] * sums[c]) / order.length);
  return variances.indexOf(Math.max(...variances));
}

/** The value that more than half of the images have at a coordinate, else any of theirs (Boyer and Moore's vote). */
function majority(data: ImageSet): Float32Array {
  const dim = imageDim(data);
  const image = new Float32Array(dim);
  const value = new Float32Array(dim);
  const votes = new Int32Array(dim);
  for (let i = 0; i < data.count; i++) {
    imageRows(data, [i], image);
    for (let d = 0; d < dim; d++) {
      if (votes[d] === 0) value[d] = image[d];
      votes[d] += image[d] === value[d] ? 1 : -1;
    }
  }
  return value;
}
