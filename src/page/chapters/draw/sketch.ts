import { button, digits, make, row } from '../../parts/controls.js';
import type { Page } from '../../state/page.js';
import type { State } from '../../state/state.js';

/** A network that shows the form of a drawing in some seconds; the chapter on learning trains better ones. */
const SETTINGS = {
  features: 64,
  width: 64,
  depth: 2,
  levels: 30,
  batch: 16,
  steps: 3000,
  rate: 1e-2,
  output: 'noise',
  featureScale: 1,
  featureSpread: 32,
  encoding: 'averaged',
  schedule: 'cosine',
} as const satisfies Partial<State>;

/** The small training of the first screen. It begins by itself while the reader has trained nothing else. */
export class Sketch {
  readonly element: HTMLElement;
  readonly #page: Page;
  readonly #words = make('p', { class: 'hint' });
  readonly #learn = button('Let a network learn it', () => this.#start());

  constructor(page: Page) {
    this.#page = page;
    this.element = make('div', {}, this.#words, row(this.#learn));
    this.show();
  }

  /** Trains for the present picture, unless that would throw away what the reader trained or opened. */
  begin(): void {
    const { learned, trainer } = this.#page;
    const isFree = trainer.isRunning || learned.network ? trainer.isSketch : true;
    if (isFree) this.#start();
  }

  /** Shows how far the training is. */
  show(): void {
    const { learned, trainer } = this.#page;
    const { isRunning, isSketch, step, steps, losses } = trainer;
    const isOwn = (isRunning || learned.network !== undefined) && !isSketch;
    this.#learn.hidden = isRunning || (learned.network !== undefined && isSketch);
    const best = losses.best === undefined ? '' : `, best possible ${digits(losses.best)}`;
    if (isOwn)
      this.#words.textContent = 'The arrows are those of your own network, of the chapter on learning.';
    else if (step > 0)
      this.#words.textContent = `Step ${step.toLocaleString('en')} of ${steps.toLocaleString('en')}: loss ${digits(losses.last)}${best}.`;
    else this.#words.textContent = 'Its arrows turn from chaos to order as the loss falls.';
  }

  #start(): void {
    const { store, trainer, fail } = this.#page;
    trainer.start({ ...store.all, ...SETTINGS }, true).catch(fail);
  }
}
