import { button, digits, make, numberField, slider } from '../../parts/controls.js';
import { wantsStillness } from '../../parts/loop.js';
import { FPS } from '../../save/film.js';
import { saveMenu } from '../../save/menu.js';
import type { LiveFigure, Page } from '../../state/page.js';
import type { PicturesEvent } from '../../worker/images/drawing.js';
import { ByItself } from '../shared/byItself.js';
import { bar, captioned, seedButton } from '../shared/parts.js';
import { Beat } from './beat.js';
import { drawCode } from './code.js';
import { noisyRange, Pictures } from './pictures.js';
import { networkMenu, sharedOf } from './shared.js';

const CHAINS = 16;
const STEPS = 24;
/** Frames of a film for each step: its last second and more shows the end. */
const FRAMES = 3;

/** Draws the digit that is asked for, from noise, every step shown. */
export function drawFigure(page: Page): LiveFigure {
  const { store } = page;
  const shared = sharedOf(page);
  const noisy = new Pictures('Pictures on their way from noise', page, 'y');
  const clean = new Pictures('What the network takes them for', page, 'xhat');
  const reading = make('p', { class: 'reading', 'aria-live': 'polite' });
  /** Noise of what is shown. */
  let at = 0;

  const beat = new Beat();
  /** The steps of the last draw, and whether a film shows them in its own time. */
  let kept: PicturesEvent[] = [];
  let isFilmed = false;
  const show = ({ step, sigma, noisy: y, clean: x }: PicturesEvent) => {
    noisy.show(y, noisyRange(sigma));
    clean.show(x);
    at = sigma;
    const isOwn = shared.net(page) === 'trained';
    reading.textContent =
      step < STEPS
        ? `Step ${step} of ${STEPS}, σ = ${digits(sigma)}`
        : `${CHAINS} ${isOwn ? 'pictures by your network' : `pictures of a ${store.get('wanted')}`}`;
  };
  const drawing = new ByItself(page, {
    isStill: true,
    async work(run) {
      await shared.ready();
      const { wanted, guidance, seed } = store.all;
      const who = shared.net(page);
      const isOwn = who === 'trained';
      // The reader's network was never told a digit: it draws whatever it learned.
      const label = isOwn ? null : wanted;
      const args = {
        who,
        source: isOwn ? shared.source : 'digits',
        label,
        guidance,
        chains: CHAINS,
        seed,
        steps: STEPS,
      } as const;
      const target = isOwn ? 'picture by your network' : `picture of a ${wanted}`;
      noisy.label = `Pictures on their way from noise to a ${target}`;
      kept = [];
      isFilmed = false;
      await run.call('imagesDraw', args, (event: PicturesEvent) => {
        kept.push(event);
        if (!isFilmed && (event.step === STEPS || !wantsStillness())) show(event);
        beat.tell();
      });
    },
  });
  const again = () => drawing.renew();
  const untold = make(
    'p',
    { class: 'hint' },
    'Your network was not told which digit it saw, so it cannot be asked for one: it draws any.',
  );
  const choices = Array.from({ length: 10 }, (_, label) =>
    button(String(label), () => {
      if (store.get('wanted') === label) drawing.start();
      store.set({ wanted: label });
    }),
  );
  const press = () => {
    const isOwn = shared.net(page) === 'trained';
    for (const [label, choice] of choices.entries()) {
      choice.setAttribute('aria-pressed', String(!isOwn && label === store.get('wanted')));
      choice.disabled = isOwn;
    }
    untold.hidden = !isOwn;
  };
  store.on(['wanted', 'netOf'], press);
  press();
  store.on(['wanted', 'guidance', 'seed', 'netOf'], again);
  shared.on(() => {
    press();
    if (store.get('netOf') === 'own') again();
  });
  const others = seedButton(store, 'Other noise');
  return {
    element: make(
      'div',
      { class: 'stage' },
      make(
        'div',
        { class: 'row digits', role: 'group', 'aria-label': 'The digit to draw' },
        ...choices,
        others,
      ),
      untold,
      bar(
        slider(store, 'guidance', { label: 'Guidance g', step: 0.25 }),
        numberField(store, 'seed', 'Seed'),
        networkMenu(page, shared),
      ),
      make(
        'div',
        { class: 'pair' },
        captioned(noisy, 'From noise to data, a step a frame'),
        captioned(clean, 'What the network takes them for at each step'),
      ),
      reading,
      saveMenu(page, {
        name: 'digits',
        figures: [noisy, clean],
        code: () => {
          const who = shared.net(page);
          const label = who === 'unet' ? store.get('wanted') : null;
          const program = drawCode(store.all, { who, label, chains: CHAINS, steps: STEPS });
          return `${who === 'trained' ? shared.note : ''}${program}`;
        },
        caption: () =>
          shared.net(page) === 'trained'
            ? `Pictures by a network trained here, at σ = ${digits(at)}, and what it takes them for`
            : `Digit ${store.get('wanted')}, guidance ${digits(store.get('guidance'))}, at σ = ${digits(at)}, and what the network takes them for`,
        async advance(frame) {
          const wanted = Math.min(STEPS, 1 + Math.floor(frame / FRAMES));
          if (frame === 0 && kept.length < STEPS && !drawing.isRunning) drawing.start();
          isFilmed = true;
          while (kept.length < wanted && drawing.isRunning) await beat.next();
          const event = kept[Math.min(wanted, kept.length) - 1];
          if (event) show(event);
          // At the pace of the film, so that the reader sees it.
          await new Promise((resolve) => setTimeout(resolve, 1000 / FPS));
        },
        afterFilm() {
          isFilmed = false;
          const last = kept.at(-1);
          if (last && (last.step === STEPS || !wantsStillness())) show(last);
        },
      }),
    ),
    setVisible: (isVisible) => drawing.setVisible(isVisible),
  };
}
