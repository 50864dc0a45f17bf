import uPlot from 'uplot';
import { type Colours, coloursOf } from '../../figure/colours.js';
import type { Pen } from '../../figure/plane.js';
import type { Strip } from '../../figure/sheet.js';
import { digits, make } from '../../parts/controls.js';
import { typeScale } from '../../parts/typeScale.js';
import type { Page } from '../../state/page.js';
import { logMarks } from './axes.js';
import { type CurvePicture, chartHeight, paintChart } from './curvePicture.js';
import { type Drawn, legendOf } from './parts.js';

export interface Curve extends Drawn {
  /** Filled down to zero. */
  filled?: boolean;
}

interface ChartOptions {
  /** What a screen reader says in place of the picture. */
  label: string;
  /** What x is; of charts below one another only the last says it. */
  xLabel?: string;
  /** Axes on which equal distances are equal ratios. */
  log?: { x?: boolean; y?: boolean };
  curves: readonly Curve[];
  /** Least and most of the vertical axis; default: those of the curves. */
  range?: (least: number, most: number) => [number, number];
  /** Height as a share of the width. */
  aspect?: number;
  /** What y is. */
  yLabel?: string;
  /** Where an upright line marks an x; undefined for none. */
  mark?: () => number | undefined;
  /** Whether curves have dots where they were measured. */
  hasDots?: boolean;
  /** Told the x under the pointer, or undefined when it leaves. */
  onPoint?: (x: number | undefined) => void;
}

/** Marks of a logarithmic axis. */
const logAxis = {
  splits: (_chart: uPlot, _axis: number, least: number, most: number) => logMarks(least, most),
  filter: (_chart: uPlot, marks: number[]) => marks,
  values: (_chart: uPlot, marks: number[]) => marks.map(digits),
} satisfies uPlot.Axis;

/** The names of both axes, which say where equal distances are equal ratios. */
const namesOf = ({ xLabel, yLabel, log }: ChartOptions) => ({
  xLabel: xLabel && `${xLabel}${log?.x ? ' (log)' : ''}`,
  yLabel: yLabel && `${yLabel}${log?.y ? ' (log)' : ''}`,
});

/** What an axis is of, where it says it. */
const labelled = (label: string | undefined, scale: number) =>
  label === undefined ? {} : { label, labelSize: 20 * scale };

/** The least and most of the vertical axis: on a logarithmic one those of the curves with room about them. */
function verticalRange({ range, log }: ChartOptions): Pick<uPlot.Scale, 'range'> {
  if (!range && !log?.y) return {};
  const own = range ?? ((least, most): [number, number] => (least > 0 ? [least / 1.3, most * 1.3] : [1, 10]));
  // Before the first curves come there is no least; a range that is fixed holds then, too.
  return { range: (_, least: number | null, most: number | null) => own(least ?? 1, most ?? 2) };
}

/** Curves over a line, with the terms of the words lit up and a legend of them. */
export class CurveChart implements Strip {
  readonly element = make('div', { class: 'curves' });
  readonly #frame = make('div', { class: 'chart', role: 'img' });
  readonly #options: ChartOptions;
  readonly #page: Page;
  #chart?: uPlot;
  /** The page's type when the chart was made. */
  #scale = 1;
  #data: uPlot.AlignedData;
  #isDirty = false;

