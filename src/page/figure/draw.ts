// The parts of a figure, each drawn with a pen: shades, contours, arrows, particles.
import { barbs } from '../../plots/drawing/barbs.js';
import { contoursOf, openLines } from '../../plots/drawing/contourLines.js';
import { type Ramp, rgb } from './colours.js';
import { type Pen, type Plane, toSquare } from './plane.js';

/** Values on a grid of cells over the plane: [n, n]; rows are x[0], columns x[1]. */
export interface Cells {
  n: number;
  values: ArrayLike<number>;
}

/** A canvas with a pixel per cell [n, columns], turned as the plane is; `at` maps a cell to its place in the ramp, 0 to 1. */
function shaded(
  plane: Plane,
  n: number,
  columns: number,
  at: (i: number) => number,
  ramp: Ramp,
): HTMLCanvasElement {
  const canvas = document.createElement('canvas');
  canvas.width = columns;
  canvas.height = n;
  const context = canvas.getContext('2d') as CanvasRenderingContext2D;
  const image = context.createImageData(columns, n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < columns; j++) {
      const colour = ramp[Math.max(0, Math.min(255, Math.round(255 * at(i * columns + j))))];
      const pixel = 4 * (plane.isPicture ? i * columns + j : (columns - 1 - j) * n + i);
      for (let k = 0; k < 3; k++) image.data[pixel + k] = colour[k];
      image.data[pixel + 3] = 255;
    }
  }
  context.putImageData(image, 0, 0);
  return canvas;
}

/** Fills the plane with shades of `values` [n, n]; `most` (default: the largest) has the ramp's last colour. */
export function drawShades(
  pen: Pen,
  plane: Plane,
  { n, values }: Cells,
  ramp: Ramp,
  isSmooth: boolean,
  most?: number,
): void {
  const top = most ?? largest(values);
  const scale = top > 0 ? 1 / top : 0;
  const canvas = shaded(plane, n, n, (i) => values[i] * scale, ramp);
  pen.picture(canvas, 0, 0, plane.size, plane.size, isSmooth);
}

/** Draws a picture [height, width] as `imageDistribution` places it: its longer side's pixel centres reach from 0 to 1. */
export function drawPicture(
  pen: Pen,
  plane: Plane,
  { height, width, pixels }: { height: number; width: number; pixels: ArrayLike<number> },
  ramp: Ramp,
): void {
  const canvas = shaded(plane, height, width, (i) => pixels[i], ramp);
  const pixel = 1 / (Math.max(height, width) - 1);
  const [left, top] = toSquare(plane, -pixel / 2, -pixel / 2);
  const [right, bottom] = toSquare(plane, (height - 0.5) * pixel, (width - 0.5) * pixel);
  pen.picture(canvas, left, top, right - left, bottom - top, false);
}

/** Left, top, right and bottom of an upright rectangle, in units of the square. */
export type Box = readonly [left: number, top: number, right: number, bottom: number];

/** Draws the edge of a rectangle. @param width of the line, in units */
export function drawEdge(pen: Pen, [left, top, right, bottom]: Box, colour: string, width: number): void {
  pen.strokeStyle = colour;
  pen.lineWidth = width;
  pen.lineJoin = 'miter';
  pen.beginPath();
  // From the middle of a side: where a line begins and ends it has no corner.
  const middle = (left + right) / 2;
  pen.moveTo(middle, top);
  for (const [x, y] of [
    [right, top],
    [right, bottom],
    [left, bottom],
    [left, top],
    [middle, top],
  ])
    pen.lineTo(x, y);
  pen.stroke();
}

export function largest(values: ArrayLike<number>): number {
  let most = -Infinity;
  for (let i = 0; i < values.length; i++) most = Math.max(most, values[i]);
  return most;
}

