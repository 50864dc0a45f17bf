import { make, numberField, row } from '../../parts/controls.js';
import { wantsStillness } from '../../parts/loop.js';
import { saveMenu } from '../../save/menu.js';
import type { LiveFigure, Page } from '../../state/page.js';
import type { PicturesEvent } from '../../worker/images/drawing.js';
import type { Who } from '../../worker/images/families.js';
import { DRAWN } from '../../worker/images/numbers.js';
import { ByItself, type Run } from '../shared/byItself.js';
import { seedButton } from '../shared/parts.js';
import { drawCode } from './code.js';
import { lettersSheet } from './letters.js';
import { noisyRange, Pictures } from './pictures.js';
import { sharedOf } from './shared.js';

const CHAINS = 9;
const STEPS = 18;
/** Letters of the reader's own that make the challenge. */
const DOZEN = 12;

/** What each score makes of one noise, and what of the data is nearest to that. */
const PARTS: readonly { who: Who; name: string }[] = [
  { who: 'exact', name: 'Exact score' },
  { who: 'local', name: 'Local scores' },
  { who: 'unet', name: 'U-Net of the page' },
  { who: 'trained', name: 'U-Net you trained' },
];

/** Pictures from one noise by the exact score, by local scores and by networks, above the nearest of the data. */
export function localFigure(page: Page): LiveFigure {
  const { store } = page;
  const shared = sharedOf(page);
  const parts = PARTS.map(({ who, name }) => ({
    who,
    name,
    made: new Pictures(`Pictures made by the ${name}`),
    nearest: new Pictures(`The nearest of the data to those by the ${name}`),
    caption: make('figcaption', {}, name),
  }));
  const columns = parts.map(({ made, nearest, caption }) =>
    make(
      'div',
      { class: 'column' },
      make('figure', {}, made.element, caption),
      make('figure', {}, nearest.element, make('figcaption', {}, 'Nearest of the data')),
    ),
  );

  /** Whether a score says something of the pictures in use: the page's network knows digits alone. */
  const has = (who: Who) =>
    who === 'trained' ? shared.isTrained : who !== 'unet' || shared.source === 'digits';
  const drawOne = async (run: Run, { who, name, made, nearest, caption }: (typeof parts)[number]) => {
    const { seed } = store.all;
    const { isSingle } = shared;
    const args = { who, source: shared.source, label: null, guidance: 1, chains: CHAINS, seed, steps: STEPS };
    caption.textContent = `${name} …`;
    nearest.show(new Float32Array(0));
    const { nearest: near, copied } = await run.call('imagesDraw', args, (event: PicturesEvent) => {
      if (event.sigma === 0 || !wantsStillness()) made.show(event.noisy, noisyRange(event.sigma));
    });
    nearest.show(near);
    if (isSingle) {
      caption.textContent = name;
      return;
    }
    const copies = Math.round(copied * CHAINS);
    if (who === 'local' && shared.source === 'own' && shared.ownCount >= DOZEN && copies < CHAINS)
      page.meet('own-letters');
    caption.textContent = `${name}: ${copies === 0 ? 'no' : copies} ${copies === 1 ? 'copy' : 'copies'} among ${CHAINS}`;
  };
  const drawing = new ByItself(page, {
    isStill: true,
    async work(run) {
      for (const [i, { who }] of parts.entries()) columns[i].hidden = !has(who);
      await shared.ready();
      await Promise.all(parts.filter(({ who }) => has(who)).map((part) => drawOne(run, part)));
    },
  });
  const again = () => drawing.renew();
  store.on(['seed'], again);
  shared.on(again);
  const others = seedButton(store, 'Other noise', {
    class: 'primary',
  });
  return {
    element: make(
      'div',
      { class: 'stage' },
      row(others, numberField(store, 'seed', 'Seed')),
      make('div', { class: 'columns' }, ...columns),
      lettersSheet(page, shared),
      saveMenu(page, {
        name: 'copies',
        figures: parts.slice(0, 3).map(({ made }) => made),
        code: () =>
          `${shared.note}${drawCode(store.all, { who: 'local', label: null, chains: CHAINS, steps: STEPS })}`,
        caption: () =>
          `From one noise, σ from ${DRAWN.sigmaMax} to 0: ${PARTS.slice(0, 3)
            .map(({ name }) => name)
            .join(', ')}`,
      }),
    ),
    setVisible: (isVisible) => drawing.setVisible(isVisible),
  };
}
