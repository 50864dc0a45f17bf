import uPlot from 'uplot';
import { type Colours, coloursOf } from '../../figure/colours.js';
import { make } from '../../parts/controls.js';
import type { Page } from '../../state/page.js';
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
  curves: readonly Curve[];
  /** Least and most of the vertical axis; default: those of the curves. */
  range?: (least: number, most: number) => [number, number];
  /** Height as a share of the width. */
  aspect?: number;
  /** Whether both axes are logarithmic. */
  areLogs?: boolean;
  /** What y is. */
  yLabel?: string;
  /** Where an upright line marks an x; undefined for none. */
  mark?: () => number | undefined;
  /** Whether curves have dots where they were measured. */
  hasDots?: boolean;
  /** Told the x under the pointer, or undefined when it leaves. */
  onPoint?: (x: number | undefined) => void;
}

const labelled = (label: string | undefined) => (label === undefined ? {} : { label, labelSize: 20 });

/** Of a logarithmic axis the curves' own with room about it, and one power of ten where there is none yet. */
function verticalRange({ range, areLogs }: ChartOptions): Pick<uPlot.Scale, 'range'> {
  if (range) return { range: (_, least, most) => range(least, most) };
  if (!areLogs) return {};
  return { range: (_, least, most) => (least > 0 && most > 0 ? [least / 1.3, most * 1.3] : [1, 10]) };
}

/** Marks of a logarithmic axis of more than two powers of ten: there only these are named. */
const MANY_MARKS = 20;

/** Names the marks of a logarithmic axis: 1, 2 and 5 times each power of ten, or powers of ten alone if there are many. */
const powers = (_: uPlot, marks: number[]) =>
  marks.map((value) => {
    if (!(value > 0)) return '';
    const digit = value / 10 ** Math.floor(Math.log10(value) + 1e-9);
    const named = marks.length > MANY_MARKS ? [1] : [1, 2, 5];
    return named.some((kept) => Math.abs(digit - kept) < 1e-6) ? String(Number(value.toPrecision(1))) : '';
  });

/** Curves over a line, with the terms of the words lit up and a legend of them. */
export class CurveChart {
  readonly element = make('div', { class: 'curves' });
  readonly #frame = make('div', { class: 'chart', role: 'img' });
  readonly #options: ChartOptions;
  readonly #page: Page;
  #chart?: uPlot;
  #data: uPlot.AlignedData;
  #isDirty = false;

  constructor(page: Page, options: ChartOptions) {
    this.#page = page;
    this.#options = options;
    // Until the first curves come, each is empty.
    this.#data = [[1, 10], ...options.curves.map(() => [null, null])];
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

  #resize(): void {
    const width = this.#frame.clientWidth;
    if (width === 0) return;
    const size = {
      width,
      height: Math.max(this.#options.areLogs ? 230 : 150, Math.round(width * (this.#options.aspect ?? 0.42))),
    };
    if (this.#chart) this.#chart.setSize(size);
    else this.#chart = new uPlot(this.#plot(size), this.#data, this.#frame);
  }

  #plot(size: { width: number; height: number }): uPlot.Options {
    const { xLabel, yLabel, curves, onPoint, areLogs } = this.#options;
    const distr = areLogs ? 3 : 1;
    const logs = areLogs && { values: powers, filter: (_: uPlot, marks: number[]) => marks };
    const colours = coloursOf(this.element);
    const font = '12px system-ui, sans-serif';
    const axis = {
      stroke: colours.ink,
      font,
      labelFont: font,
      grid: { stroke: colours.muted, width: 0.25 },
      ticks: { stroke: colours.muted, width: 0.5 },
    };
    return {
      ...size,
      cursor: { y: false, points: { show: onPoint !== undefined }, drag: { x: false, y: false } },
      legend: { show: false },
      scales: {
        x: { time: false, distr, range: (_, least, most) => [least, most] },
        y: { distr, ...verticalRange(this.#options) },
      },
      axes: [
        { ...axis, ...labelled(xLabel), ...logs },
        { ...axis, ...labelled(yLabel), size: areLogs ? 64 : 44, ...logs },
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

  #series({ term, colour, dash, filled, name }: Curve, colours: Colours): uPlot.Series {
    const line = uPlot.paths.linear?.();
    return {
      label: name,
      stroke: colours[colour],
      width: 2,
      dash: dash ? [7, 5] : undefined,
      fill: filled ? `${colours[colour]}55` : undefined,
      points: { show: this.#options.hasDots ?? false, size: 6, fill: colours[colour] },
      // uPlot strokes a path after it asks for it: a term under the pointer has a broad one.
      paths: (chart, index, from, to) => {
        chart.series[index].width = this.#page.term === term ? 5 : 2;
        return line?.(chart, index, from, to) ?? null;
      },
    };
  }
}
