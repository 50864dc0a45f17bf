import type { GreyImage } from '../../../index.js';
import { type Colours, cividis } from '../../figure/colours.js';
import { between, drawArrows, drawPicture } from '../../figure/draw.js';
import type { Figure } from '../../figure/figure.js';
import type { Pen, Plane } from '../../figure/plane.js';

/** Points [m, 2] and the scores there [m, 2]. */
export interface Arrows {
  x: Float32Array;
  s: Float32Array;
}

export const FIELD_GRID = { xlim: [0, 1], ylim: [0, 1] } as const;

/** Colours of arrows: the longer, the stronger. Cividis without the end that is faint on this ground. */
const onLight = cividis.map((_, i) => cividis[Math.round(0.6 * (255 - i))]);
const onDark = cividis.map((_, i) => cividis[Math.round(90 + (165 / 255) * i)]);

/** Draws a picture in faint colours, as a background. */
export function drawFaint(pen: Pen, plane: Plane, picture: GreyImage, { paper, faint }: Colours): void {
  drawPicture(pen, plane, picture, between(paper, faint));
}

/**
 * Draws a score as arrows over a faint picture.
 * @param n points of the grid a side
 * @param isLit asked at each painting whether the arrows are what the pointer's term is
 */
export function drawField(
  figure: Figure,
  image: GreyImage,
  { x, s }: Arrows,
  n: number,
  isLit: () => boolean = () => false,
): void {
  figure.ground((pen, plane, colours) => {
    drawFaint(pen, plane, image, colours);
    const ramp = colours.isDark ? onDark : onLight;
    drawArrows(pen, plane, x, s, (0.95 * plane.size) / n, isLit() ? colours.accent : ramp);
  });
}
