import uPlot from 'uplot';
import { coloursOf } from '../../figure/colours.js';
import { typeScale } from '../../parts/typeScale.js';
import type { Losses } from '../../state/losses.js';

/** A chart of the loss of each step, and of the lowest possible loss as a line. */
export class LossChart {
  readonly element = document.createElement('div');
  #chart?: uPlot;
  /** The page's type when the chart was made. */
  #scale = 1;
  readonly #losses: Losses;
  readonly #least: number;
  #isDirty = false;

  /** @param least height in pixels; on wide screens it is more */
  constructor(losses: Losses, least = 220) {
    this.#losses = losses;
    this.#least = least;
    this.element.className = 'chart';
    this.element.setAttribute('role', 'img');
    this.element.setAttribute(
      'aria-label',
      'The loss of each training step, and the lowest possible as a line',
    );
    new ResizeObserver(() => this.#resize()).observe(this.element);
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.restyle());
  }

  /** Makes the chart again, in the present colours. */
  restyle(): void {
    this.#chart?.destroy();
    this.#chart = undefined;
    this.#resize();
  }

  /** Draws the curve of a term, `loss` or `best`, broader than the other. */
  light(term: string | undefined): void {
    if (!this.#chart) return;
    this.#chart.series[1].width = term === 'loss' ? 3 : 1.2;
    this.#chart.series[2].width = term === 'best' ? 4 : 1.5;
    this.#chart.redraw();
  }

  /** Draws the present losses in the next frame. */
  draw(): void {
    if (this.#isDirty) return;
    this.#isDirty = true;
    requestAnimationFrame(() => {
      this.#isDirty = false;
      this.#chart?.setData(this.#data());
    });
  }

  #data(): uPlot.AlignedData {
    const { steps, values, best } = this.#losses;
    if (steps.length === 0)
      return [
        [0, 1],
        [null, null],
        [null, null],
      ];
    return [steps, values, steps.map(() => best ?? null)];
  }

  #resize(): void {
    const width = this.element.clientWidth;
    if (width === 0) return;
    const scale = typeScale();
    const height = Math.min(320 * scale, Math.max(this.#least * scale, Math.round(width * 0.4)));
    const size = { width, height: Math.round(height) };
    if (this.#chart && this.#scale === scale) {
      this.#chart.setSize(size);
      return;
    }
    this.#scale = scale;
    this.#chart?.destroy();
    this.#chart = new uPlot(this.#options(size), this.#data(), this.element);
  }

  #options(size: { width: number; height: number }): uPlot.Options {
    const { ink, muted, particle, accent } = coloursOf(this.element);
    const isSmall = this.#least < 200;
    const scale = this.#scale;
    const font = `${12 * scale}px system-ui, sans-serif`;
    const labelSize = 20 * scale;
    const axis = {
      stroke: ink,
      font,
      labelFont: font,
      grid: { stroke: muted, width: 0.3 },
      ticks: { stroke: muted, width: 0.5 },
    };
    return {
      ...size,
      cursor: { y: false },
      legend: { show: false },
      scales: { x: { time: false }, y: { range: (_, _least, most) => [0, Math.max(1, most * 1.05)] } },
      axes: [
        { ...axis, size: (isSmall ? 30 : 50) * scale, ...(isSmall ? {} : { label: 'step', labelSize }) },
        { ...axis, size: (isSmall ? 38 : 44) * scale, ...(isSmall ? {} : { label: 'loss', labelSize }) },
      ],
      series: [
        {},
        { label: 'loss', stroke: particle, width: 1.2, points: { show: false } },
        { label: 'best possible', stroke: accent, width: 1.5, dash: [6, 4], points: { show: false } },
      ],
    };
  }
}
