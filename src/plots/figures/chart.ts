// Curves, dots and histograms over two numeric axes, in panels side by side.
import * as Plot from '@observablehq/plot';
import {
  checkInteger,
  checkLimits,
  checkNumbers,
  checkPositive,
  checkWord,
  type Limits,
  type Numbers,
} from '../drawing/check.js';
import { figureDocument } from '../drawing/document.js';
import { labelPlaces } from '../drawing/labelPlaces.js';
import { figureLegend, type LegendEntry, legendWidth } from '../drawing/legend.js';
import { extent, isFlat, logTicks, roundTicks, shortNumber, tickFormat } from '../drawing/numbers.js';
import { fittedLabel, innerXml, placed, sheet, titleHeight, titleLine } from '../drawing/svg.js';
import { INK, RULE, seriesColour } from '../drawing/theme.js';

/** A curve, dots or a histogram of {@link chartFigure}. */
export interface ChartSeries {
  /** What the legend calls it; series of one name in several panels have one place there. */
  name?: string;
  /** [n]; of a histogram the n + 1 edges of its bins. */
  x: Numbers;
  /** [n] */
  y: Numbers;
  /** `line` (default), `dots`, `both`, or `bins`: a filled histogram. */
  kind?: 'line' | 'dots' | 'both' | 'bins';
  /** Draws a dashed line. */
  dashed?: boolean;
  /** Which of the seven colours; 'ink' for black. Default: the series's place in its panel. */
  colour?: number | 'ink';
  /** A text beside each point [n], '' for none; on the side where it covers least of dots and lines. */
  labels?: readonly string[];
}

/** An axis of a panel of {@link chartFigure}. */
export interface ChartAxis {
  /** Written beside the axis. */
  name: string;
  /** Default: `linear`. */
  scale?: 'linear' | 'log';
  /** Default: those of the data. What lies outside is cut off. */
  limits?: Limits;
}

/** A panel of {@link chartFigure}. */
export interface ChartPanel {
  /** Written above the panel. */
  title?: string;
  /** The horizontal axis. */
  x: ChartAxis;
  /** The vertical axis. */
  y: ChartAxis;
  /** Drawn one over the other, the first below. */
  series: readonly ChartSeries[];
}

/** Options of {@link chartFigure}. */
export interface ChartOptions {
  /** From left to right. */
  panels: readonly ChartPanel[];
  /** Panels a row. */
  columns?: number;
  /** Written above the figure. */
  title?: string;
  /** Size of one panel with its axes in pixels. */
  width?: number;
  /** Of a panel, in units of the SVG. */
  height?: number;
}

const MARGIN = { marginLeft: 68, marginRight: 18, marginTop: 8, marginBottom: 44 };
const CAPTION = 20;
const KINDS = ['line', 'dots', 'both', 'bins'];

const colourOf = ({ colour }: ChartSeries, place: number) =>
  colour === 'ink' ? INK : seriesColour(colour ?? place);

/**
 * Draws panels of curves, dots and histograms with linear or logarithmic axes and one legend above them all. Returns an
 * SVG document; throws a RangeError where lengths do not match, a number is not finite, or one on a log axis is not
 * positive.
 */
