import { presets } from '../../../training/presets.js';
import { button, make } from '../../parts/controls.js';
import { forget, type Kept, kept } from '../../state/kept.js';
import type { Page } from '../../state/page.js';
import { SETTINGS } from '../../state/settings.js';
import { readState } from '../../state/state.js';

/**
 * Offers what was trained before: the network that this browser keeps, or, on a link to a trained figure, to train as its
 * sender did.
 * @param train trains with the present settings
 */
export function keptRow(page: Page, train: () => void): HTMLElement {
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
      // Said at once: else the weights that come with the page for this picture would be taken instead.
      learned.origin = { state };
      await client.call('loadWeights', { bytes: weights.slice(), name: 'the kept network' });
      await learned.refresh();
      hide();
      page.say(`Your network of ${step} steps is back.`);
    } catch (error) {
      page.fail(error);
    }
  };
  const again = () => {
    hide();
    train();
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
    // A network of the first screen's own may be replaced, and one that comes with the page.
    if (!own || (learned.network && !trainer.isSketch && !learned.isComing)) return;
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
  if (!learned.network || learned.isComing || trainer.isSketch) offer();
  return element;
}