/** Draws the contour lines of `values` [n, n] at the thresholds. */
export function drawContours(
  pen: Pen,
  plane: Plane,
  { n, values }: Cells,
  thresholds: readonly number[],
  colour: string,
): void {
  const { size, isPicture } = plane;
  // The values as they lie on the square, in rows from top to bottom.
  const rows = Array.from({ length: n * n }, (_, at) => {
    const [row, column] = [Math.floor(at / n), at % n];
    return values[isPicture ? row * n + column : column * n + (n - 1 - row)];
  });
  const scale = size / n;
  pen.strokeStyle = colour;
  pen.lineWidth = size / 500;
  pen.lineJoin = 'round';
  pen.beginPath();
  for (const contour of contoursOf(rows, n, thresholds)) {
    for (const [first, ...others] of openLines(contour, n)) {
      pen.moveTo(first[0] * scale, first[1] * scale);
      for (const [x, y] of others) pen.lineTo(x * scale, y * scale);
    }
  }
  pen.stroke();
}

/** Draws arrows with their middle at x [m, 2] along v [m, 2]. Lengths grow as sqrt(|v|); the longest is `most` units. */
export function drawArrows(
  pen: Pen,
  plane: Plane,
  x: Float32Array,
  v: Float32Array,
  most: number,
  colour: string | Ramp,
): void {
  const lengths = new Float32Array(x.length / 2).map((_, i) => Math.hypot(v[2 * i], v[2 * i + 1]));
  const longest = largest(lengths) || 1;
  const { isPicture } = plane;
  pen.lineWidth = plane.size / 420;
  pen.lineCap = 'round';
  const strokes = new Map<string, number[]>();
  for (let i = 0; i < lengths.length; i++) {
    const share = Math.sqrt(lengths[i] / longest);
    const name =
      typeof colour === 'string' ? colour : `rgb(${colour[Math.round(255 * (0.1 + 0.9 * share))].join(',')})`;
    strokes.set(name, [...(strokes.get(name) ?? []), i]);
  }
  for (const [name, indices] of strokes) {
    pen.strokeStyle = name;
    pen.beginPath();
    for (const i of indices) {
      const length = most * Math.sqrt(lengths[i] / longest);
      if (!(length > 0.5)) continue;
      const [a, b] = toSquare(plane, x[2 * i], x[2 * i + 1]);
      const [u, w] = [v[2 * i] / lengths[i], v[2 * i + 1] / lengths[i]];
      const [dx, dy] = isPicture ? [w * length, u * length] : [u * length, -w * length];
      const [tipX, tipY] = [a + dx / 2, b + dy / 2];
      pen.moveTo(a - dx / 2, b - dy / 2);
      pen.lineTo(tipX, tipY);
      const [one, other] = barbs([tipX, tipY], [dx, dy], Math.min(0.35, 4 / length));
      pen.moveTo(...one);
      pen.lineTo(tipX, tipY);
      pen.lineTo(...other);
    }
    pen.stroke();
  }
}

/** The length of the longest of the vectors v [m, 2]; 0 if there is none. */
export function longestOf(v: Float32Array): number {
  let most = 0;
  for (let i = 0; i < v.length; i += 2) most = Math.max(most, Math.hypot(v[i], v[i + 1]));
  return most;
}

/** Draws a square of `width` units at each point of x [n, 2] that lies on the plane. */
export function drawPoints(pen: Pen, plane: Plane, x: Float32Array, width: number, colour: string): void {
  pen.fillStyle = colour;
  const { size } = plane;
  for (let i = 0; i < x.length; i += 2) {
    const [a, b] = toSquare(plane, x[i], x[i + 1]);
    if (a >= 0 && b >= 0 && a <= size && b <= size) pen.fillRect(a - width / 2, b - width / 2, width, width);
  }
}

/** A ramp from one CSS colour to another. */
export function between(from: string, to: string): Ramp {
  const [a, b] = [rgb(from), rgb(to)];
  return Array.from({ length: 256 }, (_, i) =>
    [0, 1, 2].map((k) => Math.round(a[k] + ((b[k] - a[k]) * i) / 255)),
  ) as unknown as Ramp;
}
