import { presets } from '../../../training/presets.js';
import { button, make } from '../../parts/controls.js';
import { forget, type Kept, kept } from '../../state/kept.js';
import type { Page } from '../../state/page.js';
import { SETTINGS } from '../../state/settings.js';
import { readState } from '../../state/state.js';

/**
 * Offers what was trained before: the network that this browser keeps, or, on a link to a trained figure, to train as its
 * sender did.
 */
export function keptRow(page: Page): HTMLElement {
  const { store, client, learned, trainer } = page;
  const element = make('div', { class: 'row kept', hidden: true });
  const hide = () => {
    element.hidden = true;
  };
  const show = (words: string, ...buttons: HTMLElement[]) => {
    element.replaceChildren(make('span', {}, words), ...buttons);
    element.hidden = false;
  };

  const reopen = async ({ weights, fragment, step }: Kept) => {
    const state = readState(fragment);
    try {
      await trainer.stop();
      trainer.clear();
      // The picture first: the network belongs to it.
      const { picture, seed, dataSeed } = state;
      const settings = Object.fromEntries(SETTINGS.map((name) => [name, state[name]]));
      store.set({ ...settings, picture, seed, dataSeed });
      store.set({ trained: true });
      await client.call('loadWeights', { bytes: weights.slice(), name: 'the kept network' });
      learned.origin = { state };
      await learned.refresh();
      hide();
      page.say(`Your network of ${step} steps is back.`);
    } catch (error) {
      page.fail(error);
    }
  };
  const again = () => {
    hide();
    trainer.start(store.all).catch(page.fail);
  };

  const offer = async () => {
    if (store.get('trained')) {
      const { steps } = store.all;
      show(
        `This link shows a trained network. Its seeds and settings are here, so it can be trained again: ${steps.toLocaleString('en')} steps${steps === presets.quick.training.steps ? ', about a minute' : ''}.`,
        button('Train it again', again),
      );
      return;
    }
    const own = await kept().catch(() => undefined);
    // A network of the first screen's own may be replaced.
    if (!own || (learned.network && !trainer.isSketch)) return;
    show(
      `A network that you trained here, ${own.step.toLocaleString('en')} steps, is kept in this browser.`,
      button('Open it', () => reopen(own)),
      button('Forget it', () => {
        hide();
        forget().catch(page.fail);
      }),
    );
  };
  page.on('training', () => {
    if (trainer.isRunning && !trainer.isSketch) hide();
  });
  if (!learned.network || trainer.isSketch) offer();
  return element;
}
