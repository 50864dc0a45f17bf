// What moves in an element: one file for all kinds of figures, each a few lines over positions of chains.
import type { Colours } from '../figure/colours.js';
import { between, drawPoints, drawShades } from '../figure/draw.js';
import type { Painter } from '../figure/figure.js';
import { type Pen, type Plane, toSquare } from '../figure/plane.js';

/** Draws positions [n, 2] of chains as they come. */
export interface Drawing {
  /** Takes the positions after a move, and for jumps where each leads. */
  add(x: Float32Array, jumps?: Float32Array): void;
  paint: Painter;
}

const dots = (x: Float32Array) => (x.length > 2000 ? 2 : 3);

/** The chains where they are. */
export function chainsDrawing(): Drawing {
  let x = new Float32Array(0);
  return {
    add(positions) {
      x = positions as Float32Array<ArrayBuffer>;
    },
    paint: (pen, plane, colours) => drawPoints(pen, plane, x, dots(x), colours.particle),
  };
}

/** Moves of each chain that a path shows. */
const LENGTH = 1500;

/** The path of each chain, its last moves, and where it is. */
export function pathDrawing(): Drawing {
  const past: Float32Array[] = [];
  return {
    add(x) {
      past.push(x);
      if (past.length > LENGTH) past.shift();
    },
    paint(pen, plane, colours) {
      const last = past.at(-1);
      if (!last) return;
      pen.strokeStyle = colours.particle;
      pen.lineWidth = plane.size / 480;
      pen.lineJoin = 'round';
      pen.beginPath();
      for (let i = 0; i < last.length; i += 2) {
        past.forEach((x, t) => {
          const place = toSquare(plane, x[i], x[i + 1]);
          if (t === 0) pen.moveTo(...place);
          else pen.lineTo(...place);
        });
      }
      pen.stroke();
      drawPoints(pen, plane, last, 8, colours.accent);
    },
  };
}

/** Cells a side of the histogram. */
const CELLS = 48;
/** Moves after which places are counted: until then chains show where they started. */
const BURN_IN = 200;

/** How often chains were in each cell of the plane. */
export function histogramDrawing(plane: Omit<Plane, 'size'>): Drawing {
  const counts = new Float32Array(CELLS * CELLS);
  let moves = 0;
  let last = new Float32Array(0);
  return {
    add(x) {
      last = x as Float32Array<ArrayBuffer>;
      if (++moves <= BURN_IN) return;
      for (let i = 0; i < x.length; i += 2) {
        const row = cellOf(x[i], plane.xlim);
        const column = cellOf(x[i + 1], plane.ylim);
        if (row >= 0 && column >= 0) counts[row * CELLS + column]++;
      }
    },
    paint(pen, square, colours) {
      if (moves <= BURN_IN) drawPoints(pen, square, last, 2, colours.muted);
      else {
        drawShades(
          pen,
          square,
          { n: CELLS, values: counts },
          between(colours.paper, colours.particle),
          false,
        );
      }
    },
  };
}

/** The cell of a coordinate, or -1 beyond the plane. */
function cellOf(value: number, [low, high]: readonly [number, number]): number {
  const cell = Math.floor(((value - low) / (high - low)) * CELLS);
  return cell >= 0 && cell < CELLS ? cell : -1;
}

/** Noisy samples, the mean clean place of each, and a line between. */
export function jumpsDrawing(): Drawing {
  let y = new Float32Array(0);
  let clean = new Float32Array(0);
  return {
    add(x, jumps) {
      y = x as Float32Array<ArrayBuffer>;
      clean = (jumps ?? x) as Float32Array<ArrayBuffer>;
    },
    paint(pen, plane, colours) {
      drawLines(pen, plane, y, clean, colours);
      drawPoints(pen, plane, y, dots(y), colours.muted);
      drawPoints(pen, plane, clean, dots(y) + 1, colours.particle);
    },
  };
}

function drawLines(pen: Pen, plane: Plane, from: Float32Array, to: Float32Array, colours: Colours): void {
  pen.strokeStyle = colours.muted;
  pen.lineWidth = plane.size / 960;
  pen.globalAlpha = 0.4;
  pen.beginPath();
  for (let i = 0; i < from.length; i += 2) {
    pen.moveTo(...toSquare(plane, from[i], from[i + 1]));
    pen.lineTo(...toSquare(plane, to[i], to[i + 1]));
  }
  pen.stroke();
  pen.globalAlpha = 1;
}
