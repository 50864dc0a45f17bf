// Figures beside each other, as one picture.
import { coloursOf } from './colours.js';
import { Figure } from './figure.js';
import { escaped } from './svg.js';

const FONT = 'system-ui, sans-serif';
/** Height of a caption as a share of a figure's side. */
const STRIP = 1 / 12;

/**
 * Draws all figures in a row, `size` pixels a side each, and a caption below them.
 * @param sharp repaints at this size instead of scaling
 */
export function snapshot(
  figures: readonly Figure[],
  size: number,
  caption: string,
  canvas = document.createElement('canvas'),
  sharp = false,
): HTMLCanvasElement {
  const width = size * figures.length;
  const strip = STRIP * size;
  const height = size + strip;
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  const context = canvas.getContext('2d') as CanvasRenderingContext2D;
  const { paper, ink } = coloursOf(figures[0].element);
  context.fillStyle = paper;
  context.fillRect(0, size, width, strip);
  context.fillStyle = ink;
  context.textBaseline = 'middle';
  context.font = `${0.4 * strip}px ${FONT}`;
  context.fillText(caption, 0.3 * strip, size + strip / 2, width - 0.6 * strip);
  figures.forEach((figure, i) => {
    figure.snapshot(context, i * size, size, sharp);
    if (i === 0) return;
    context.fillStyle = coloursOf(figure.element).faint;
    context.fillRect(i * size, 0, Math.ceil(size / Figure.SIZE), size);
  });
  return canvas;
}

/** All figures as one SVG file with a caption, without trails. */
export function svgOf(figures: readonly Figure[], caption: string): string {
  const { SIZE } = Figure;
  const parts = figures.map((figure, i) => {
    const own = figure.svg().replace('<svg ', `<svg x="${i * SIZE}" `);
    const line = `<path d="M${i * SIZE},0v${SIZE}" stroke="${coloursOf(figure.element).faint}"/>\n`;
    return own + (i === 0 ? '' : line);
  });
  const { paper, ink } = coloursOf(figures[0].element);
  const [width, strip] = [SIZE * figures.length, STRIP * SIZE];
  const height = SIZE + strip;
  const text = `<rect y="${SIZE}" width="${width}" height="${strip}" fill="${paper}"/><text x="${0.3 * strip}" y="${SIZE + 0.62 * strip}" font-family="${FONT}" font-size="${0.4 * strip}" fill="${ink}">${escaped(caption)}</text>\n`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}">\n${parts.join('')}${text}</svg>\n`;
}
