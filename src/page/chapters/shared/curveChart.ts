import uPlot from 'uplot';
import { type Colours, coloursOf } from '../../figure/colours.js';
import { make } from '../../parts/controls.js';
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
  curves: readonly Curve[];
  /** Least and most of the vertical axis; default: those of the curves. */
  range?: (least: number, most: number) => [number, number];
  /** Height as a share of the width. */
  aspect?: number;
  /** Told the x under the pointer, or undefined when it leaves. */
  onPoint?: (x: number | undefined) => void;
}

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
    this.#data = [[0, 1], ...options.curves.map(() => [null, null])];
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
    const { xLabel, curves, range, onPoint } = this.#options;
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
        x: { time: false, range: (_, least, most) => [least, most] },
        y: range ? { range: (_, least, most) => range(least, most) } : {},
      },
      axes: [
        { ...below, ...(xLabel === undefined ? {} : { label: xLabel, labelSize: 20 * scale }) },
        { ...axis, size: 44 * scale },
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

  #series({ term, colour, dash, filled, name }: Curve, colours: Colours): uPlot.Series {
    const line = uPlot.paths.linear?.();
    return {
      label: name,
      stroke: colours[colour],
      width: 2,
      dash: dash ? [7, 5] : undefined,
      fill: filled ? `${colours[colour]}55` : undefined,
      points: { show: false },
      // uPlot strokes a path after it asks for it: a term under the pointer has a broad one.
      paths: (chart, index, from, to) => {
        chart.series[index].width = this.#page.term === term ? 5 : 2;
        return line?.(chart, index, from, to) ?? null;
      },
    };
  }
}
