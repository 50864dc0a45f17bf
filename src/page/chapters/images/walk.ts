import { type Call, Stopped } from '../../calls/rpc.js';
import { button, digits, make, row, slider } from '../../parts/controls.js';
import { wantsStillness } from '../../parts/loop.js';
import { saveMenu } from '../../save/menu.js';
import type { LiveFigure, Page } from '../../state/page.js';
import type { WalkEvent } from '../../worker/images/drawing.js';
import { bar, captioned } from '../shared/parts.js';
import { Beat } from './beat.js';
import { walkCode } from './code.js';
import { noisyRange, Pictures } from './pictures.js';
import { networkMenu, sharedOf } from './shared.js';

/** Chains that walk beside each other. */
const CHAINS = 9;
/** The challenge: so many changes of digit at so little noise in so many steps. */
const TEST = { sigma: 0.3, changes: 40, steps: 100 };

/** Noisy pictures that walk, and the clean ones that they jump to at every step. */
export function walkFigure(page: Page): LiveFigure {
  const { store, client } = page;
  const shared = sharedOf(page);
  const noisy = new Pictures('Nine noisy pictures that walk', page, 'y');
  const clean = new Pictures('The clean pictures they jump to', page, 'xhat');
  const reading = make('p', { class: 'reading', 'aria-live': 'off' });
  const beat = new Beat();
  let call: Call<void> | undefined;
  let isVisible = false;
  let isRunning = !wantsStillness();

  let step = 0;
  const hear = (run: () => boolean) => (event: WalkEvent) => {
    if (!run()) return;
    step = event.step;
    noisy.show(event.noisy, noisyRange(event.sigma));
    clean.show(event.clean);
    const { changes } = event;
    const often =
      changes === undefined
        ? ''
        : ` · changes of digit, all ${CHAINS} chains together: ${changes.toLocaleString('en')}`;
    reading.textContent = `Step ${step.toLocaleString('en')}${often}`;
    beat.tell();
    const isThere = step === TEST.steps && changes !== undefined && changes >= TEST.changes;
    if (isThere && event.sigma <= TEST.sigma) page.meet('change-digit');
    if (!isRunning) call?.stop();
  };
  /** Starts the walk anew, or ends it, as the controls say. */
  const follow = () => {
    call?.stop();
    call = undefined;
    play.textContent = isRunning ? 'Stop' : 'Walk';
    if (isVisible && (isRunning || step === 0)) walk();
  };
  /** Of another walk the first step is shown, whether it goes on or not. */
  const renew = () => {
    step = 0;
    follow();
  };
  async function walk() {
    let own: Call<void> | undefined;
    try {
      await shared.ready();
      if (call || !isVisible || (!isRunning && step > 0)) return;
      const { walkNoise: sigma, walkStep: stepSize, seed } = store.all;
      const who = shared.net(page);
      const args = {
        who,
        source: who === 'trained' ? shared.source : 'digits',
        label: null,
        guidance: 1,
        sigma,
        stepSize,
        chains: CHAINS,
        seed,
      };
      own = client.call(
        'imagesWalk',
        args,
        hear(() => call === own),
      );
      call = own;
      await own;
    } catch (error) {
      if (error instanceof Stopped) return;
      if (call === own) {
        isRunning = false;
        play.textContent = 'Walk';
      }
      page.fail(error);
    } finally {
      if (own && call === own) call = undefined;
    }
  }
  const play = button('Walk', () => {
    isRunning = !isRunning;
    follow();
  });
  store.on(['walkNoise', 'walkStep', 'seed', 'netOf'], renew);
  shared.on(() => {
    if (store.get('netOf') === 'own') renew();
  });
  return {
    element: make(
      'div',
      { class: 'stage' },
      row(play),
      bar(
        slider(store, 'walkNoise', { label: 'Noise σ', log: true }),
        slider(store, 'walkStep', { label: 'Step size δ, in units of σ²', log: true }),
        networkMenu(page, shared),
      ),
      make(
        'div',
        { class: 'pair' },
        captioned(noisy, 'The walk: noisy pictures y'),
        captioned(clean, 'The jump from each: x̂(y)'),
      ),
      reading,
      saveMenu(page, {
        name: 'walk',
        figures: [noisy, clean],
        code: () => {
          const net = shared.net(page);
          return `${net === 'trained' ? shared.note : ''}${walkCode(store.all, net, CHAINS)}`;
        },
        caption: () =>
          `Walk at σ = ${digits(store.get('walkNoise'))} in steps of ${digits(store.get('walkStep'))} σ², and its jumps, after ${step.toLocaleString('en')} steps`,
        async advance() {
          if (!isRunning) {
            isRunning = true;
            follow();
          }
          await beat.next();
        },
      }),
    ),
    setVisible(visible) {
      isVisible = visible;
      follow();
    },
  };
}
