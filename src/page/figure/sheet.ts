// Figures beside each other and charts below them, as one picture.
import { type Colours, coloursOf } from './colours.js';
import { Figure, penOf } from './figure.js';
import type { Pen } from './plane.js';
import { SvgPen } from './svg.js';
import { linesOf, widthOf } from './text.js';

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

/** What is saved as one picture: figures in rows, each with its words below it, strips below them, and a caption. */
export interface Sheet {
  figures: readonly Figure[];
  strips?: readonly Strip[];
  caption: string;
}

/** Of a caption, in units: the height of one of one line, the size of its letters, from line to line, and its margin. */
const CAPTION = { height: 40, size: 16, line: 22, margin: 12 };
const fontOf = (size: number) => `${size}px system-ui, sans-serif`;
const FONT = fontOf(CAPTION.size);
/** Height of the words below a figure that stands among others, in units. */
const NAME = 32;

/** The words that stand below a figure on the page. */
const nameOf = ({ element }: Figure) =>
  element.parentElement?.querySelector(':scope > figcaption')?.textContent ?? '';

/** Where everything of a sheet lies, in units. @param most lines of the caption; more are set into the last one */
function layOut({ figures, strips = [], caption }: Sheet, most = Infinity) {
  // More than three in a row would be small beside their words.
  const columns = Math.max(1, figures.length > 3 ? Math.ceil(figures.length / 2) : figures.length);
  const width = Figure.SIZE * columns;
  const names = figures.map((figure) => (columns > 1 ? nameOf(figure) : ''));
  const row = Figure.SIZE + (names.some(Boolean) ? NAME : 0);
  const places = figures.map((_, i) => ({
    x: Figure.SIZE * (i % columns),
    y: row * Math.floor(i / columns),
  }));
  let bottom = row * Math.ceil(figures.length / columns);
  const tops = strips.map((strip) => {
    const top = bottom;
    bottom += strip.heightAt(width);
    return top;
  });
  const all = linesOf(caption, width - 2 * CAPTION.margin, FONT);
  const lines = all.length > most ? [...all.slice(0, most - 1), all.slice(most - 1).join(' ')] : all;
  const height = heightWith(bottom, Math.min(most, lines.length));
  return { width, names, places, strips, tops, bottom, lines, height };
}

const heightWith = (bottom: number, lines: number) =>
  bottom + CAPTION.height + CAPTION.line * Math.max(0, lines - 1);

/** Draws the words below the figures, and the caption. */
function paintWords(
  pen: Pen,
  { width, height, names, places, bottom, lines }: ReturnType<typeof layOut>,
  { ink, faint }: Colours,
) {
  const { SIZE } = Figure;
  pen.fillStyle = faint;
  for (const { x, y } of places) {
    pen.fillRect(x, y + SIZE, SIZE, 1);
    if (x > 0) pen.fillRect(x, y, 1, SIZE);
  }
  const first = bottom + (height - bottom - CAPTION.line * (lines.length - 1)) / 2 + 0.36 * CAPTION.size;
  pen.fillStyle = ink;
  pen.textAlign = 'left';
  names.forEach((name, i) => {
    // What is too wide for its figure is written smaller.
    const size = CAPTION.size * Math.min(1, (SIZE - 2 * CAPTION.margin) / widthOf(name, FONT));
    pen.font = fontOf(size);
    pen.fillText(name, places[i].x + CAPTION.margin, places[i].y + SIZE + NAME / 2 + 0.36 * CAPTION.size);
  });
  pen.font = FONT;
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
  const { bottom } = layOut(sheet, 1);
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
  figures.forEach((figure, i) => {
    const { x, y } = place.places[i];
    figure.snapshot(context, scale * x, scale * y, size, sharp);
  });
  context.setTransform(scale, 0, 0, scale, 0, 0);
  paintWords(pen, place, colours);
  return shown;
}

/** A sheet as an SVG file, without trails. */
export function svgOf(sheet: Sheet): string {
  const place = layOut(sheet);
  const { width, height } = place;
  const colours = coloursOf(elementOf(sheet));
  const parts = sheet.figures.map((figure, i) => {
    const { x, y } = place.places[i];
    return figure.svg().replace('<svg ', `<svg x="${x}" y="${y}" `);
  });
  for (const [i, strip] of place.strips.entries()) {
    const pen = new SvgPen(width, strip.heightAt(width));
    strip.paint(pen, width, colours);
    parts.push(pen.finish(strip.label).replace('<svg ', `<svg y="${place.tops[i]}" `));
  }
  const words = new SvgPen(width, height);
  paintWords(words, place, colours);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}">\n<rect width="${width}" height="${height}" fill="${colours.paper}"/>\n${parts.join('')}${words.parts()}\n</svg>\n`;
}
