import { button, digits, make, numberField, row } from '../../parts/controls.js';
import { wantsStillness } from '../../parts/loop.js';
import { saveMenu } from '../../save/menu.js';
import type { LiveFigure, Page } from '../../state/page.js';
import { WINDOWS } from '../../state/state.js';
import type { Who } from '../../worker/images/families.js';
import type { FillEvent } from '../../worker/images/filling.js';
import { DIM, FILLING } from '../../worker/images/numbers.js';
import { ByItself, type Run } from '../shared/byItself.js';
import { drawingPad } from '../shared/pad.js';
import { bar, seedButton } from '../shared/parts.js';
import { pictureOf } from '../shared/picture.js';
import { fillCode } from './code.js';
import { shown } from './errors.js';
import { maskOf, seenOf } from './mask.js';
import { CLEAN, noisyRange, Pictures } from './pictures.js';
import { networkMenu, sharedOf } from './shared.js';

/** What the buttons leave to be seen. */
const NAMES: Record<(typeof WINDOWS)[number], string> = {
  upper: 'Upper half',
  left: 'Left half',
  quarter: 'A quarter of the pixels',
};
const WORDS = {
  sheet: 'The digit: the arrow keys move the rubber, the space bar rubs out, Ctrl and Z brings back',
  pen: 'Rubber',
  eraser: 'Bring back',
  empty: 'See all of it',
};

/** A digit of which a part is hidden, and what two scores draw in its place. */
export function fillFigure(page: Page): LiveFigure {
  const { store } = page;
  const shared = sharedOf(page);
  const digit = new Pictures('The digit, and what is hidden of it', page, 'seen');
  const parts = [
    { isExact: false, made: new Pictures('Filled in by the learned score', page, 'learned') },
    { isExact: true, made: new Pictures('Filled in by the exact score', page, 'exact') },
  ].map((part) => ({ ...part, caption: make('figcaption', {}, '…') }));
  let clean: Float32Array = new Float32Array(DIM);

  const show = () => digit.show(clean, CLEAN, maskOf(store.get('seen')));
  const drawOne = async (
    run: Run,
    mask: Float32Array,
    { isExact, made, caption }: (typeof parts)[number],
  ) => {
    const net = shared.net(page);
    const who: Who = isExact ? 'exact' : net;
    const name = isExact ? 'Exact score of 2,000 digits' : net === 'trained' ? 'Your U-Net' : 'U-Net';
    const { digit: index, seed } = store.all;
    caption.textContent = `${name} …`;
    const args = { who, index, mask, seed };
    const { copied, seenError, hiddenError } = await run.call('imagesFill', args, (event: FillEvent) => {
      if (event.sigma === 0 || !wantsStillness()) made.show(event.x, noisyRange(event.sigma));
    });
    const copies = Math.round(copied * FILLING.chains);
    caption.textContent = `${name}: ${copies === 0 ? 'no' : copies} ${copies === 1 ? 'copy' : 'copies'} among ${FILLING.chains}. Error a pixel: ${shown(seenError)} where seen, ${shown(hiddenError)} where hidden`;
    const isMet = !isExact && mask.reduce((sum, bit) => sum + bit, 0) <= DIM / 4 && hiddenError < 0.03;
    if (isMet) page.meet('fill-in');
  };
  const drawing = new ByItself(page, {
    isStill: true,
    async work(run) {
      await shared.ready();
      clean = await run.call('imagesHeldOut', { index: store.get('digit') });
      show();
      const mask = maskOf(store.get('seen'));
      await Promise.all(parts.map((part) => drawOne(run, mask, part)));
    },
  });
  const again = () => drawing.renew();
  /** While the rubber moves nothing is drawn: only what is seen changes. */
  let isRubbing = false;
  const pad = drawingPad(digit, {
    words: WORDS,
    // What is rubbed out is light on this sheet.
    picture: () => ({ height: 20, width: 20, pixels: maskOf(store.get('seen')).map((bit) => 1 - bit) }),
    write(picture) {
      const seen = seenOf(pictureOf(picture).pixels);
      if (!seen) {
        page.say('Leave some of the digit to be seen.', true);
        return;
      }
      isRubbing = true;
      store.set({ seen });
    },
    onEnd() {
      isRubbing = false;
      again();
    },
  });
  const choices = WINDOWS.map((name) =>
    button(NAMES[name], () => {
      isRubbing = false;
      store.set({ seen: name });
    }),
  );
  const press = () => {
    for (const [i, name] of WINDOWS.entries())
      choices[i].setAttribute('aria-pressed', String(store.get('seen') === name));
  };
  press();
  store.on(['seen'], () => {
    press();
    show();
    if (!isRubbing) again();
  });
  store.on(['digit', 'seed', 'netOf'], again);
  shared.on(() => {
    if (store.get('netOf') === 'own') again();
  });
  const another = button('Another digit', () => store.set({ digit: (store.get('digit') + 1) % 200 }));
  const others = seedButton(store, 'Other noise');
  return {
    element: make(
      'div',
      { class: 'stage' },
      make('div', { class: 'row digits', role: 'group', 'aria-label': 'What is seen' }, 'See', ...choices),
      row('Rubber', pad.tools),
      make(
        'div',
        { class: 'triple' },
        make(
          'figure',
          {},
          pad.element,
          make('figcaption', {}, 'A digit no score has seen. Rub out more of it; what is hidden is veiled'),
        ),
        ...parts.map(({ made, caption }) => make('figure', {}, made.element, caption)),
      ),
      bar(row(another, others), numberField(store, 'seed', 'Seed'), networkMenu(page, shared)),
      saveMenu(page, {
        name: 'filled-in',
        figures: [digit, ...parts.map(({ made }) => made)],
        code: () => fillCode(store.all, shared.net(page), maskOf(store.get('seen'))),
        caption: () =>
          `A digit, veiled where hidden; filled in by the learned score, and by the exact one, from σ = ${digits(FILLING.sigmaMax)} to 0`,
      }),
    ),
    setVisible: (isVisible) => drawing.setVisible(isVisible),
  };
}
