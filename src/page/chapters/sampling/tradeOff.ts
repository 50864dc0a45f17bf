import { geomspace } from '../../../index.js';
import { digits, make } from '../../parts/controls.js';
import { saveMenu } from '../../save/menu.js';
import type { Page } from '../../state/page.js';
import type { TradeOffEvent } from '../../worker/walk.js';
import { ByItself } from '../shared/byItself.js';
import { CurveChart } from '../shared/curveChart.js';

/** Noise levels of the curves, in constant ratio. */
const SIGMAS = Array.from(geomspace(0.02, 1, 9));
const SIZES = { chains: 48, steps: 1200, draws: 2000 };

/** Curves over the noise: how long a walk remembers, and how far its jumps are from the picture. */
export class TradeOff {
  readonly element: HTMLElement;
  readonly #charts: readonly CurveChart[];
  readonly #reading = make('p', { class: 'reading' });
  readonly #work: ByItself;
  readonly #sigma: () => number;
  #measured: TradeOffEvent[] = [];

  /** @param sigma the reader's noise, which the curves mark */
  constructor(page: Page, sigma: () => number) {
    this.#sigma = sigma;
    const chart = (name: string, term: string, colour: 'particle' | 'accent') =>
      new CurveChart(page, {
        label: `${name}, over the noise, both axes logarithmic`,
        xLabel: 'noise σ',
        log: { x: true, y: true },
        hasDots: true,
        aspect: 0.6,
        mark: () => Math.min(SIGMAS[SIGMAS.length - 1], Math.max(SIGMAS[0], sigma())),
        curves: [{ name, term, colour }],
      });
    this.#charts = [
      chart('steps until a walk forgets', 'mixing', 'particle'),
      chart('distance of jumps, in sides of the picture', 'distance', 'accent'),
    ];
    const pair = make('div', { class: 'pair' }, ...this.#charts.map(({ element }) => element));
    this.element = make(
      'div',
      {},
      make('p', { class: 'caption' }, 'The exact score of this picture; the upright line is your σ.'),
      pair,
      this.#reading,
      saveMenu(page, {
        name: 'trade-off',
        figures: [],
        strips: this.#charts,
        caption: () =>
          `By the exact score of the picture; the upright line is at the chosen σ. ${this.#reading.textContent}`,
      }),
    );
    this.#work = new ByItself(page, {
      isStill: true,
      work: async (run) => {
        this.#measured = [];
        // The curves do not follow the walk's seed: they are as they are for every reader of a link.
        const args = { ...SIZES, sigmas: SIGMAS, seed: 0 };
        await run.call('tradeOff', args, (event: TradeOffEvent) => {
          this.#measured.push(event);
          this.#draw();
        });
      },
    });
  }

  /** The reader's noise is another. */
  mark(): void {
    for (const chart of this.#charts) chart.remark();
    this.#read();
  }

  /** The picture is another. */
  renew(): void {
    this.#work.renew();
  }

  setVisible(isVisible: boolean): void {
    this.#work.setVisible(isVisible);
  }

  restyle(): void {
    for (const chart of this.#charts) chart.restyle();
  }

  #draw(): void {
    const of = (name: 'time' | 'distance') => SIGMAS.map((_, i) => this.#measured[i]?.[name] ?? null);
    this.#charts[0].set(SIGMAS, [of('time')]);
    this.#charts[1].set(SIGMAS, [of('distance')]);
    this.#read();
  }

  /** Says what was measured at the level nearest to the reader's. */
  #read(): void {
    const away = ({ sigma }: TradeOffEvent) => Math.abs(Math.log(sigma / this.#sigma()));
    const [nearest] = [...this.#measured].sort((a, b) => away(a) - away(b));
    if (!nearest) return;
    const { sigma, time, distance } = nearest;
    this.#reading.textContent = `At σ = ${digits(sigma)}, the nearest measured: a walk forgets where it was in about ${digits(Math.round(time))} ${Math.round(time) === 1 ? 'step' : 'steps'}, and its jumps are ${digits(distance)} from the picture.`;
  }
}
