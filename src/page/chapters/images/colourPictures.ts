import type { Colours } from '../../figure/colours.js';
import { type Box, drawEdge } from '../../figure/draw.js';
import { Figure } from '../../figure/figure.js';
import { type Pen, type Plane, unitSquare } from '../../figure/plane.js';
import type { Page } from '../../state/page.js';
import { SCENE_DIM as DIM, SIDE } from '../../worker/images/scenes.js';
import { CLEAN, type Range } from './pictures.js';

/** A row of pictures [n, 16, 16, 3], how they are shown, and the term that lights them up. */
interface Row {
  x: Float32Array;
  /** Values that are black and full colour. */
  range?: Range;
  /** How much of each pixel is seen above the paper, [n, 16, 16]; all of it where this is left out. */
  seen?: Float32Array;
  term?: string;
  /** The side of a patch, which the term `patch` shows about a pixel in the middle. */
  patch?: number;
}

/** Pixels from one picture to the next, and to the one below that belongs to it; there is one about them all. */
const [STEP, JOINT, MARGIN] = [SIDE + 2, SIDE + 1, 1];
/** The width of a lit frame in pixels of the pictures. */
const FRAME = 0.7;

/** A figure of colour pictures: rows of them that belong together, such as walks above their jumps, in as many bands as fit into the square. */
export class ColourPictures extends Figure {
  readonly #page: Page;
  #rows: readonly Row[] = [];
  #lit?: string;

  constructor(label: string, page: Page) {
    super(label, unitSquare);
    this.#page = page;
    page.on('term', () => {
      if (page.term !== this.#lit) this.#draw();
    });
  }

  /** Shows rows, of as many pictures each, at once. */
  show(...rows: Row[]): void {
    this.#rows = rows;
    this.#draw();
  }

  #draw(): void {
    const rows = this.#rows;
    this.#lit = this.#page.term;
    const lit = this.#lit;
    this.top((pen, plane, colours) => paint(pen, plane, colours, rows, lit));
  }
}

/** Columns of the smallest square that holds `count` columns of `rows` pictures. */
function columnsOf(count: number, rows: number): number {
  let columns = rows;
  while (columns * Math.floor(columns / rows) < count) columns++;
  return columns;
}

function paint(pen: Pen, plane: Plane, colours: Colours, rows: readonly Row[], lit?: string): void {
  const count = rows.length === 0 ? 0 : rows[0].x.length / DIM;
  const columns = columnsOf(count, rows.length);
  const canvas = document.createElement('canvas');
  const side = columns * STEP - (STEP - SIDE) + 2 * MARGIN;
  canvas.width = canvas.height = side;
  const context = canvas.getContext('2d') as CanvasRenderingContext2D;
  const image = context.createImageData(SIDE, SIDE);
  const unit = plane.size / side;
  const frames: Box[] = [];
  for (const [r, row] of rows.entries()) {
    for (let n = 0; n < count; n++) {
      const left = MARGIN + (n % columns) * STEP;
      const top = MARGIN + Math.floor(n / columns) * rows.length * STEP + r * JOINT;
      fill(image.data, row, n);
      context.putImageData(image, left, top);
      const [from, to] = lit === undefined ? [0, 0] : framed(row, lit);
      if (to > from) frames.push([left + from, top + from, left + to, top + to]);
    }
  }
  pen.picture(canvas, 0, 0, plane.size, plane.size, false);
  for (const [left, top, right, bottom] of frames)
    drawEdge(pen, [left * unit, top * unit, right * unit, bottom * unit], colours.accent, FRAME * unit);
}

/** From where to where a picture of a row is framed at a term, along either axis: all of it, the patch about a pixel, or nothing. */
function framed({ term, patch }: Row, lit: string): [from: number, to: number] {
  if (lit === term) return [0, SIDE];
  if (lit !== 'patch' || patch === undefined) return [0, 0];
  const middle = SIDE / 2 - 0.5;
  return [Math.max(0, middle - patch / 2), Math.min(SIDE, middle + patch / 2)];
}

/** Writes picture n of a row as bytes of red, green, blue and opacity. */
function fill(rgba: Uint8ClampedArray, { x, seen, range: [black, full] = CLEAN }: Row, n: number): void {
  const pixels = SIDE * SIDE;
  for (let i = 0; i < pixels; i++) {
    for (let c = 0; c < 3; c++) rgba[4 * i + c] = (255 * (x[n * DIM + 3 * i + c] - black)) / (full - black);
    rgba[4 * i + 3] = 255 * (seen?.[n * pixels + i] ?? 1);
  }
}
