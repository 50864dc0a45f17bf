import { samplerTable } from '../../../apps/samplerTable.js';
import { geomspace } from '../../../index.js';
import { drawPoints } from '../../figure/draw.js';
import { Figure } from '../../figure/figure.js';
import { unitSquare } from '../../figure/plane.js';
import { button, make, row, slider } from '../../parts/controls.js';
import { saveMenu } from '../../save/menu.js';
import type { LiveFigure, Page } from '../../state/page.js';
import type { RaceEvent } from '../../worker/race.js';
import type { SamplerName } from '../../worker/samplerMenu.js';
import { ByItself } from '../shared/byItself.js';
import { drawFaint } from '../shared/fields.js';
import { bar, captioned } from '../shared/parts.js';
import { pictureOf } from '../shared/picture.js';
import { LEAST_SIGMA, MOST_SIGMA } from './range.js';

const SAMPLERS: readonly SamplerName[] = [
  'langevin',
  'underdamped',
  'hmc',
  'annealedLangevin',
  'reverseDiffusion',
  'probabilityFlow',
];
const CHAINS = 800;
/** Levels, descending, from as wide as the picture to the noise of the race's end. */
const SIGMAS = Array.from(geomspace(MOST_SIGMA, LEAST_SIGMA, 16));

/** What the words call a sampler: chains by their own names, and the others by what they do. */
const termOf = (name: SamplerName) => (name === 'annealedLangevin' ? 'annealing' : name);

/** Six samplers on the same exact score, each with the same number of scores. */
export function raceFigure(page: Page): LiveFigure {
  const { store } = page;
  const reading = make('p', { class: 'reading' });
  const figures = SAMPLERS.map(
    (name) => new Figure(`${samplerTable[name].label} on the picture`, unitSquare),
  );
  let x: Float32Array[] = [];
  const show = () => {
    figures.forEach((figure, i) => {
      figure.top((pen, plane, colours) => {
        const isLit = page.term === termOf(SAMPLERS[i]);
        if (x[i]) drawPoints(pen, plane, x[i], 3, isLit ? colours.accent : colours.particle);
      });
    });
  };
  const ground = () => {
    const picture = pictureOf(store.get('picture'));
    for (const figure of figures)
      figure.ground((pen, plane, colours) => drawFaint(pen, plane, picture, colours));
  };
  const racing = new ByItself(page, {
    async work(run) {
      const scores = store.get('scores');
      const sizes = { samplers: SAMPLERS, chains: CHAINS, sigmas: SIGMAS, frames: 60 };
      reading.textContent = 'The samplers run …';
      await run.call('race', { ...sizes, scores, seed: store.get('seed') }, (event: RaceEvent) => {
        x = event.x;
        reading.textContent = `${event.scores} of ${scores} scores for each particle`;
        show();
      });
    },
    onChange() {
      if (!racing.isRunning && !racing.isDone) reading.textContent = '';
    },
  });
  store.on(['scores', 'seed'], () => racing.renew());
  page.on('picture', () => {
    ground();
    x = [];
    show();
    reading.textContent = '';
    racing.renew();
  });
  page.on('term', show);
  ground();
  return {
    element: make(
      'div',
      { class: 'stage' },
      bar(
        row(button('Run them', () => racing.start(), { class: 'primary' })),
        slider(store, 'scores', {
          label: 'Scores for each particle',
          log: true,
          whole: true,
          term: 'scores',
        }),
      ),
      make(
        'div',
        { class: 'panels' },
        ...figures.map((figure, i) => captioned(figure, samplerTable[SAMPLERS[i]].label)),
      ),
      reading,
      saveMenu(page, {
        name: 'samplers',
        figures,
        caption: () =>
          `${CHAINS.toLocaleString('en')} particles by each sampler, σ from ${MOST_SIGMA} to ${LEAST_SIGMA}, the picture on the unit square. ${reading.textContent}`,
      }),
    ),
    setVisible: (isVisible) => racing.setVisible(isVisible),
  };
}
