// Elements that several chapters use.

import { cividis } from '../../figure/colours.js';
import type { Figure } from '../../figure/figure.js';
import { button, digits, make, slider } from '../../parts/controls.js';
import type { LearnedState } from '../../state/learned.js';
import type { Page } from '../../state/page.js';
import type { Store } from '../../state/store.js';

/** A figure with what it shows below it. */
export const captioned = (figure: Figure, caption: string) =>
  make('figure', {}, figure.element, make('figcaption', {}, caption));

/** A row of controls above figures. */
export const bar = (...children: Node[]) => make('div', { class: 'bar' }, ...children);

/** A button that takes the next seed, so that what is drawn is drawn again. */
export const seedButton = (store: Store, label: string, attributes = {}) =>
  button(label, () => store.set({ seed: (store.get('seed') + 1) % 2 ** 32 }), attributes);

/** A slider for the noise levels of the present network. */
export function levelSlider({ store, on }: Page, learned: LearnedState): HTMLElement {
  const element = slider(store, 'level', {
    label: 'Noise level',
    step: 1,
    show: (value) => `${learned.level(value)}: σ = ${digits(learned.sigmas[learned.level(value)])}`,
  });
  const refresh = () => {
    element.input.max = String(learned.sigmas.length - 1);
    element.refresh();
  };
  on('network', refresh);
  store.on(['levels'], refresh);
  refresh();
  return element;
}

/** A bar of the colours that densities share, from 0 to the density of the last colour. */
export class DensityBar {
  readonly element: HTMLElement;
  readonly #words = make('span', {}, '');
  #most = 1;

  constructor() {
    const strip = make('canvas', { width: 256, height: 1, 'aria-hidden': 'true' });
    const context = strip.getContext('2d') as CanvasRenderingContext2D;
    cividis.forEach((colour, i) => {
      context.fillStyle = `rgb(${colour.join(',')})`;
      context.fillRect(i, 0, 1, 1);
    });
    this.element = make('p', { class: 'density-bar' }, 'density 0', strip, this.#words);
  }

  /** The density of the last colour, for the unit square as a whole 1. */
  get most(): number {
    return this.#most;
  }
  set most(most: number) {
    this.#most = most;
    this.#words.textContent = digits(most);
  }
}

/** A figure that stays in view on phones, what belongs below it, and its controls beside both. */
export const besideControls = (figure: Figure, below: Node, ...controls: Node[]) =>
  make(
    'div',
    { class: 'sides' },
    make('div', { class: 'stage' }, make('div', { class: 'stick' }, figure.element), below),
    make('div', { class: 'controls' }, ...controls),
  );

/** A curve, or what a figure draws in one colour. Its term is what the words call it, so that both light up together. */
export interface Drawn {
  name: string;
  term: string;
  colour: 'particle' | 'accent' | 'muted' | 'tone';
  dash?: boolean;
  /** Its points, with no line between. */
  dots?: boolean;
}

/** The names of what a figure draws, each with its colour. */
export const legendOf = (drawn: readonly Drawn[]) =>
  make(
    'p',
    { class: 'legend' },
    ...drawn.map(({ name, term, colour, dash, dots }) =>
      make(
        'button',
        { type: 'button', class: 'term', 'data-term': term },
        make('span', { class: `key ${colour}${dash ? ' dash' : ''}${dots ? ' dots' : ''}` }),
        name,
      ),
    ),
  );
