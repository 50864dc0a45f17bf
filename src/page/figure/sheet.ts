// Figures beside each other, as one picture.
import { Figure } from './figure.js';

/** All of them, each `size` pixels a side. @param sharp paints anew what can be, instead of stretching it */
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
  });
  return canvas;
}

/** All of them as one SVG file, without trails. */
export function svgOf(figures: readonly Figure[]): string {
  if (figures.length === 1) return figures[0].svg();
  const { SIZE } = Figure;
  const parts = figures.map((figure, i) => figure.svg().replace('<svg ', `<svg x="${i * SIZE}" `));
  const width = SIZE * figures.length;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${SIZE}" width="${width}" height="${SIZE}">\n${parts.join('')}</svg>\n`;
}
