// Elements that several chapters use.

import type { Figure } from '../../figure/figure.js';
import { digits, make, slider } from '../../parts/controls.js';
import type { LearnedState } from '../../state/learned.js';
import type { Page } from '../../state/page.js';

export const captioned = (figure: Figure, caption: string) =>
  make('figure', {}, figure.element, make('figcaption', {}, caption));

/** A row of controls above figures. */
export const bar = (...children: Node[]) => make('div', { class: 'bar' }, ...children);

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
