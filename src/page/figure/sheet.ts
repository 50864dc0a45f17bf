// Figures beside each other, as one picture.
import { coloursOf } from './colours.js';
import { Figure } from './figure.js';

/** Draws all figures in a row, `size` pixels a side each. @param sharp repaints at this size instead of scaling */
export function snapshot(
  figures: readonly Figure[],
  size: number,
  canvas = document.createElement('canvas'),
  sharp = false,
): HTMLCanvasElement {
  const width = size * figures.length;
  if (canvas.width !== width || canvas.height !== size) Object.assign(canvas, { width, height: size });
  const context = canvas.getContext('2d') as CanvasRenderingContext2D;
  figures.forEach((figure, i) => {
    figure.snapshot(context, i * size, size, sharp);
    if (i === 0) return;
    context.fillStyle = coloursOf(figure.element).faint;
    context.fillRect(i * size, 0, Math.ceil(size / Figure.SIZE), size);
  });
  return canvas;
}

/** All figures as one SVG file, without trails. */
export function svgOf(figures: readonly Figure[]): string {
  if (figures.length === 1) return figures[0].svg();
  const { SIZE } = Figure;
  const parts = figures.map((figure, i) => {
    const line = `<path d="M${i * SIZE},0v${SIZE}" stroke="${coloursOf(figure.element).faint}"/>\n`;
    return figure.svg().replace('<svg ', `<svg x="${i * SIZE}" `) + (i === 0 ? '' : line);
  });
  const width = SIZE * figures.length;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${SIZE}" width="${width}" height="${SIZE}">\n${parts.join('')}</svg>\n`;
}
