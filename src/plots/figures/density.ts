import * as Plot from '@observablehq/plot';
import { type Arrows, arrowMarks, arrowReach, checkArrows } from '../drawing/arrows.js';
import { BAR_WIDTH, type Band, colourBar } from '../drawing/bar.js';
import { checkInteger, checkNumbers, checkSize, type Numbers } from '../drawing/check.js';
import { contourLevels, contourMarks } from '../drawing/contours.js';
import { extent } from '../drawing/numbers.js';
import { checkedPlane, type PlaneOptions, planePanel } from '../drawing/plane.js';
import { placed, sheet, titleHeight, titleLine } from '../drawing/svg.js';
import { INK, lineViridis, paleViridis } from '../drawing/theme.js';

/** Options of {@link densityFigure}. */
export interface DensityOptions extends PlaneOptions {
  /** Grid points a side. */
  n: number;
  /** Log-density [n * n] at gridPoints({ xlim, ylim, n }); -Infinity is allowed. */
  logProb: Numbers;
  /** Score arrows, drawn over the contours. */
  arrows?: Arrows;
  /** Written above the figure. */
  title?: string;
  /** Longest side of the frame in pixels. */
  side?: number;
}

/**
 * Draws contours of a log-density with a colour bar and, where given, the score as arrows (the article's
 * figure 1). Returns an SVG document; throws a RangeError where lengths do not match or a number is NaN.
 */
export function densityFigure(options: DensityOptions): string {
  const where = 'densityFigure';
  const { n, logProb, arrows, title, side = 420 } = options;
  const plane = checkedPlane(where, options);
  checkInteger(where, 'n', n, 2);
  checkSize(where, 'side', side);
  checkNumbers(where, 'logProb', logProb, n * n, { minusInfinity: true });
  if (arrows) checkArrows(where, 'arrows.', arrows);

  const inset = arrows ? arrowReach(side, arrows.n) : 0;
  const panel = planePanel(plane, { side, inset });
  const levels = contourLevels(logProb, 16);
  const [low, high] = extent(logProb);
  const edges = [low, ...levels, high];
  const shade = (k: number) => (levels.length === 0 ? 0.5 : k / levels.length);
  const bands: Band[] = edges
    .slice(1)
    .map((edge, k) => ({ low: edges[k], high: edge, fill: paleViridis(shade(k)) }));
  const rank = (level: number) => levels.indexOf(level);
  const line = (level: number) => lineViridis(shade(rank(level) + 0.5));

  const { across, along } = plane;
  const body = panel.draw([
    Plot.rect([0], { x1: across[0], x2: across[1], y1: along[0], y2: along[1], fill: bands[0].fill }),
    ...contourMarks(plane, { n, values: logProb }, levels, {
      fill: (level) => paleViridis(shade(rank(level) + 1)),
      stroke: line,
      strokeWidth: 1.4,
    }),
    ...(arrows ? arrowMarks(plane, arrows, 2 * inset, { colour: () => INK }) : []),
  ]);
  const top = titleHeight(title) + 4;
  const width = panel.width + 12 + BAR_WIDTH;
  const bar = colourBar({
    bands,
    lines: levels.map((at) => ({ at, stroke: line(at) })),
    height: panel.frame.height,
    name: 'log p(x)',
  });
  return sheet(
    width,
    top + panel.height,
    title ?? 'Contours of a log-density',
    titleLine(title, panel.frame.left, width) +
      placed(0, top, body) +
      placed(panel.width + 4, top + panel.frame.top, bar),
  );
}
