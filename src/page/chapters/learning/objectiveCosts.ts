import { digits, make } from '../../parts/controls.js';
import type { Page } from '../../state/page.js';
import type { ObjectiveCostsEvent } from '../../worker/objectiveCosts.js';
import { CurveChart } from '../shared/curveChart.js';

/** Coordinates of a point in which objectives are compared, and steps of each training. */
export const COSTS = { dims: [1, 2, 4, 8, 16], steps: 200 };

/** Charts of two objectives by the number of coordinates: how far from the score they end, and the time of a step. */
export class ObjectiveCharts {
  readonly element: HTMLElement;
  readonly #reading = make('p', { class: 'reading', 'aria-live': 'off' });
  readonly #charts: Record<'divergence' | 'stepMs', CurveChart>;
  #told: ObjectiveCostsEvent[] = [];

  /** Both, as they are saved. */
  get charts(): readonly CurveChart[] {
    return Object.values(this.#charts);
  }

  constructor(page: Page) {
    const chart = (label: string, yLabel: string) =>
      new CurveChart(page, {
        label: `${label} by the number of coordinates, both axes logarithmic`,
        ...{ xLabel: 'coordinates of a point', yLabel, aspect: 0.6, hasDots: true },
        log: { x: true, y: true },
        curves: [
          { name: 'by denoising', term: 'denoising', colour: 'particle' },
          { name: 'by the objective beside it', term: 'other', colour: 'accent', dash: true },
        ],
      });
    this.#charts = {
      divergence: chart('Error of the learned score', 'share of the squared score'),
      stepMs: chart('Time of a step', 'ms a step'),
    };
    const { divergence, stepMs } = this.#charts;
    this.element = make(
      'div',
      {},
      make('div', { class: 'pair' }, divergence.element, stepMs.element),
      this.#reading,
    );
    this.clear();
  }

  clear(): void {
    this.#told = [];
    this.#reading.textContent = '';
    this.#draw();
  }

  /** @param name of the objective beside denoising */
  add(event: ObjectiveCostsEvent, name: string): void {
    this.#told.push(event);
    this.#draw();
    const [own, other] = event.measures;
    const passes = (count: number) => `${count} ${count === 1 ? 'pass' : 'passes'}`;
    this.#reading.textContent = `Points of ${event.dim} ${event.dim === 1 ? 'coordinate' : 'coordinates'}, ${COSTS.steps} steps: a step takes ${digits(own.stepMs)} ms by denoising, with ${passes(own.passes)} through the network for each point, and ${digits(other.stepMs)} ms by ${name}, with ${passes(other.passes)}; in the end the mean squared errors are ${(100 * own.divergence).toFixed(1)} % and ${(100 * other.divergence).toFixed(1)} % of the squared score.`;
  }

  restyle(): void {
    for (const chart of this.charts) chart.restyle();
  }

  #draw(): void {
    for (const of of ['divergence', 'stepMs'] as const)
      this.#charts[of].set(
        COSTS.dims,
        [0, 1].map((i) => COSTS.dims.map((_, k) => this.#told[k]?.measures[i][of] ?? null)),
      );
  }
}
