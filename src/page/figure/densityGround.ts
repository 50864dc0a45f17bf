import { between, drawArrows, drawContours, drawShades, largest } from './draw.js';
import type { Painter } from './figure.js';

/** Contour levels: distances below the maximum of the log-density. */
const DEPTHS = [27, 21, 16, 12, 9, 6.5, 4.5, 3, 2, 1.2, 0.6, 0.2];

/** Cells a side of the grid for shades and contours. */
export const FINE = 72;

export interface DensityGround {
  /** Log-densities [n, n]. */
  logp: Float32Array;
  /** Points [m, 2] and the scores there [m, 2]. */
  arrows: { x: Float32Array; s: Float32Array };
  /** Length of the longest arrow in the plane's units. */
  longest: number;
  /** Contours further below the maximum than this are left out. */
  deepest: number;
  /** Whether the arrows are in the accent's colour. */
  isLit?: () => boolean;
  shows(part: 'shades' | 'contours' | 'arrows'): boolean;
}

/** Paints a density and its score, as the ground that particles move on; what is lit and shown is asked at each painting. */
export function densityGround({ logp, arrows, longest, deepest, isLit, shows }: DensityGround): Painter {
  const n = Math.sqrt(logp.length);
  const top = largest(logp);
  const shades = { n, values: logp.map((value) => Math.exp(value - top)) };
  const thresholds = DEPTHS.filter((depth) => depth <= deepest).map((depth) => top - depth);
  return (pen, plane, colours) => {
    if (shows('shades')) drawShades(pen, plane, shades, between(colours.paper, colours.tone), true);
    if (shows('contours')) drawContours(pen, plane, { n, values: logp }, thresholds, colours.muted);
    if (shows('arrows'))
      drawArrows(pen, plane, arrows.x, arrows.s, longest, isLit?.() ? colours.accent : colours.muted);
  };
}
