import { type Call, Stopped } from '../../calls/rpc.js';
import { button, make, row, slider } from '../../parts/controls.js';
import { wantsStillness } from '../../parts/loop.js';
import type { LiveFigure, Page } from '../../state/page.js';
import type { PicturesEvent } from '../../worker/images/drawing.js';
import { bar, captioned } from '../shared/parts.js';
import { noisyRange, Pictures } from './pictures.js';
import { sharedOf } from './shared.js';

/** Chains that walk beside each other. */
const CHAINS = 9;

/** Noisy pictures that walk, and the clean ones that they jump to at every step. */
export function walkFigure(page: Page): LiveFigure {
  const { store, client } = page;
  const shared = sharedOf(page);
  const noisy = new Pictures('Nine noisy pictures that walk');
  const clean = new Pictures('The clean pictures they jump to');
  const reading = make('p', { class: 'reading', 'aria-live': 'off' });
  let call: Call<void> | undefined;
  let isVisible = false;
  let isRunning = !wantsStillness();

  const hear = (run: () => boolean) => (event: PicturesEvent) => {
    if (!run()) return;
    noisy.show(event.noisy, noisyRange(event.sigma));
    clean.show(event.clean);
    reading.textContent = `Step ${event.step.toLocaleString('en')}`;
  };
  /** Starts the walk anew, or ends it, as the controls say. */
  const follow = () => {
    call?.stop();
    call = undefined;
    play.textContent = isRunning ? 'Stop' : 'Walk';
    if (isRunning && isVisible) walk();
  };
  async function walk() {
    let own: Call<void> | undefined;
    try {
      await shared.ready();
      if (call || !isRunning || !isVisible) return;
      const { walkNoise: sigma, walkStep: stepSize, seed } = store.all;
      const args = {
        who: 'unet',
        source: 'digits',
        label: null,
        guidance: 1,
        sigma,
        stepSize,
        chains: CHAINS,
        seed,
      } as const;
      own = client.call(
        'imagesWalk',
        args,
        hear(() => call === own),
      );
      call = own;
      await own;
    } catch (error) {
      if (!(error instanceof Stopped)) page.fail(error);
    } finally {
      if (own && call === own) call = undefined;
    }
  }
  const play = button('Walk', () => {
    isRunning = !isRunning;
    follow();
  });
  store.on(['walkNoise', 'walkStep', 'seed'], follow);
  return {
    element: make(
      'div',
      { class: 'stage' },
      bar(
        row(play),
        slider(store, 'walkNoise', { label: 'Noise σ', log: true }),
        slider(store, 'walkStep', { label: 'Step size, in units of σ²', log: true }),
      ),
      make(
        'div',
        { class: 'pair' },
        captioned(noisy, 'The walk: noisy pictures y'),
        captioned(clean, 'The jump from each: x̂(y)'),
      ),
      reading,
    ),
    setVisible(visible) {
      isVisible = visible;
      follow();
    },
  };
}
