import { type Call, Stopped } from '../../calls/rpc.js';
import { button, digits, make, numberField, slider } from '../../parts/controls.js';
import { latest } from '../../parts/latest.js';
import type { LiveFigure, Page } from '../../state/page.js';
import type { Drawn, PicturesEvent } from '../../worker/images/drawing.js';
import { bar, captioned } from '../shared/parts.js';
import { noisyRange, Pictures } from './pictures.js';
import { sharedOf } from './shared.js';

const CHAINS = 16;
const STEPS = 24;

/** Draws the digit that is asked for, from noise, every step shown. */
export function drawFigure(page: Page): LiveFigure {
  const { store, client } = page;
  const shared = sharedOf(page);
  const noisy = new Pictures('Pictures on their way from noise');
  const clean = new Pictures('What the network takes them for');
  const reading = make('p', { class: 'reading', 'aria-live': 'polite' });
  let call: Call<Drawn> | undefined;
  let isVisible = false;
  let isWanted = true;

  const draw = latest(
    async () => {
      if (!isVisible || !isWanted) return;
      isWanted = false;
      await shared.ready();
      const { wanted: label, guidance, seed } = store.all;
      const args = {
        who: 'unet',
        source: 'digits',
        label,
        guidance,
        chains: CHAINS,
        seed,
        steps: STEPS,
      } as const;
      noisy.label = `Pictures on their way from noise to a ${label}`;
      const own = client.call('imagesDraw', args, ({ step, sigma, noisy: y, clean: x }: PicturesEvent) => {
        noisy.show(y, noisyRange(sigma));
        clean.show(x);
        reading.textContent =
          step < STEPS
            ? `Step ${step} of ${STEPS}, σ = ${digits(sigma)}`
            : `${CHAINS} pictures of a ${label}`;
      });
      call = own;
      await own;
    },
    (error) => {
      if (!(error instanceof Stopped)) page.fail(error);
    },
  );
  const again = () => {
    isWanted = true;
    call?.stop();
    draw();
  };
  const choices = Array.from({ length: 10 }, (_, label) =>
    button(String(label), () => {
      if (store.get('wanted') === label) again();
      store.set({ wanted: label });
    }),
  );
  const press = () => {
    for (const [label, choice] of choices.entries())
      choice.setAttribute('aria-pressed', String(label === store.get('wanted')));
  };
  store.on(['wanted'], press);
  press();
  store.on(['wanted', 'guidance', 'seed'], again);
  const others = button('Other noise', () => store.set({ seed: (store.get('seed') + 1) % 2 ** 32 }));
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
      bar(slider(store, 'guidance', { label: 'Guidance', step: 0.25 }), numberField(store, 'seed', 'Seed')),
      make(
        'div',
        { class: 'pair' },
        captioned(noisy, 'From noise to data, a step a frame'),
        captioned(clean, 'What the network takes them for at each step'),
      ),
      reading,
    ),
    setVisible(visible) {
      isVisible = visible;
      if (visible) draw();
    },
  };
}
