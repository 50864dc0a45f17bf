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

/** What is saved as one picture: figures in rows, each with its words below it, strips below them, and a caption. */
export interface Sheet {
  figures: readonly Figure[];
  strips?: readonly Strip[];
  caption: string;
}

/** Of a caption, in units: the height of one of one line, the size of its letters, from line to line, and its margin. */
const CAPTION = { height: 40, size: 16, line: 22, margin: 12 };
/** From the top of a text with its margins to the baseline of its first line. */
const FIRST = CAPTION.height / 2 + 0.36 * CAPTION.size;
const FONT = `${CAPTION.size}px system-ui, sans-serif`;

/** The height of so many lines with their margins, in units. */
const heightOf = (lines: number) => CAPTION.height + CAPTION.line * Math.max(0, lines - 1);

/** The lines of a text below something of this width; none of an empty one. */
const linesWithin = (text: string, width: number) =>
  text === '' ? [] : linesOf(text, width - 2 * CAPTION.margin, FONT);

/** The words that stand below a figure on the page. */
const nameOf = ({ element }: Figure) =>
  element.parentElement?.querySelector(':scope > figcaption')?.textContent ?? '';

/** Where everything of a sheet lies, in units. @param kept lines of the caption; more are set into the last one */
function layOut({ figures, strips = [], caption }: Sheet, kept = Infinity) {
  const columns = columnsOf(figures.length);
  const width = Figure.SIZE * columns;
  const names = figures.map((figure) => (columns > 1 ? linesWithin(nameOf(figure), Figure.SIZE) : []));
  const most = Math.max(0, ...names.map(({ length }) => length));
  const row = Figure.SIZE + (most > 0 ? heightOf(most) : 0);
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
  const all = linesWithin(caption, width);
  const lines = all.length > kept ? [...all.slice(0, kept - 1), all.slice(kept - 1).join(' ')] : all;
  const height = bottom + heightOf(Math.min(kept, lines.length));
  return { width, names, places, strips, tops, bottom, lines, height };
}

/** Figures in a row: more than three would be small beside their words. */
const columnsOf = (figures: number) => (figures === 4 ? 2 : Math.max(1, Math.min(3, figures)));

/** Draws the words below the figures, and the caption. */
function paintWords(
  pen: Pen,
  { width, names, places, bottom, lines }: ReturnType<typeof layOut>,
  { ink, faint }: Colours,
) {
  const { SIZE } = Figure;
  pen.fillStyle = faint;
  for (const { x, y } of places) {
    pen.fillRect(x, y + SIZE, SIZE, 1);
    if (x > 0) pen.fillRect(x, y, 1, SIZE);
  }
  pen.fillStyle = ink;
  pen.font = FONT;
  pen.textAlign = 'left';
  const write = (text: readonly string[], { x, y }: { x: number; y: number }, most: number) => {
    text.forEach((line, i) => {
      pen.fillText(line, x + CAPTION.margin, y + FIRST + CAPTION.line * i, most - 2 * CAPTION.margin);
    });
  };
  names.forEach((name, i) => {
    write(name, { x: places[i].x, y: places[i].y + SIZE }, SIZE);
  });
  write(lines, { x: 0, y: bottom }, width);
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
  const kept =
    canvas && Math.max(1, Math.round((canvas.height / scale - bottom - heightOf(1)) / CAPTION.line) + 1);
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
    figure.snapshot(context, { left: scale * x, top: scale * y, size, sharp });
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
