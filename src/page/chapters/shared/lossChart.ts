import uPlot from 'uplot';
import { coloursOf } from '../../figure/colours.js';

/** Most points of the curve. Beyond it, neighbours are averaged, so that long runs need no more memory. */
const MOST = 2000;

/** A chart of the loss of each step, and of the lowest possible loss as a line. */
export class LossChart {
  readonly element = document.createElement('div');
  #chart?: uPlot;
  #steps: number[] = [];
  #losses: number[] = [];
  /** How many losses are averaged into one point. */
  #lossesPerPoint = 1;
  #sum = 0;
  #count = 0;
  #step = 0;
  #best?: number;
  #isDirty = false;

  constructor() {
    this.element.className = 'chart';
    this.element.setAttribute('role', 'img');
    this.element.setAttribute(
      'aria-label',
      'The loss of each training step, and the lowest possible as a line',
    );
    new ResizeObserver(() => this.#resize()).observe(this.element);
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.restyle());
  }

  clear(): void {
    this.#steps = [];
    this.#losses = [];
    [this.#lossesPerPoint, this.#sum, this.#count, this.#step] = [1, 0, 0, 0];
    this.#best = undefined;
    this.#draw();
  }

  add(losses: ArrayLike<number>): void {
    for (let i = 0; i < losses.length; i++) {
      this.#sum += losses[i];
      this.#step++;
      if (++this.#count < this.#lossesPerPoint) continue;
      this.#steps.push(this.#step);
      this.#losses.push(this.#sum / this.#lossesPerPoint);
      this.#sum = this.#count = 0;
      if (this.#losses.length === MOST) this.#halve();
    }
    this.#draw();
  }

  set best(loss: number) {
    this.#best = loss;
    this.#draw();
  }

  /** The mean of about the last 50 losses. */
  get last(): number {
    const tail = this.#losses.slice(-Math.max(1, Math.ceil(50 / this.#lossesPerPoint)));
    return tail.reduce((sum, loss) => sum + loss, 0) / tail.length;
  }

  /** Makes the chart again, in the present colours. */
  restyle(): void {
    this.#chart?.destroy();
    this.#chart = undefined;
    this.#resize();
  }

  #halve(): void {
    const pairs = this.#losses.length / 2;
    this.#losses = Array.from(
      { length: pairs },
      (_, i) => (this.#losses[2 * i] + this.#losses[2 * i + 1]) / 2,
    );
    this.#steps = Array.from({ length: pairs }, (_, i) => this.#steps[2 * i + 1]);
    this.#lossesPerPoint *= 2;
  }

  #draw(): void {
    if (this.#isDirty) return;
    this.#isDirty = true;
    requestAnimationFrame(() => {
      this.#isDirty = false;
      this.#chart?.setData(this.#data());
    });
  }

  #data(): uPlot.AlignedData {
    const steps = this.#steps.length > 0 ? this.#steps : [0, 1];
    const losses = this.#losses.length > 0 ? this.#losses : [null, null];
    return [steps, losses, steps.map(() => this.#best ?? null)];
  }

  #resize(): void {
    const width = this.element.clientWidth;
    if (width === 0) return;
    const size = { width, height: Math.min(320, Math.max(220, Math.round(width * 0.55))) };
    if (this.#chart) this.#chart.setSize(size);
    else this.#chart = new uPlot(this.#options(size), this.#data(), this.element);
  }

  #options(size: { width: number; height: number }): uPlot.Options {
    const { ink, muted, particle, accent } = coloursOf(this.element);
    const font = '12px system-ui, sans-serif';
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
        { ...axis, label: 'step', labelSize: 20 },
        { ...axis, label: 'loss', labelSize: 20, size: 44 },
      ],
      series: [
        {},
        { label: 'loss', stroke: particle, width: 1.2, points: { show: false } },
        { label: 'best possible', stroke: accent, width: 1.5, dash: [6, 4], points: { show: false } },
      ],
    };
  }
}
