import type { GreyImage } from '../../index.js';
import { type Colours, cividis } from '../figure/colours.js';
import { between, drawArrows, drawPicture } from '../figure/draw.js';
import type { Figure } from '../figure/figure.js';
import type { Pen, Plane } from '../figure/plane.js';

/** A grid of arrows over the picture they lead to. */
export interface Arrows {
  x: Float32Array;
  s: Float32Array;
}

export const FIELD_GRID = { xlim: [0, 1], ylim: [0, 1] } as const;

/** Arrows: the longer, the further from the ground; cividis without the end that is faint on it. */
const onLight = cividis.map((_, i) => cividis[Math.round(0.6 * (255 - i))]);
const onDark = cividis.map((_, i) => cividis[Math.round(90 + (165 / 255) * i)]);

/** A picture that stands behind something. */
export function drawFaint(pen: Pen, plane: Plane, picture: GreyImage, { paper, faint }: Colours): void {
  drawPicture(pen, plane, picture, between(paper, faint));
}

/** A score as arrows over a faint picture. */
export function drawField(figure: Figure, image: GreyImage, { x, s }: Arrows, n: number): void {
  figure.ground((pen, plane, colours) => {
    drawFaint(pen, plane, image, colours);
    drawArrows(pen, plane, x, s, (0.95 * plane.size) / n, colours.isDark ? onDark : onLight);
  });
}
