import * as Plot from '@observablehq/plot';
import { checkInteger, checkNumbers, checkSize, type Numbers } from '../drawing/check.js';
import { contourLevels, contourMarks } from '../drawing/contours.js';
import { checkedPlane, type Panel, type Plane, type PlaneOptions, planePanel } from '../drawing/plane.js';
import { label, placed, px, sheet, titleHeight, titleLine } from '../drawing/svg.js';
import { INK, PAPER, seriesColour, slate } from '../drawing/theme.js';

/** Options of {@link pathFigure}. */
export interface PathOptions extends PlaneOptions {
  /** Positions of each chain, step by step, [T, 2]; chains may differ in length. */
  paths: readonly Numbers[];
  /** Grid points a side; needed with prob. */
  n?: number;
  /** Density [n * n] at gridPoints({ xlim, ylim, n }), drawn as contours under the paths. */
  prob?: Numbers;
  /** Written above the figure. */
  title?: string;
  /** Longest side of the frame in pixels. */
  side?: number;
}

/**
 * Takes the positions of several chains [T, chains, 2] apart into one [T, 2] array a chain.
 *
 * @param x positions, [T, chains, 2]
 * @param chains how many chains
 */
export function splitChains(x: Numbers, chains: number): Float32Array[] {
  checkInteger('splitChains', 'chains', chains);
  const steps = x.length / (2 * chains);
  if (!Number.isInteger(steps)) {
    throw new RangeError(`splitChains: x must have a multiple of ${2 * chains} values, got ${x.length}`);
  }
  return Array.from({ length: chains }, (_, c) =>
    Float32Array.from({ length: 2 * steps }, (_, k) => x[((k >> 1) * chains + c) * 2 + (k & 1)]),
  );
}

export function checkPath(where: string, options: PathOptions): Plane {
  const { paths, n, prob, side } = options;
  const plane = checkedPlane(where, options);
  if (side !== undefined) checkSize(where, 'side', side);
  if (prob) {
    checkInteger(where, 'n', n ?? Number.NaN, 2);
    checkNumbers(where, 'prob', prob, n! * n!);
  }
  if (!(paths?.length > 0)) {
    throw new RangeError(`${where}: paths must hold at least one path, got ${paths?.length ?? paths}`);
  }
  for (const [c, path] of paths.entries()) {
    const steps = Math.floor((path?.length ?? 0) / 2);
    checkNumbers(where, `paths[${c}]`, path, Math.max(2, 2 * steps));
  }
  return plane;
}

/** The parts of a path figure that do not move: title, axes, contours and legend; and the panel for the paths. */
export interface Backdrop {
  readonly panel: Panel;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  readonly name: string;
  readonly body: string;
}

/** Draws everything but the paths; keeps `reserve` pixels free at the right end of the legend. */
export function backdrop(
  plane: Plane,
  { paths, n, prob, title, side = 420 }: PathOptions,
  { latest = 'end', reserve = 0 } = {},
): Backdrop {
  const panel = planePanel(plane, { side });
  const levels = prob ? contourLevels(prob, 10) : [];
  const shade = (level: number) => (levels.indexOf(level) + 1) / levels.length;
  const { across, along } = plane;
  const marks = prob
    ? [
        Plot.rect([0], { x1: across[0], x2: across[1], y1: along[0], y2: along[1], fill: slate(0) }),
        ...contourMarks(plane, { n: n!, values: prob }, levels, {
          fill: (level) => slate(0.4 * shade(level)),
          stroke: (level) => slate(0.3 + 0.4 * shade(level)),
          strokeWidth: 1,
        }),
      ]
    : [];
  const top = titleHeight(title) - 4;
  const height = top + panel.height + 20;
  const left = panel.frame.left;
  return {
    panel,
    top,
    width: panel.width + 6,
    height,
    name: title ?? 'Paths of Langevin dynamics',
    body:
      titleLine(title, left, panel.width) +
      placed(0, top, panel.draw(marks)) +
      pathLegend(left, height - 10, panel.frame.width - reserve, paths.length, latest),
  };
}

/** The legend under the panel: what the two markers are, and as many chains' colours as fit into width. */
function pathLegend(left: number, y: number, width: number, chains: number, latest: string): string {
  const text = (x: number, words: string) => label(x, y, words, { size: 11 });
  let legend = startMarker(left + 6, y - 4, INK) + text(left + 16, 'start');
  legend += endMarker(left + 62, y - 4, INK) + text(left + 72, latest);
  if (chains < 2) return legend;
  legend += text(left + 112, 'chain');
  const [from, step] = [left + 150, 33];
  const fits = Math.floor((left + width - from) / step);
  // the last place that fits says how many more there are
  const named = chains <= fits ? chains : Math.max(0, fits - 2);
  for (let c = 0; c < named; c++) {
    const x = from + c * step;
    legend += `<path d="M${px(x)},${px(y - 4)}h14" stroke="${seriesColour(c)}" stroke-width="2"/>${text(x + 18, `${c}`)}`;
  }
  return named < chains ? legend + text(from + named * step, `and ${chains - named} more`) : legend;
}

const startMarker = (x: number, y: number, colour: string) =>
  `<circle cx="${px(x)}" cy="${px(y)}" r="4.5" fill="${PAPER}" stroke="${colour}" stroke-width="2"/>`;
const endMarker = (x: number, y: number, colour: string) =>
  `<rect x="${px(x - 4.5)}" y="${px(y - 4.5)}" width="9" height="9" fill="${colour}" stroke="${PAPER}" stroke-width="1.5"/>`;

/**
 * Draws the first `steps` positions of every path: lines with a dot per step, rings at the starts, squares at the latest
 * positions. An inner svg element clips them to the frame: unlike a clip path, it needs no id.
 */
export function pathLines({ panel, top }: Backdrop, paths: readonly Numbers[], steps: number): string {
  const { left, width, height } = panel.frame;
  const [x0, y0] = [left, top + panel.frame.top];
  let lines = '';
  let markers = '';
  for (const [c, path] of paths.entries()) {
    const count = Math.min(steps, path.length / 2);
    const points = Array.from({ length: count }, (_, i) => {
      const [x, y] = panel.project(path, i);
      return `${px(x - left)},${px(y - panel.frame.top)}`;
    });
    const stroke = seriesColour(c);
    if (count > 1) {
      lines += `<path d="M${points.join('L')}" fill="none" stroke="${stroke}" stroke-linejoin="round"/>`;
    }
    // a line of no length with round ends is a dot
    lines += `<path d="${points.map((p) => `M${p}h0`).join('')}" fill="none" stroke="${stroke}" stroke-width="4" stroke-linecap="round"/>`;
    const at = (point: string) => point.split(',').map(Number) as [number, number];
    markers += startMarker(...at(points[0]), stroke);
    if (count > 1) markers += endMarker(...at(points[count - 1]), stroke);
  }
  return `<svg aria-hidden="true" x="${px(x0)}" y="${px(y0)}" width="${px(width)}" height="${px(height)}">${lines}${markers}</svg>`;
}

/**
 * Draws the paths of one or more chains over the contours of a density (the article's figure 2): a line with a
 * dot a step, a ring at the start, a square at the end. What leaves the limits is cut off. Returns an SVG
 * document; throws a RangeError where lengths do not match or a number is not finite.
 */
export function pathFigure(options: PathOptions): string {
  const plane = checkPath('pathFigure', options);
  const still = backdrop(plane, options);
  const most = Math.max(...options.paths.map((path) => path.length / 2));
  return sheet(still.width, still.height, still.name, still.body + pathLines(still, options.paths, most));
}
