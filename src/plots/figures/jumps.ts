import { checkInteger, checkNumbers, checkSize, type Numbers } from '../drawing/check.js';
import { contourLevels, contourMarks } from '../drawing/contours.js';
import { checkedPlane, type Panel, type PlaneOptions, planePanel } from '../drawing/plane.js';
import { fittedLabel, placed, px, sheet, titleHeight, titleLine } from '../drawing/svg.js';
import { INK, MUTED, seriesColour, slate } from '../drawing/theme.js';

/** One panel of {@link jumpFigure}. */
export interface JumpPanel {
  /** Written above it. */
  title: string;
  /** Density [n * n] at gridPoints({ xlim, ylim, n }), drawn as contours. */
  prob?: Numbers;
  /** Lines with a dot a step, [T, 2] each. */
  paths?: readonly Numbers[];
  /** Dots in the colours of the paths, [*, 2] each. */
  points?: readonly Numbers[];
  /** Arrows: where they begin and where they end, [k, 2] both. */
  arrows?: { from: Numbers; to: Numbers };
}

/** Options of {@link jumpFigure}. */
export interface JumpOptions extends PlaneOptions {
  /** One below the other. */
  panels: readonly JumpPanel[];
  /** Grid points a side; needed with prob. */
  n?: number;
  /** Written above the figure. */
  title?: string;
  /** Longest side of a panel's frame in pixels. */
  side?: number;
}

const LEVELS = 10;
const CAPTION = 20;

/**
 * Draws noisy points and their jumps over contours of densities: as arrows, or as a walk above and its jumps below. What
 * leaves the limits is cut off. Returns an SVG document; throws a RangeError where lengths do
 * not match or a number is not finite.
 */
export function jumpFigure(options: JumpOptions): string {
  const where = 'jumpFigure';
  const { panels, n, title, side = 420 } = options;
  const plane = checkedPlane(where, options);
  checkSize(where, 'side', side);
  if (!(panels?.length > 0)) throw new RangeError(`${where}: panels must hold at least one panel`);
  panels.forEach((panel, i) => {
    checkJumps(where, `panels[${i}].`, panel, n);
  });
  const layout = planePanel(plane, { side });
  const { left } = layout.frame;
  let y = titleHeight(title);
  let body = titleLine(title, left, layout.width);
  for (const panel of panels) {
    const levels = panel.prob ? contourLevels(panel.prob, LEVELS) : [];
    const shade = (level: number) => (levels.indexOf(level) + 1) / levels.length;
    const marks = panel.prob
      ? contourMarks(plane, { n: n as number, values: panel.prob }, levels, {
          fill: (level) => slate(0.35 * shade(level)),
          stroke: (level) => slate(0.2 + 0.3 * shade(level)),
          strokeWidth: 1,
        })
      : [];
    body += fittedLabel(left, y + 12, panel.title, layout.frame.width, { size: 12, weight: 600 });
    body += placed(0, y + CAPTION, layout.draw(marks)) + inside(layout, y + CAPTION, panel);
    y += CAPTION + layout.height;
  }
  return sheet(layout.width + 6, y, title ?? panels.map((panel) => panel.title).join('; '), body);
}

function checkJumps(where: string, name: string, panel: JumpPanel, n?: number): void {
  const { prob, paths = [], points = [], arrows } = panel;
  if (prob) {
    checkInteger(where, 'n', n ?? Number.NaN, 2);
    checkNumbers(where, `${name}prob`, prob, (n as number) ** 2);
  }
  const pairs = (what: string, x: Numbers) => {
    checkNumbers(where, `${name}${what}`, x, 2 * Math.floor((x?.length ?? 0) / 2));
  };
  paths.forEach((path, c) => {
    pairs(`paths[${c}]`, path);
  });
  points.forEach((x, c) => {
    pairs(`points[${c}]`, x);
  });
  if (arrows) {
    pairs('arrows.from', arrows.from);
    checkNumbers(where, `${name}arrows.to`, arrows.to, arrows.from.length);
  }
}

/** Lines, dots and arrows of a panel whose origin is at y, clipped to its frame. */
function inside(
  { frame, project }: Panel,
  y: number,
  { paths = [], points = [], arrows }: JumpPanel,
): string {
  const at = (x: Numbers, i: number): [number, number] => {
    const [across, down] = project(x, i);
    return [across - frame.left, down - frame.top];
  };
  const text = ([across, down]: [number, number]) => `${px(across)},${px(down)}`;
  const all = (x: Numbers) => Array.from({ length: x.length / 2 }, (_, i) => text(at(x, i)));
  // A line of no length with round ends is a dot.
  const dots = (x: Numbers, stroke: string, width: number) =>
    x.length === 0
      ? ''
      : `<path d="${all(x)
          .map((p) => `M${p}h0`)
          .join('')}" fill="none" stroke="${stroke}" stroke-width="${width}" stroke-linecap="round"/>`;
  let body = '';
  for (const [c, path] of paths.entries()) {
    if (path.length > 2) {
      body += `<path d="M${all(path).join('L')}" fill="none" stroke="${seriesColour(c)}" stroke-width="0.8"/>`;
    }
    body += dots(path, seriesColour(c), 3);
  }
  for (const [c, x] of points.entries()) body += dots(x, seriesColour(c), 4);
  if (arrows) {
    const { from, to } = arrows;
    const shafts = all(from).map((p, i) => `M${p}L${text(at(to, i))}`);
    body += `<path d="${shafts.join('')}" fill="none" stroke="${MUTED}" stroke-width="0.8"/>`;
    body += `<path d="${shafts.map((_, i) => head(at(from, i), at(to, i))).join('')}" fill="${INK}"/>`;
    body += dots(from, MUTED, 3) + dots(to, seriesColour(0), 4);
  }
  const [x0, y0] = [px(frame.left), px(y + frame.top)];
  return `<svg aria-hidden="true" x="${x0}" y="${y0}" width="${px(frame.width)}" height="${px(frame.height)}">${body}</svg>`;
}

/** A small triangle with its tip at the arrow's end; empty if the arrow is shorter. */
function head([x0, y0]: [number, number], [x1, y1]: [number, number]): string {
  const length = Math.hypot(x1 - x0, y1 - y0);
  const size = 5;
  if (length < 1.5 * size) return '';
  const [ux, uy] = [(x1 - x0) / length, (y1 - y0) / length];
  const [bx, by] = [x1 - size * ux, y1 - size * uy];
  const half = 0.4 * size;
  const corner = (side: number) => `${px(bx - side * half * uy)},${px(by + side * half * ux)}`;
  return `M${px(x1)},${px(y1)}L${corner(1)}L${corner(-1)}z`;
}
