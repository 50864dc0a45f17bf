// Pictures drawn for this library. Each is a function of the position in the picture, so that it is the same at every resolution.

import { integer } from '../core/check.js';
import { square } from '../core/elementary.js';
import { cos, sin } from '../core/trigonometry.js';
import type { GreyImage } from './image.js';

/** A vertex of a pen stroke: its position and half the width of the pen there, in pixels of a 28 x 28 picture. */
interface Vertex {
  readonly row: number;
  readonly column: number;
  readonly radius: number;
}

/** Width of an edge, over which intensity falls from 1 to 0, in pixels of a 28 x 28 picture. */
const FADE = 1.5;

const smoothstep = (t: number) => (t <= 0 ? 0 : t >= 1 ? 1 : t * t * (3 - 2 * t));

/** Distance of (row, column) from the stroke's border, positive outside, negative inside, and at most FADE. */
function outsideStroke(stroke: readonly Vertex[], row: number, column: number): number {
  let least = FADE;
  for (let i = 1; i < stroke.length; i++) {
    const from = stroke[i - 1];
    const to = stroke[i];
    const dr = to.row - from.row;
    const dc = to.column - from.column;
    const r = row - from.row;
    const c = column - from.column;
    const reach = least + Math.max(from.radius, to.radius);
    if (Math.abs(r) > reach + Math.abs(dr) || Math.abs(c) > reach + Math.abs(dc)) {
      continue;
    }
    const t = Math.min(1, Math.max(0, (r * dr + c * dc) / (dr * dr + dc * dc)));
    const distance = Math.sqrt(square(r - t * dr) + square(c - t * dc));
    least = Math.min(least, distance - (from.radius + t * (to.radius - from.radius)));
  }
  return least;
}

/** Straight pieces of a curve. */
const PIECES = 24;

/** A point of a curve: row, column. */
type Point = readonly [row: number, column: number];

/** A cubic Bezier curve as a stroke whose radius runs evenly from `start` to `end`. */
function curve(p0: Point, p1: Point, p2: Point, p3: Point, start: number, end: number): Vertex[] {
  return Array.from({ length: PIECES + 1 }, (_, i) => {
    const t = i / PIECES;
    const s = 1 - t;
    const at = (axis: 0 | 1) =>
      s * s * s * p0[axis] + 3 * s * s * t * p1[axis] + 3 * s * t * t * p2[axis] + t * t * t * p3[axis];
    return { row: at(0), column: at(1), radius: s * start + t * end };
  });
}

/** An arc from angle a to b, in turns from "right" towards "down", its distance to the centre going from r0 to r1. */
function arc([row, column]: Point, a: number, b: number, r0: number, r1: number, radius: number): Vertex[] {
  const pieces = Math.ceil(96 * Math.abs(b - a));
  return Array.from({ length: pieces + 1 }, (_, i) => {
    const t = i / pieces;
    const angle = 2 * Math.PI * (a + t * (b - a));
    const r = r0 + t * (r1 - r0);
    return { row: row + r * sin(angle), column: column + r * cos(angle), radius };
  });
}

const drawStrokes = (): Record<string, Vertex[][]> => ({
  five: [
    curve([6.5, 10.6], [8.4, 10.3], [10.6, 9.6], [12.8, 9.2], 1.1, 1.2),
    curve([12.8, 9.2], [10.6, 11.8], [10.8, 18.1], [16.1, 17.9], 1.2, 1.4),
    curve([16.1, 17.9], [20.8, 17.7], [23.2, 12.4], [20.8, 7.4], 1.4, 1.0),
    curve([6.5, 10.6], [7.0, 13.2], [6.6, 16.2], [5.6, 19.0], 1.1, 1.2),
  ],
  rings: [arc([13.5, 9.6], 0, 1, 6.6, 6.6, 0.9), arc([13.5, 17.4], 0, 1, 6.6, 6.6, 0.9)],
  moons: [arc([15.4, 9.9], 0.5, 1, 7.2, 7.2, 1.1), arc([11.6, 17.1], 0, 0.5, 7.2, 7.2, 1.1)],
  spiral: [arc([12.5, 12.6], 0.1, 2.35, 0.8, 11, 0.9)],
});

// Pure, so that applications without these pictures leave them out.
const STROKES = /* @__PURE__ */ drawStrokes();

/** Squares per side of the checkerboard. */
const SQUARES = 4;

/** Intensity of the checkerboard at (row, column). */
function checker(row: number, column: number): number {
  const side = 27 / SQUARES;
  // Signed distance to the nearest edge between two squares, positive in every other one.
  const depth = (x: number) => {
    const square = Math.min(Math.floor(x / side), SQUARES - 1);
    const line = Math.min(Math.max(Math.round(x / side), 1), SQUARES - 1);
    return Math.abs(x - line * side) * (square % 2 === 0 ? 1 : -1);
  };
  const [a, b] = [depth(row), depth(column)];
  const distance = Math.min(Math.abs(a), Math.abs(b)) * Math.sign(a * b);
  return smoothstep(0.5 + distance / FADE);
}

/** Intensity of a picture at (row, column), in pixels of a 28 x 28 picture: 0 to 1. */
function intensity(name: string, row: number, column: number): number {
  if (name === 'checker') {
    return checker(row, column);
  }
  const outside = Math.min(...STROKES[name].map((stroke) => outsideStroke(stroke, row, column)));
  return smoothstep(0.5 - outside / FADE);
}

/** Names of the pictures that {@link builtInImage} draws. */
export const builtInImages = ['five', 'rings', 'moons', 'spiral', 'checker'] as const;

export type BuiltInImage = (typeof builtInImages)[number];

/** A picture of this size is a point set of 16 million points. */
const MAX_SIZE = 4096;

/**
 * A picture that comes with the library, drawn for it: a handwritten five, two interlocked rings, two moons, a
 * spiral or a checkerboard, `size` x `size` pixels. Every size samples the same picture, and intensities are
 * multiples of 1 / 255, so that all engines give the same bits.
 *
 * @param name one of {@link builtInImages}
 * @param size pixels of a side; default: 28
 * @throws RangeError for an unknown name or a size that is not an integer from 2 to 4096.
 */
export function builtInImage(name: BuiltInImage, size = 28): GreyImage {
  if (!builtInImages.includes(name)) {
    throw new RangeError(`builtInImage: name must be one of ${builtInImages.join(', ')}, got ${name}`);
  }
  integer('builtInImage', 'size', size, 2, MAX_SIZE);
  const pixels = new Float32Array(size * size);
  const scale = 27 / (size - 1);
  for (let i = 0; i < pixels.length; i++) {
    const value = intensity(name, Math.floor(i / size) * scale, (i % size) * scale);
    pixels[i] = Math.round(255 * value) / 255;
  }
  return { height: size, width: size, pixels };
}