export function chartFigure(options: ChartOptions): string {
  const where = 'chartFigure';
  const { panels, columns = 2, title, width = 330, height = 240 } = options;
  checkInteger(where, 'columns', columns);
  checkInteger(where, 'width', width, 160);
  checkInteger(where, 'height', height, 120);
  if (!(panels?.length > 0)) throw new RangeError(`${where}: panels must hold at least one panel`);
  const entries = new Map<string, LegendEntry>();
  const caption = panels.some((panel) => panel.title) ? CAPTION : 0;
  const perRow = Math.min(columns, panels.length);
  let drawn = '';
  for (const [i, panel] of panels.entries()) {
    checkPanel(where, `panels[${i}]`, panel);
    for (const [place, series] of panel.series.entries()) {
      if (series.name === undefined || entries.has(series.name)) continue;
      const { kind = 'line', dashed } = series;
      entries.set(series.name, { name: series.name, colour: colourOf(series, place), kind, dashed });
    }
    const [x, y] = [(i % perRow) * width, Math.floor(i / perRow) * (caption + height)];
    const room = width - MARGIN.marginLeft - MARGIN.marginRight;
    if (panel.title)
      drawn += fittedLabel(x + MARGIN.marginLeft, y + 14, panel.title, room, { size: 12, weight: 600 });
    drawn += placed(x, y + caption, panelBody(panel, width, height));
  }
  const listed = [...entries.values()];
  const whole = Math.max(perRow * width, MARGIN.marginLeft + legendWidth(listed)) + 4;
  const top = titleHeight(title);
  const legend = figureLegend(listed, MARGIN.marginLeft, top + 2, whole);
  const rows = Math.ceil(panels.length / perRow);
  const from = top + legend.height;
  return sheet(
    whole,
    from + rows * (caption + height),
    title ?? panels.map((panel) => panel.title ?? panel.y.name).join('; '),
    titleLine(title, MARGIN.marginLeft, whole) +
      legend.body +
      `<g transform="translate(0,${from})">${drawn}</g>`,
  );
}

function checkPanel(where: string, name: string, { x, y, series }: ChartPanel): void {
  if (!(series?.length > 0)) throw new RangeError(`${where}: ${name}.series must hold at least one series`);
  for (const [axisName, axis] of Object.entries({ x, y })) {
    checkWord(where, `${name}.${axisName}.scale`, axis.scale ?? 'linear', ['linear', 'log']);
    if (!axis.limits) continue;
    checkLimits(where, `${name}.${axisName}.limits`, axis.limits);
    if (axis.scale === 'log') checkPositive(where, `${name}.${axisName}.limits`, axis.limits);
  }
  for (const [i, { x: across, y: along, kind = 'line', labels }] of series.entries()) {
    const at = `${name}.series[${i}]`;
    checkWord(where, `${at}.kind`, kind, KINDS);
    checkNumbers(where, `${at}.y`, along, along?.length || 1);
    checkNumbers(where, `${at}.x`, across, along.length + (kind === 'bins' ? 1 : 0));
    if (x.scale === 'log') checkPositive(where, `${at}.x`, across);
    if (y.scale === 'log') checkPositive(where, `${at}.y`, along);
    if (labels && labels.length !== along.length)
      throw new RangeError(`${where}: ${at}.labels must have ${along.length} values, got ${labels.length}`);
  }
}

/** The axis's limits, its ticks and how they are written. */
function scaled(
  { scale = 'linear', limits, name }: ChartAxis,
  values: number[],
  atZero: boolean,
  ticks: number,
) {
  const [low, high] = limits ?? extent(atZero ? [...values, 0] : values);
  const log = scale === 'log';
  let domain: [number, number] = [low, high];
  if (!limits) {
    const room = isFlat(low, high) ? Math.abs(low) * 0.1 || 1 : 0.05 * (high - low);
    domain = log ? [low / 1.25, high * 1.25] : [atZero && low === 0 ? 0 : low - room, high + room];
  }
  const at = log ? logTicks(...domain) : roundTicks(...domain, ticks);
  return { type: scale, domain, at, write: log ? (v: number) => shortNumber(v) : tickFormat(at), name };
}

interface Projection {
  frame: { left: number; right: number; top: number; bottom: number };
  at(x: number, y: number): [number, number];
}

/** Where values stand in a panel of this size, in pixels, as Plot places them. */
function projection(
  across: ReturnType<typeof scaled>,
  along: ReturnType<typeof scaled>,
  width: number,
  height: number,
): Projection {
  const [left, right] = [MARGIN.marginLeft, width - MARGIN.marginRight];
  const [top, bottom] = [MARGIN.marginTop, height - MARGIN.marginBottom];
  const share = ({ type, domain: [low, high] }: ReturnType<typeof scaled>, value: number) =>
    type === 'log' ? Math.log(value / low) / Math.log(high / low) : (value - low) / (high - low);
  return {
    frame: { left, right, top, bottom },
    at: (x, y) => [left + share(across, x) * (right - left), bottom - share(along, y) * (bottom - top)],
  };
}

