import type { Colours } from '../../figure/colours.js';
import { between } from '../../figure/draw.js';
import { Figure } from '../../figure/figure.js';
import { type Pen, type Plane, unitSquare } from '../../figure/plane.js';

/** Pixels of a side of the chapter's pictures. */
const SIZE = 20;
export const DIM = SIZE * SIZE;

/** Values that are shown as paper and as ink. */
export type Range = readonly [paper: number, ink: number];

/** Greys of clean pictures. */
export const CLEAN: Range = [0, 1];
/** Greys of pictures under noise sigma: stretched, so that hardly any pixel is beyond them. */
export const noisyRange = (sigma: number): Range => [-1.5 * sigma, 1 + 1.5 * sigma];

/** Draws pictures [n, DIM] in rows of a square, the first one top left. */
function drawPictures(pen: Pen, plane: Plane, x: Float32Array, [paper, ink]: Range, colours: Colours): void {
  const side = Math.ceil(Math.sqrt(x.length / DIM));
  const cell = side === 1 ? SIZE : SIZE + 1;
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = side * cell - (cell - SIZE);
  const context = canvas.getContext('2d') as CanvasRenderingContext2D;
  // The lines between pictures.
  context.fillStyle = colours.faint;
  context.fillRect(0, 0, canvas.width, canvas.height);
  const ramp = between(colours.paper, colours.ink);
  const image = context.createImageData(SIZE, SIZE);
  for (let n = 0; n * DIM < x.length; n++) {
    for (let i = 0; i < DIM; i++) {
      const share = (x[n * DIM + i] - paper) / (ink - paper);
      const colour = ramp[Math.max(0, Math.min(255, Math.round(255 * share)))];
      image.data.set(colour, 4 * i);
      image.data[4 * i + 3] = 255;
    }
    context.putImageData(image, (n % side) * cell, Math.floor(n / side) * cell);
  }
  pen.picture(canvas, 0, 0, plane.size, plane.size, false);
}

/** A figure of pictures. */
export class Pictures extends Figure {
  constructor(label: string) {
    super(label, unitSquare);
  }

  /** Shows pictures [n, DIM], at once. */
  show(x: Float32Array, range: Range = CLEAN): void {
    this.top((pen, plane, colours) => drawPictures(pen, plane, x, range, colours));
  }
}
