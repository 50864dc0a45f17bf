import { escapeXml } from '../../plots/drawing/svg.js';
import { FONT, FONT_SIZE, PAPER } from '../../plots/drawing/theme.js';

/** Figures one below another as one SVG document. They contain no ids, so that each can stand inside another. */
export function stacked(name: string, figures: readonly string[]): string {
  const sizes = figures.map((figure) => {
    const [, width, height] = /^<svg[^>]* width="(\d+)" height="(\d+)"/.exec(figure) ?? [];
    return { width: Number(width), height: Number(height) };
  });
  const width = Math.max(...sizes.map((size) => size.width));
  let y = 0;
  const body = figures.map((figure, i) => {
    const placed = figure.replace('<svg ', `<svg x="0" y="${y}" `);
    y += sizes[i].height;
    return placed;
  });
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${y}" viewBox="0 0 ${width} ${y}" role="img" ` +
    `font-family="${FONT}" font-size="${FONT_SIZE}"><title>${escapeXml(name)}</title>` +
    `<rect width="${width}" height="${y}" fill="${PAPER}"/>${body.join('')}</svg>`
  );
}
