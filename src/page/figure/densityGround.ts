import { between, drawArrows, drawContours, drawShades, largest } from './draw.js';
import type { Painter } from './figure.js';

/** Contours lie this far below the top of the log-density. */
const DEPTHS = [27, 21, 16, 12, 9, 6.5, 4.5, 3, 2, 1.2, 0.6, 0.2];

/** Cells a side of the grid that shades and contours are drawn from. */
export const FINE = 72;

export interface DensityGround {
  /** Log-densities [n, n]. */
  logp: Float32Array;
  /** Places [m, 2] and scores [m, 2] of the arrows. */
  arrows: { x: Float32Array; s: Float32Array };
  /** Units of the longest arrow. */
  longest: number;
  /** Depth of the last contour. */
  deepest: number;
  shows(part: 'shades' | 'contours' | 'arrows'): boolean;
}

/** A density and its score behind what moves on them. */
export function densityGround({ logp, arrows, longest, deepest, shows }: DensityGround): Painter {
  const n = Math.sqrt(logp.length);
  const top = largest(logp);
  const thresholds = DEPTHS.filter((depth) => depth <= deepest).map((depth) => top - depth);
  return (pen, plane, colours) => {
    if (shows('shades')) {
      const cells = { n, values: logp.map((value) => Math.exp(value - top)) };
      drawShades(pen, plane, cells, between(colours.paper, colours.tone), true);
    }
    if (shows('contours')) drawContours(pen, plane, { n, values: logp }, thresholds, colours.muted);
    if (shows('arrows')) drawArrows(pen, plane, arrows.x, arrows.s, longest, colours.muted);
  };
}
