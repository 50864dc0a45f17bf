import type * as Plot from '@observablehq/plot';
import { type Arrows, arrowMarks, arrowReach, checkArrows } from '../drawing/arrows.js';
import { checkInteger, checkNumbers } from '../drawing/check.js';
import { contourLevels, contourMarks, type Grid } from '../drawing/contours.js';
import { checkedPlane, type Plane, type PlaneOptions, planePanel } from '../drawing/plane.js';
import { fittedLabel, placed, sheet, titleHeight, titleLine } from '../drawing/svg.js';
import { lineViridis, slate } from '../drawing/theme.js';

/** One field of {@link fieldFigure}. */
export interface FieldPanel extends Arrows {
  /** Written above it. */
  title: string;
  /** A density to draw the arrows over, at gridPoints({ xlim, ylim, n }): its contours, filled in grey. */
  ground?: Grid;
}

/** Options of {@link fieldFigure}. */
export interface FieldOptions extends PlaneOptions {
  /** From left to right. */
  panels: readonly FieldPanel[];
  /** Panels a row. */
  columns?: number;
  /** Written above the figure. */
  title?: string;
  /** Longest side of one panel's frame in pixels. */
  side?: number;
}

/**
 * Draws vector fields side by side, one a noise level (the article's figure 3), each with its own arrow scale:
 * the longest arrows of a panel are one grid spacing long, and an arrow a hundredth as strong a tenth of that, in a darker
 * colour. Points are image coordinates (row, column), rows
 * downwards, unless orientation is 'plane'. Returns an SVG document; throws a RangeError where lengths do not
 * match or a number is not finite.
 */
export function fieldFigure(options: FieldOptions): string {
  const where = 'fieldFigure';
  const { panels, columns = 3, title, side = 190, orientation = 'image' } = options;
  const plane = checkedPlane(where, { ...options, orientation });
  checkInteger(where, 'columns', columns);
  if (!(panels?.length > 0)) throw new RangeError(`${where}: panels must hold at least one panel`);
  for (const [i, panel] of panels.entries()) {
    checkArrows(where, `panels[${i}].`, panel);
    const { ground } = panel;
    if (!ground) continue;
    checkInteger(where, `panels[${i}].ground.n`, ground.n, 2);
    checkNumbers(where, `panels[${i}].ground.values`, ground.values, ground.n ** 2);
  }

  const perRow = Math.min(columns, panels.length);
  const rows = Math.ceil(panels.length / perRow);
  const caption = 20;
  const top = titleHeight(title);
  let [x, y, width] = [0, top, 0];
  let body = '';
  for (const [i, { title: name, ground, ...arrows }] of panels.entries()) {
    const column = i % perRow;
    const row = Math.floor(i / perRow);
    // the lowest panel of each column carries the numbers, also where the last row is not full
    const lowest = i + perRow >= panels.length;
    const inset = arrowReach(side, arrows.n);
    const panel = planePanel(plane, {
      side,
      inset,
      ticks: 2,
      tickLabels: { across: lowest, along: column === 0 },
    });
    const { left } = panel.frame;
    body += fittedLabel(x + left, y + 15, name, panel.frame.width, { size: 12, weight: 600 });
    const marks = arrowMarks(plane, arrows, 2 * inset, { colour: arrowColour, isRoot: true });
    body += placed(x, y + caption, panel.draw([...(ground ? groundMarks(plane, ground) : []), ...marks]));
    x += panel.width;
    width = Math.max(width, x + 6);
    if (column === perRow - 1 && row < rows - 1) {
      x = 0;
      y += caption + panel.frame.top + panel.frame.height + 10;
    } else if (i === panels.length - 1) {
      y += caption + panel.height;
    }
  }
  // a column that ends a row early keeps its numbers under it, which reach into the last row's space
  return sheet(width, y, title ?? panels.map((p) => p.title).join('; '), titleLine(title, 56, width) + body);
}

/** Dark violet for weak arrows, green for the strongest. */
const arrowColour = (share: number): string => lineViridis(0.75 * share);

/** A density's contours, from white to a grey on which all arrows are seen. */
function groundMarks(plane: Plane, ground: Grid): Plot.Markish[] {
  const levels = contourLevels(ground.values, 6);
  const fill = (level: number) => slate((0.4 * (levels.indexOf(level) + 1)) / levels.length);
  return contourMarks(plane, ground, levels, { fill });
}
