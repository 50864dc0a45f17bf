// The names of what a figure draws, as they are saved below it.
import type { Colours } from '../../figure/colours.js';
import type { Pen } from '../../figure/plane.js';
import type { Strip } from '../../figure/sheet.js';
import { linesOf, widthOf } from '../../figure/text.js';
import type { Drawn } from './parts.js';

const FONT = '13px system-ui, sans-serif';
/** In units: the margin, a row's height, the length of a key, from a key to its name, and from a name to the next key. */
const SIZE = { margin: 12, row: 20, key: 24, gap: 6, apart: 18 };

/** Where each name lies: its left end and its first row, and its lines: one, unless it is wider than the picture. */
function places(drawn: readonly Drawn[], width: number): { left: number; row: number; lines: string[] }[] {
  let [left, row] = [SIZE.margin, 0];
  const room = width - 2 * SIZE.margin - SIZE.key - SIZE.gap;
  return drawn.map(({ name }) => {
    const lines = linesOf(name, room, FONT);
    const own = SIZE.key + SIZE.gap + widthOf(name, FONT);
    if (left > SIZE.margin && left + own > width - SIZE.margin) {
      left = SIZE.margin;
      row++;
    }
    const place = { left, row, lines };
    row += lines.length - 1;
    left += own + SIZE.apart;
    return place;
  });
}

/** The height of the names in a picture of this width. */
export function legendHeight(drawn: readonly Drawn[], width: number): number {
  const last = places(drawn, width).pop();
  return SIZE.row * (last ? last.row + last.lines.length : 0) + 6;
}

interface LegendPlace {
  top: number;
  width: number;
  colours: Colours;
}

/** Draws each name with a piece of its line, or a dot. */
export function paintLegend(pen: Pen, drawn: readonly Drawn[], { top, width, colours }: LegendPlace): void {
  pen.font = FONT;
  pen.textAlign = 'left';
  const all = places(drawn, width);
  drawn.forEach(({ colour, dash, dots }, i) => {
    const { left, row, lines } = all[i];
    const middle = top + SIZE.row * (row + 0.5);
    const stroke = colour === 'tone' ? colours.curve : colours[colour];
    if (dots) {
      pen.fillStyle = stroke;
      pen.beginPath();
      pen.arc(left + SIZE.key / 2, middle, 4.5, 0, 2 * Math.PI);
      pen.fill();
    } else {
      pen.strokeStyle = stroke;
      pen.lineWidth = 2.5;
      pen.setLineDash(dash ? [7, 5] : []);
      pen.beginPath();
      pen.moveTo(left, middle);
      pen.lineTo(left + SIZE.key, middle);
      pen.stroke();
      pen.setLineDash([]);
    }
    pen.fillStyle = colours.ink;
    lines.forEach((line, k) => {
      pen.fillText(line, left + SIZE.key + SIZE.gap, middle + 4.5 + SIZE.row * k);
    });
  });
}

/** The names of what figures draw, to be saved below them. */
export const legendStrip = (element: HTMLElement, drawn: readonly Drawn[]): Strip => ({
  element,
  label: drawn.map(({ name }) => name).join(', '),
  heightAt: (width) => 2 * Math.ceil((legendHeight(drawn, width) + 4) / 2),
  paint: (pen, width, colours) => paintLegend(pen, drawn, { top: 6, width, colours }),
});