  constructor(page: Page, options: ChartOptions) {
    this.#page = page;
    this.#options = options;
    // Until the first curves come, each is empty.
    this.#data = [[1, 2], ...options.curves.map(() => [null, null])];
    this.#frame.setAttribute('aria-label', options.label);
    this.element.append(this.#frame, legendOf(options.curves));
    new ResizeObserver(() => this.#resize()).observe(this.#frame);
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.restyle());
    page.on('term', () => this.#chart?.redraw());
  }

  /** Draws curves [n] over x [n], in the order of the options. */
  set(x: readonly number[], curves: readonly (readonly (number | null)[])[]): void {
    this.#data = [[...x], ...curves.map((curve) => [...curve])];
    if (this.#isDirty) return;
    this.#isDirty = true;
    requestAnimationFrame(() => {
      this.#isDirty = false;
      this.#chart?.setData(this.#data);
    });
  }

  get label(): string {
    return this.#options.label;
  }

  heightAt(width: number): number {
    const picture = this.#picture(width);
    return picture ? chartHeight(picture, width) : 0;
  }

  paint(pen: Pen, width: number, colours: Colours): void {
    const picture = this.#picture(width);
    if (picture) paintChart(pen, picture, width, colours);
  }

  /** Moves the mark to where it is now. */
  remark(): void {
    this.#chart?.redraw(false);
  }

  /** Makes the chart again, in the present colours. */
  restyle(): void {
    this.#chart?.destroy();
    this.#chart = undefined;
    this.#resize();
  }

  #plotHeight(width: number): number {
    const { aspect = 0.42, log, curves, xLabel } = this.#options;
    // Marks of a logarithmic axis want room, and so do curves that run side by side, and the name of an axis.
    const least = log?.x && log.y ? 230 : curves.length > 2 ? 210 : xLabel ? 170 : 150;
    return Math.max(least, Math.round(width * aspect));
  }

  /** What is shown, for a picture of this width; undefined before anything is. */
  #picture(width: number): CurvePicture | undefined {
    const { curves, log, mark, ...words } = this.#options;
    const limitsOf = (axis: 'x' | 'y') => {
      const { min, max } = this.#chart?.scales[axis] ?? {};
      return min == null || max == null ? undefined : ([min, max] as const);
    };
    const [x, y] = [limitsOf('x'), limitsOf('y')];
    if (!x || !y) return undefined;
    const [at, ...values] = this.#data as (number | null)[][];
    if (values.flat().every((value) => value == null)) return undefined;
    return {
      ...words,
      ...namesOf(this.#options),
      x: at as number[],
      curves: curves.map((drawn, i) => ({ drawn, values: values[i] })),
      limits: { x, y },
      log,
      mark: mark?.(),
      height: this.#plotHeight(width),
    };
  }

  #resize(): void {
    const width = this.#frame.clientWidth;
    if (width === 0) return;
    const size = { width, height: this.#plotHeight(width) };
    const scale = typeScale();
    if (this.#chart && this.#scale === scale) {
      this.#chart.setSize(size);
      return;
    }
    this.#scale = scale;
    this.#chart?.destroy();
    this.#chart = new uPlot(this.#plot(size), this.#data, this.#frame);
  }

  #plot(size: { width: number; height: number }): uPlot.Options {
    const { curves, onPoint, log } = this.#options;
    const { xLabel, yLabel } = namesOf(this.#options);
    const kind = (isLog?: boolean) => (isLog ? { distr: 3 as const } : {});
    const colours = coloursOf(this.element);
    const scale = this.#scale;
    const font = `${12 * scale}px system-ui, sans-serif`;
    const axis = {
      stroke: colours.ink,
      font,
      labelFont: font,
      grid: { stroke: colours.muted, width: 0.25 },
      ticks: { stroke: colours.muted, width: 0.5 },
    };
    const below = { ...axis, size: 32 * scale, space: 50 * scale };
    return {
      ...size,
      cursor: { y: false, points: { show: onPoint !== undefined }, drag: { x: false, y: false } },
      legend: { show: false },
      scales: {
        x: { time: false, range: (_, least, most) => [least, most], ...kind(log?.x) },
        y: { ...verticalRange(this.#options), ...kind(log?.y) },
      },
      axes: [
        { ...below, ...labelled(xLabel, scale), ...(log?.x && logAxis) },
        {
          ...axis,
          ...labelled(yLabel, scale),
          // A low chart has room for few marks.
          space: (size.height < 170 ? 20 : 30) * scale,
          size: (log?.y ? 68 : 50) * scale,
          ...(log?.y && logAxis),
        },
      ],
      series: [{}, ...curves.map((curve) => this.#series(curve, colours))],
      hooks: {
        draw: [(chart: uPlot) => this.#drawMark(chart, colours)],
        setCursor: [
          (chart: uPlot) => {
            const { idx } = chart.cursor;
            onPoint?.(idx === null || idx === undefined ? undefined : chart.data[0][idx]);
          },
        ],
      },
    };
  }

  #drawMark({ ctx: pen, bbox, valToPos, scales }: uPlot, { ink }: Colours): void {
    const x = this.#options.mark?.();
    const { min, max } = scales.x;
    if (x === undefined || min == null || max == null || x < min || x > max) return;
    const at = Math.round(valToPos(x, 'x', true));
    pen.save();
    pen.strokeStyle = ink;
    pen.lineWidth = 1.5 * devicePixelRatio;
    pen.beginPath();
    pen.moveTo(at, bbox.top);
    pen.lineTo(at, bbox.top + bbox.height);
    pen.stroke();
    pen.restore();
  }

  #series({ term, colour, dash, filled, dots, name }: Curve, colours: Colours): uPlot.Series {
    const line = uPlot.paths.linear?.();
    const { hasDots } = this.#options;
    const stroke = colour === 'tone' ? colours.curve : colours[colour];
    return {
      label: name,
      stroke,
      width: 2,
      dash: dash ? [7, 5] : undefined,
      fill: filled ? `${colours[colour]}55` : undefined,
      points: dots || hasDots ? { show: true, size: dots ? 9 : 6, fill: stroke, width: 0 } : { show: false },
      // uPlot strokes a path after it asks for it: a term under the pointer has a broad one.
      paths: (chart, index, from, to) => {
        if (dots) return null;
        chart.series[index].width = this.#page.term === term ? 5 : 2;
        return line?.(chart, index, from, to) ?? null;
      },
    };
  }
}
