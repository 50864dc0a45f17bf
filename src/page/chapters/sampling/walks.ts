import type { Client } from '../../calls/rpc.js';
import { drawPoints } from '../../figure/draw.js';
import { Figure } from '../../figure/figure.js';
import { unitSquare } from '../../figure/plane.js';
import { make } from '../../parts/controls.js';
import type { PageVerbs } from '../../worker/pageVerbs.js';
import type { SampleArgs, SampleEvent } from '../../worker/sampling.js';

/** Most particles drawn: more would hide the ground. */
export const SHOWN = 2000;
/** How often during a run the walk and its jumps are shown. */
const MOMENTS = 5;

const row = (name: string) =>
  Array.from({ length: MOMENTS }, (_, i) => new Figure(name.replace('#', String(i + 1)), unitSquare));

/** The walk after each fifth of a run, and the jumps from there. */
export class Walks {
  readonly element: HTMLElement;
  readonly #client: Client<PageVerbs>;
  readonly #walks = row('Walk, moment #: noisy points');
  readonly #jumps = row('Jump, moment #: denoised points');
  readonly #moments = this.#walks.map(() => make('figcaption', {}, '\u00a0'));
  /** The arguments of the present or the last run. */
  #running?: SampleArgs;
  #shown = 0;

  constructor(client: Client<PageVerbs>) {
    this.#client = client;
    const walks = this.#walks.map(({ element }, i) => make('figure', {}, element, this.#moments[i]));
    this.element = make(
      'div',
      {},
      make('p', { class: 'caption' }, 'Walk: noisy points'),
      make('div', { class: 'walk' }, ...walks),
      make('p', { class: 'caption' }, 'Jump: the same points, denoised'),
      make('div', { class: 'walk' }, ...this.#jumps.map(({ element }) => element)),
    );
  }

  get figures(): readonly Figure[] {
    return [...this.#walks, ...this.#jumps];
  }

  /** A run with these arguments begins. */
  begin(args: SampleArgs): void {
    this.#running = args;
    this.#shown = 0;
  }

  /** What is shown belongs to no run any more: answers that still come are not drawn. */
  end(): void {
    this.#running = undefined;
  }

  /** Shows the run's positions if the next fifth is over. */
  async show({ x, step }: SampleEvent, args: SampleArgs): Promise<void> {
    if (this.#shown === MOMENTS || step < (args.steps * (this.#shown + 1)) / MOMENTS) return;
    const at = this.#shown++;
    const noisy = x.slice(0, 2 * SHOWN);
    const paint = (figure: Figure, points: Float32Array) =>
      figure.top((pen, square, colours) => drawPoints(pen, square, points, 6, colours.particle));
    paint(this.#walks[at], noisy);
    this.#moments[at].textContent = `step ${step.toLocaleString('en')}`;
    const sigma = args.sigmas[args.sigmas.length - 1];
    const clean = await this.#client.call('jump', { score: args.score, sigma, x: noisy });
    if (this.#running === args) paint(this.#jumps[at], clean);
  }
}
