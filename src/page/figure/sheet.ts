// Figures beside each other and charts below them, as one picture.
import { type Colours, coloursOf } from './colours.js';
import { Figure, penOf } from './figure.js';
import type { Pen } from './plane.js';
import { SvgPen } from './svg.js';
import { linesOf } from './text.js';

/** What is drawn below the figures of a saved picture, over its whole width. */
export interface Strip {
  /** Where its colours are read. */
  readonly element: HTMLElement;
  /** What a screen reader says in place of it. */
  readonly label: string;
  /** Its height in units in a picture of this width, an even number. */
  heightAt(width: number): number;
  /** Draws it with its upper left corner at the origin. */
  paint(pen: Pen, width: number, colours: Colours): void;
}

/** What is saved as one picture: figures in a row, strips below them, and a caption. */
export interface Sheet {
  figures: readonly Figure[];
  strips?: readonly Strip[];
  caption: string;
}

/** Of a caption, in units: the height of one of one line, the size of its letters, from line to line, and its margin. */
const CAPTION = { height: 40, size: 16, line: 22, margin: 12 };
const FONT = `${CAPTION.size}px system-ui, sans-serif`;

/** Where everything of a sheet lies, in units. @param kept lines that the caption has room for; more go into the last one */
function layOut({ figures, strips = [], caption }: Sheet, kept?: number) {
  const columns = columnsOf(figures.length);
  const width = Figure.SIZE * columns;
  let bottom = Figure.SIZE * Math.ceil(figures.length / columns);
  const places = figures.map((_, i) => ({
    left: Figure.SIZE * (i % columns),
    top: Figure.SIZE * Math.floor(i / columns),
  }));
  const tops = strips.map((strip) => {
    const top = bottom;
    bottom += strip.heightAt(width);
    return top;
  });
  const all = linesOf(caption, width - 2 * CAPTION.margin, FONT);
  const last = (kept ?? all.length) - 1;
  const lines = all.length > last + 1 ? [...all.slice(0, last), all.slice(last).join(' ')] : all;
  return { width, places, strips, tops, bottom, lines, height: heightWith(bottom, last + 1) };
}

/** Figures stand in one row; six and nine, in rows of three. */
const columnsOf = (figures: number) => (figures > 4 && figures % 3 === 0 ? 3 : Math.max(1, figures));

const heightWith = (bottom: number, lines: number) =>
  bottom + CAPTION.height + CAPTION.line * Math.max(0, lines - 1);

/** Draws the caption in the middle of its room. */
function paintCaption(
  pen: Pen,
  { width, height, bottom, lines }: ReturnType<typeof layOut>,
  { ink }: Colours,
) {
  const first = bottom + (height - bottom - CAPTION.line * (lines.length - 1)) / 2 + 0.36 * CAPTION.size;
  pen.fillStyle = ink;
  pen.font = FONT;
  pen.textAlign = 'left';
  lines.forEach((line, i) => {
    pen.fillText(line, CAPTION.margin, first + CAPTION.line * i, width - 2 * CAPTION.margin);
  });
}

const elementOf = ({ figures, strips = [] }: Sheet) => (figures[0] ?? strips[0]).element;

/**
 * Draws a sheet into a canvas, `size` pixels for a figure's side.
 * @param canvas with a picture of the same sheet, whose size is kept, or a new one
 * @param sharp repaints figures at this size instead of scaling
 */
export function snapshot(sheet: Sheet, size: number, canvas?: HTMLCanvasElement, sharp = false) {
  const { figures } = sheet;
  const scale = size / Figure.SIZE;
  const { bottom } = layOut(sheet);
  const kept = canvas && Math.round((canvas.height / scale - heightWith(bottom, 1)) / CAPTION.line) + 1;
  const place = layOut(sheet, kept);
  const shown = canvas ?? document.createElement('canvas');
  if (!canvas) Object.assign(shown, { width: place.width * scale, height: place.height * scale });
  const context = shown.getContext('2d') as CanvasRenderingContext2D;
  const colours = coloursOf(elementOf(sheet));
  const pen = penOf(context);
  context.setTransform(scale, 0, 0, scale, 0, 0);
  context.globalAlpha = 1;
  context.fillStyle = colours.paper;
  context.fillRect(0, 0, place.width, shown.height / scale);
  place.strips.forEach((strip, i) => {
    context.setTransform(scale, 0, 0, scale, 0, scale * place.tops[i]);
    strip.paint(pen, place.width, colours);
  });
  context.setTransform(scale, 0, 0, scale, 0, 0);
  paintCaption(pen, place, colours);
  figures.forEach((figure, i) => {
    const { left, top } = place.places[i];
    figure.snapshot(context, { left: left * scale, top: top * scale, size, sharp });
    context.fillStyle = colours.faint;
    if (left > 0) context.fillRect(left, top, 1, Figure.SIZE);
    context.fillRect(left, top + Figure.SIZE, Figure.SIZE, 1);
  });
  return shown;
}

/** A sheet as an SVG file, without trails. */
export function svgOf(sheet: Sheet): string {
  const { SIZE } = Figure;
  const place = layOut(sheet);
  const { width, height } = place;
  const colours = coloursOf(elementOf(sheet));
  const parts = sheet.figures.map((figure, i) => {
    const { left, top } = place.places[i];
    const own = figure.svg().replace('<svg ', `<svg x="${left}" y="${top}" `);
    const sides = `M${left},${top + SIZE}h${SIZE}${left > 0 ? `M${left},${top}v${SIZE}` : ''}`;
    return `${own}<path d="${sides}" stroke="${colours.faint}"/>\n`;
  });
  for (const [i, strip] of place.strips.entries()) {
    const pen = new SvgPen(width, strip.heightAt(width));
    strip.paint(pen, width, colours);
    parts.push(pen.finish(strip.label).replace('<svg ', `<svg y="${place.tops[i]}" `));
  }
  const words = new SvgPen(width, height);
  paintCaption(words, place, colours);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}">\n<rect width="${width}" height="${height}" fill="${colours.paper}"/>\n${parts.join('')}${words.parts()}\n</svg>\n`;
}