function panelBody(panel: ChartPanel, width: number, height: number): string {
  const { series } = panel;
  const all = (axis: 'x' | 'y') => series.flatMap((s) => Array.from(s[axis]));
  const bins = series.some(({ kind }) => kind === 'bins');
  const across = scaled(panel.x, all('x'), false, 6);
  const along = scaled(panel.y, all('y'), bins && panel.y.scale !== 'log', 8);
  const base = along.type === 'log' ? along.domain[0] : Math.max(0, along.domain[0]);
  const { frame, at } = projection(across, along, width, height);
  const lines = series
    .filter(({ kind = 'line' }) => kind === 'line' || kind === 'both')
    .map(({ x, y }) => Array.from(y, (value, i) => at(x[i], value)));
  const marks = series.flatMap((s, place) => [
    ...seriesMarks(s, colourOf(s, place), base),
    ...labelMarks(s, at, { frame, lines }),
  ]);
  const axis = { labelAnchor: 'center', labelArrow: 'none', tickSize: 4 } as const;
  const layout = {
    document: figureDocument(),
    width,
    height,
    ...MARGIN,
    x: { type: across.type, domain: across.domain, axis: null },
    y: { type: along.type, domain: along.domain, axis: null },
  };
  const grid = Plot.plot({
    ...layout,
    marks: [Plot.gridY({ ticks: along.at, stroke: RULE, strokeOpacity: 0.35 })],
  });
  const axes = Plot.plot({
    ...layout,
    marks: [
      Plot.frame({ stroke: RULE }),
      Plot.axisX({ ...axis, ticks: across.at, text: across.write, label: across.name, labelOffset: 36 }),
      Plot.axisY({ ...axis, ticks: along.at, text: along.write, label: along.name, labelOffset: 57 }),
    ],
  });
  // An inner svg element cuts off what leaves the frame, and needs no id.
  const { marginLeft: x, marginTop: y } = MARGIN;
  const size = `width="${width - x - MARGIN.marginRight}" height="${height - y - MARGIN.marginBottom}"`;
  const box = `viewBox="${x} ${y} ${width - x - MARGIN.marginRight} ${height - y - MARGIN.marginBottom}"`;
  const inside = innerXml(Plot.plot({ ...layout, marks }));
  return `${innerXml(grid)}<svg aria-hidden="true" x="${x}" y="${y}" ${size} ${box}>${inside}</svg>${innerXml(axes)}`;
}

function seriesMarks(series: ChartSeries, colour: string, base: number): Plot.Markish[] {
  const { x, y, kind = 'line', dashed } = series;
  const points = Array.from(y, (value, i) => ({ x: x[i], y: value, to: x[i + 1] }));
  if (kind === 'bins') {
    const full = points.filter((point) => point.y > base);
    return [Plot.rect(full, { x1: 'x', x2: 'to', y1: base, y2: 'y', fill: colour, fillOpacity: 0.35 })];
  }
  const marks: Plot.Markish[] = [];
  if (kind !== 'dots') {
    const strokeDasharray = dashed ? '5,4' : undefined;
    marks.push(Plot.line(points, { x: 'x', y: 'y', stroke: colour, strokeWidth: 1.6, strokeDasharray }));
  }
  if (kind !== 'line') marks.push(Plot.dot(points, { x: 'x', y: 'y', r: 3.2, fill: colour }));
  return marks;
}

function labelMarks(
  { x, y, labels }: ChartSeries,
  at: Projection['at'],
  around: Pick<Projection, 'frame'> & { lines: [number, number][][] },
): Plot.Markish[] {
  if (!labels?.some((text) => text !== '')) return [];
  const size = 11;
  const points = Array.from(y, (value, i) => at(x[i], value));
  const places = labelPlaces(points, labels, { ...around, size });
  return labels.flatMap((text, i) => {
    const { dx, dy, anchor: textAnchor } = places[i];
    const style = { fill: INK, fontSize: size, dx, dy, textAnchor } as const;
    return text === '' ? [] : [Plot.text([[x[i], y[i]]], { ...style, text: [text] })];
  });
}
