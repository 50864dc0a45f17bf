import * as Plot from '@observablehq/plot';
import { checkNumbers, checkWord, type Numbers } from '../drawing/check.js';
import { figureDocument } from '../drawing/document.js';
import { lineLegend } from '../drawing/legend.js';
import { extent, isFlat, logTicks, roundTicks, shortNumber, tickFormat } from '../drawing/numbers.js';
import { innerXml, placed, sheet, titleHeight, titleLine } from '../drawing/svg.js';
import { INK, RULE, seriesColour } from '../drawing/theme.js';

/** Options of {@link lossFigure}. */
export interface LossOptions {
  /** Step numbers [T]. */
  steps: Numbers;
  /** Loss at each of them [T]. */
  loss: Numbers;
  /** The lowest loss any score could reach, drawn as a dashed line. */
  best?: number;
  /** Axis of the loss; 'auto' takes the logarithm where the losses span more than a factor of 20. */
  scale?: 'auto' | 'linear' | 'log';
  /** Written above the figure. */
  title?: string;
}

/** Losses drawn with a dot each rather than as a smoothed curve. */
const FEW = 60;
const WIDTH = 640;
const HEIGHT = 360;

/**
 * Draws a loss curve: the raw losses faint, their mean over a fiftieth of the run on top, and the best possible
 * loss as a dashed line. Returns an SVG document; throws a RangeError where lengths do not match or a number is
 * not finite.
 */
export function lossFigure({ steps, loss, best, scale = 'auto', title }: LossOptions): string {
  const where = 'lossFigure';
  checkNumbers(where, 'steps', steps, steps?.length);
  checkNumbers(where, 'loss', loss, steps.length);
  if (best !== undefined) checkNumbers(where, 'best', [best], 1);
  checkWord(where, 'scale', scale, ['auto', 'linear', 'log']);
  if (steps.length === 0) throw new RangeError(`${where}: steps must hold at least one step, got 0`);
  const [low, high] = extent(best === undefined ? loss : [...Array.from(loss), best]);
  if (scale === 'log' && !(low > 0)) {
    throw new RangeError(`${where}: loss must be positive on a log axis, got ${low}`);
  }
  const log = scale === 'log' || (scale === 'auto' && low > 0 && high > 20 * low);
  const few = loss.length <= FEW;
  const points = Array.from(loss, (y, i) => ({ x: steps[i], y }));
  const raw = few ? points : envelope(points, 500);
  const colour = seriesColour(0);
  const [first, last] = extent(steps);
  // steps are whole numbers, and so are their ticks
  const stepTicks = last > first ? roundTicks(first, last, 6).filter(Number.isInteger) : [first];
  const yDomain = lossDomain(low, high, log);
  const lossTicks = log ? logTicks(...yDomain) : roundTicks(...yDomain, 8);
  const top = titleHeight(title);
  const node = Plot.plot({
    document: figureDocument(),
    width: WIDTH,
    height: HEIGHT,
    marginLeft: 62,
    marginRight: 22,
    marginTop: 22,
    marginBottom: 44,
    x: { domain: last > first ? [first, last] : [first - 1, first + 1], axis: null },
    y: { type: log ? 'log' : 'linear', domain: yDomain, axis: null },
    marks: [
      Plot.frame({ stroke: RULE }),
      Plot.gridY({ ticks: lossTicks, stroke: RULE, strokeOpacity: 0.35 }),
      best === undefined ? null : Plot.ruleY([best], { stroke: INK, strokeDasharray: '5,4' }),
      Plot.line(raw, { x: 'x', y: 'y', stroke: colour, strokeWidth: 1, strokeOpacity: few ? 1 : 0.3 }),
      few
        ? Plot.dot(points, { x: 'x', y: 'y', r: 3, fill: colour })
        : Plot.line(thinned(smoothed(points), 500), { x: 'x', y: 'y', stroke: colour, strokeWidth: 2 }),
      Plot.axisX({
        ticks: stepTicks,
        tickFormat: (v: number) => v.toLocaleString('en-US'),
        label: 'step',
        labelAnchor: 'center',
        labelArrow: 'none',
        labelOffset: 38,
        tickSize: 4,
      }),
      Plot.axisY({
        ticks: lossTicks,
        label: log ? 'loss (log scale)' : 'loss',
        labelAnchor: 'center',
        labelArrow: 'none',
        labelOffset: 52,
        tickSize: 4,
        // Plot leaves out some of a log axis's numbers when it formats them itself
        text: log ? (v: number) => shortNumber(v) : tickFormat(lossTicks),
      }),
    ],
  });
  const legend: [string, string][] = [
    [few ? 'loss' : 'loss, smoothed', `stroke="${colour}" stroke-width="2"`],
  ];
  if (!few) legend.push(['as logged', `stroke="${colour}" stroke-opacity="0.4"`]);
  if (best !== undefined)
    legend.push([`best possible, ${shortNumber(best, 3)}`, `stroke="${INK}" stroke-dasharray="5,4"`]);
  return sheet(
    WIDTH,
    top + HEIGHT,
    title ?? 'Loss by step',
    titleLine(title, 62, WIDTH) + placed(0, top, innerXml(node)) + lineLegend(62, top + 14, legend),
  );
}

function lossDomain(low: number, high: number, log: boolean): [number, number] {
  if (log) return [low / 1.15, high * 1.15];
  const room = isFlat(low, high) ? Math.abs(high) * 0.1 || 1 : 0.06 * (high - low);
  return [low - room, high + room];
}

interface Point {
  x: number;
  y: number;
}

/** Centred mean over a fiftieth of the points; the window is cut off at both ends. */
function smoothed(points: readonly Point[]): Point[] {
  const reach = Math.max(1, Math.round(points.length / 100));
  const sums = new Float64Array(points.length + 1);
  for (let i = 0; i < points.length; i++) sums[i + 1] = sums[i] + points[i].y;
  return points.map(({ x }, i) => {
    const from = Math.max(0, i - reach);
    const to = Math.min(points.length, i + reach + 1);
    return { x, y: (sums[to] - sums[from]) / (to - from) };
  });
}

/** The least and the largest value of each of `bins` stretches, so that long runs stay small and true. */
function envelope(points: readonly Point[], bins: number): Point[] {
  if (points.length <= 2 * bins) return [...points];
  return Array.from({ length: bins }, (_, b) => {
    const part = points.slice(
      Math.floor((b * points.length) / bins),
      Math.floor(((b + 1) * points.length) / bins),
    );
    const least = part.reduce((p, q) => (q.y < p.y ? q : p));
    const most = part.reduce((p, q) => (q.y > p.y ? q : p));
    return least.x < most.x ? [least, most] : [most, least];
  }).flat();
}

function thinned(points: readonly Point[], count: number): Point[] {
  if (points.length <= count) return [...points];
  return Array.from({ length: count }, (_, i) => points[Math.round((i * (points.length - 1)) / (count - 1))]);
}
