import { button, digits, make, row, slider } from '../../parts/controls.js';
import { saveMenu } from '../../save/menu.js';
import type { LiveFigure, Page } from '../../state/page.js';
import type { WalkEvent } from '../../worker/images/drawing.js';
import { bar, captioned } from '../shared/parts.js';
import { walkCode } from './code.js';
import { noisyRange, Pictures } from './pictures.js';
import { networkMenu, sharedOf } from './shared.js';
import { Walking } from './walking.js';

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
  const play = button('', () => walking.toggle());
  const name = () => {
    play.textContent = walking.isRunning ? 'Stop' : 'Walk';
  };
  const walking = new Walking<WalkEvent>(page, {
    ready: () => shared.ready(),
    begin(hear) {
      const { walkNoise: sigma, walkStep: stepSize, seed } = store.all;
      const who = shared.net(page);
      const source = who === 'trained' ? shared.source : 'digits';
      const own = { sigma, stepSize, chains: CHAINS, seed };
      return client.call('imagesWalk', { who, source, label: null, guidance: 1, ...own }, hear);
    },
    show({ step, sigma, noisy: y, clean: x, changes }) {
      noisy.show(y, noisyRange(sigma));
      clean.show(x);
      const often =
        changes === undefined
          ? ''
          : ` · changes of digit, all ${CHAINS} chains together: ${changes.toLocaleString('en')}`;
      reading.textContent = `Step ${step.toLocaleString('en')}${often}`;
      const isThere = step === TEST.steps && changes !== undefined && changes >= TEST.changes;
      if (isThere && sigma <= TEST.sigma) page.meet('change-digit');
    },
    onChange: name,
  });
  name();
  store.on(['walkNoise', 'walkStep', 'seed', 'netOf'], () => walking.renew());
  shared.on(() => {
    if (store.get('netOf') === 'own') walking.renew();
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
          `Walk at σ = ${digits(store.get('walkNoise'))} in steps of ${digits(store.get('walkStep'))} σ², and its jumps, after ${walking.step.toLocaleString('en')} steps`,
        advance: () => walking.advance(),
        afterFilm: () => walking.afterFilm(),
      }),
    ),
    setVisible: (isVisible) => walking.setVisible(isVisible),
  };
}
