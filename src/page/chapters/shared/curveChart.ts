import uPlot from 'uplot';
import { type Colours, coloursOf } from '../../figure/colours.js';
import { digits, make } from '../../parts/controls.js';
import { typeScale } from '../../parts/typeScale.js';
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
  /** Axes on which equal distances are equal ratios. */
  log?: { x?: boolean; y?: boolean };
  curves: readonly Curve[];
  /** Least and most of the vertical axis; default: those of the curves. */
  range?: (least: number, most: number) => [number, number];
  /** Height as a share of the width. */
  aspect?: number;
  /** Told the x under the pointer, or undefined when it leaves. */
  onPoint?: (x: number | undefined) => void;
}

/** Marks of a logarithmic axis: powers of ten, and 2 and 5 times them where there is room. */
const logAxis = {
  splits(_chart: uPlot, _axis: number, least: number, most: number): number[] {
    const parts = most / least > 300 ? [1] : [1, 2, 5];
    const marks: number[] = [];
    for (let k = Math.floor(Math.log10(least)); 10 ** k <= most; k++)
      for (const part of parts) marks.push(Number(`${part}e${k}`));
    return marks.filter((mark) => mark >= least && mark <= most);
  },
  filter: (_chart: uPlot, marks: number[]) => marks,
  values: (_chart: uPlot, marks: number[]) => marks.map(digits),
} satisfies uPlot.Axis;

/** Curves over a line, with the terms of the words lit up and a legend of them. */
export class CurveChart {
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

  /** Makes the chart again, in the present colours. */
  restyle(): void {
    this.#chart?.destroy();
    this.#chart = undefined;
    this.#resize();
  }

  #resize(): void {
    const width = this.#frame.clientWidth;
    if (width === 0) return;
    const size = { width, height: Math.max(150, Math.round(width * (this.#options.aspect ?? 0.42))) };
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
    const { xLabel, curves, range, onPoint, log } = this.#options;
    const kind = (isLog?: boolean) => (isLog ? { distr: 3 as const } : {});
    // Before the first curves come there is no least.
    const rangeOf = (_: uPlot, least: number | null, most: number | null): [number, number] =>
      least === null || most === null || !range ? [1, 2] : range(least, most);
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
    const below = { ...axis, size: 50 * scale, space: 50 * scale };
    return {
      ...size,
      cursor: { y: false, points: { show: onPoint !== undefined }, drag: { x: false, y: false } },
      legend: { show: false },
      scales: {
        x: { time: false, range: (_, least, most) => [least, most], ...kind(log?.x) },
        y: { ...(range && { range: rangeOf }), ...kind(log?.y) },
      },
      axes: [
        {
          ...below,
          ...(xLabel !== undefined && { label: xLabel, labelSize: 20 * scale }),
          ...(log?.x && logAxis),
        },
        { ...axis, size: 44 * scale, ...(log?.y && { ...logAxis, size: 58 * scale }) },
      ],
      series: [{}, ...curves.map((curve) => this.#series(curve, colours))],
      hooks: {
        setCursor: [
          (chart: uPlot) => {
            const { idx } = chart.cursor;
            onPoint?.(idx === null || idx === undefined ? undefined : chart.data[0][idx]);
          },
        ],
      },
    };
  }

  #series({ term, colour, dash, filled, dots, name }: Curve, colours: Colours): uPlot.Series {
    const line = uPlot.paths.linear?.();
    return {
      label: name,
      stroke: colours[colour],
      width: 2,
      dash: dash ? [7, 5] : undefined,
      fill: filled ? `${colours[colour]}55` : undefined,
      points: dots ? { show: true, size: 9, fill: colours[colour], width: 0 } : { show: false },
      // uPlot strokes a path after it asks for it: a term under the pointer has a broad one.
      paths: (chart, index, from, to) => {
        if (dots) return null;
        chart.series[index].width = this.#page.term === term ? 5 : 2;
        return line?.(chart, index, from, to) ?? null;
      },
    };
  }
}
