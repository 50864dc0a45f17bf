import type { Client } from '../../calls/rpc.js';
import { between, drawArrows, drawPicture, drawShades, largest } from '../../figure/draw.js';
import type { Figure, Painter } from '../../figure/figure.js';
import type { Page } from '../../state/page.js';
import type { State } from '../../state/state.js';
import type { PageVerbs } from '../../worker/pageVerbs.js';
import { pictureOf } from '../shared/picture.js';

/** The part of the plane that is shown: the unit square of the picture, and some room. */
export const PLANE = { xlim: [-0.08, 1.08], ylim: [-0.08, 1.08], isPicture: true } as const;
const GRID = { xlim: PLANE.xlim, ylim: PLANE.ylim };
/** Cells a side for shades, and arrows a side. */
const [SHADES, ARROWS] = [64, 19];
/** Least noise of the shades: with less, a cell would see none of the pixels beside it. */
const LEAST = 0.012;

/** Asks for the density and the arrows under noise sigma, and returns their painter. */
export async function groundAt(
  { client, learned }: Pick<Page, 'learned'> & { client: Client<PageVerbs> },
  sigma: number,
  isLearned: boolean,
): Promise<Painter> {
  const exact = { kind: 'exact', sigma } as const;
  const network = { kind: 'network', level: learned.nearest(sigma) } as const;
  const [{ logp }, { x, s }] = await Promise.all([
    client.call('field', {
      score: { ...exact, sigma: Math.max(sigma, LEAST) },
      grid: { ...GRID, n: SHADES },
    }),
    client.call('field', { score: isLearned ? network : exact, grid: { ...GRID, n: ARROWS } }),
  ]);
  const top = largest(logp as Float32Array);
  // Their square root: the thin parts of a drawing stay visible beside the thick ones.
  const values = (logp as Float32Array).map((value) => Math.exp((value - top) / 2));
  return (pen, plane, colours) => {
    drawShades(pen, plane, { n: SHADES, values }, between(colours.paper, colours.tone), true);
    drawArrows(pen, plane, x, s, 0.9 * (plane.size / ARROWS), isLearned ? colours.accent : colours.muted);
  };
}

/** Shows the picture as it is drawn, as ink. */
export function drawInk(figure: Figure, picture: State['picture']): void {
  figure.ground((pen, plane, colours) => {
    pen.fillStyle = colours.paper;
    pen.fillRect(0, 0, plane.size, plane.size);
    drawPicture(pen, plane, pictureOf(picture), between(colours.paper, colours.ink));
  });
}
