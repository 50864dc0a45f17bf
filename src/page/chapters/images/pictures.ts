import type { Colours } from '../../figure/colours.js';
import { between } from '../../figure/draw.js';
import { Figure } from '../../figure/figure.js';
import { type Pen, type Plane, unitSquare } from '../../figure/plane.js';
import type { Page } from '../../state/page.js';
import { DIM, SIZE } from '../../worker/images/numbers.js';

/** Values that are shown as paper and as ink. */
export type Range = readonly [paper: number, ink: number];

/** How pictures are shown: values of paper and ink, and which pixels are seen. */
interface Look {
  range: Range;
  seen?: Float32Array;
}

/** How light a veiled pixel is, of 255, and the width of a lit frame in units of the figure. */
const VEIL = 110;
const FRAME = 14;

/** Greys of clean pictures. */
export const CLEAN: Range = [0, 1];
/** Greys of pictures under noise sigma: stretched, so that hardly any pixel is beyond them. */
export const noisyRange = (sigma: number): Range => [-1.5 * sigma, 1 + 1.5 * sigma];

/** Draws pictures [n, DIM] in rows of a square, the first one top left. Pixels of which `seen` [DIM] is 0 are veiled. */
function drawPictures(
  pen: Pen,
  plane: Plane,
  x: Float32Array,
  { range: [paper, ink], seen }: Look,
  colours: Colours,
): void {
  const side = Math.ceil(Math.sqrt(x.length / DIM));
  const cell = side === 1 ? SIZE : SIZE + 1;
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = side * cell - (cell - SIZE);
  const context = canvas.getContext('2d') as CanvasRenderingContext2D;
  // The lines between pictures.
  context.fillStyle = colours.faint;
  context.fillRect(0, 0, canvas.width, canvas.height);
  // Places without a picture are paper.
  context.fillStyle = colours.paper;
  for (let n = x.length / DIM; n < side * side; n++)
    context.fillRect((n % side) * cell - 1, Math.floor(n / side) * cell, cell + 1, cell);
  const ramp = between(colours.paper, colours.ink);
  const veil = between(colours.tone, colours.paper)[VEIL];
  const image = context.createImageData(SIZE, SIZE);
  for (let n = 0; n * DIM < x.length; n++) {
    for (let i = 0; i < DIM; i++) {
      const share = (x[n * DIM + i] - paper) / (ink - paper);
      const colour = seen?.[i] === 0 ? veil : ramp[Math.max(0, Math.min(255, Math.round(255 * share)))];
      image.data.set(colour, 4 * i);
      image.data[4 * i + 3] = 255;
    }
    context.putImageData(image, (n % side) * cell, Math.floor(n / side) * cell);
  }
  pen.picture(canvas, 0, 0, plane.size, plane.size, false);
}

/** A figure of pictures. Where a page and a term are given, a frame lights up with that term of the words. */
export class Pictures extends Figure {
  #x: Float32Array = new Float32Array(0);
  #look: Look = { range: CLEAN };
  #isLit = false;

  constructor(label: string, page?: Page, term?: string) {
    super(label, unitSquare);
    page?.on('term', () => {
      const isLit = page.term === term;
      if (isLit === this.#isLit) return;
      this.#isLit = isLit;
      this.#draw();
    });
  }

  /** Shows pictures [n, DIM], at once. @param seen veils the pixels of which it is 0, [DIM] */
  show(x: Float32Array, range: Range = CLEAN, seen?: Float32Array): void {
    this.#x = x;
    this.#look = { range, seen };
    this.#draw();
  }

  #draw(): void {
    const [x, look, isLit] = [this.#x, this.#look, this.#isLit];
    this.top((pen, plane, colours) => {
      drawPictures(pen, plane, x, look, colours);
      if (isLit) frame(pen, plane, colours);
    });
  }
}

/** A frame within the edges of the square. */
function frame(pen: Pen, { size }: Plane, { accent }: Colours): void {
  pen.fillStyle = accent;
  pen.fillRect(0, 0, size, FRAME);
  pen.fillRect(0, size - FRAME, size, FRAME);
  pen.fillRect(0, 0, FRAME, size);
  pen.fillRect(size - FRAME, 0, FRAME, size);
}
