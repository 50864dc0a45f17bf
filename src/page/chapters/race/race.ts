import { samplerTable } from '../../../apps/samplerTable.js';
import { drawPoints } from '../../figure/draw.js';
import { Figure } from '../../figure/figure.js';
import { unitSquare } from '../../figure/plane.js';
import { button, make, row } from '../../parts/controls.js';
import { Dial } from '../../parts/dial.js';
import type { LiveFigure, Page } from '../../state/page.js';
import type { RaceEvent } from '../../worker/race.js';
import type { SamplerName } from '../../worker/samplerMenu.js';
import { drawFaint } from '../shared/fields.js';
import { captioned } from '../shared/parts.js';
import { pictureOf } from '../shared/picture.js';

const SAMPLERS: readonly SamplerName[] = [
  'langevin',
  'underdamped',
  'hmc',
  'annealedLangevin',
  'reverseDiffusion',
  'probabilityFlow',
];
const CHAINS = 800;
const SIGMA = 0.02;
/** Levels, descending, from as wide as the picture to SIGMA. */
const SIGMAS = Array.from({ length: 16 }, (_, i) => 0.4 * (SIGMA / 0.4) ** (i / 15));

/** Six samplers on the same exact score, each with the same number of scores. */
export function raceFigure(page: Page): LiveFigure {
  const { store, client } = page;
  const reading = make('p', { class: 'reading' });
  const figures = SAMPLERS.map(
    (name) => new Figure(`${samplerTable[name].label} on the picture`, unitSquare),
  );
  let call: { stop(): void } | undefined;
  /** Whether the present picture has had its race. */
  let isDone = false;
  let isVisible = false;
  let x: Float32Array[] = [];
  const show = () => {
    figures.forEach((figure, i) => {
      figure.top((pen, plane, colours) => {
        if (x[i]) drawPoints(pen, plane, x[i], 3, colours.particle);
      });
    });
  };
  const ground = () => {
    const picture = pictureOf(store.get('picture'));
    for (const figure of figures)
      figure.ground((pen, plane, colours) => drawFaint(pen, plane, picture, colours));
  };
  const run = async () => {
    call?.stop();
    const args = {
      samplers: SAMPLERS,
      chains: CHAINS,
      seed: store.get('seed'),
      sigmas: SIGMAS,
      scores: scores.value,
      frames: 60,
    };
    reading.textContent = 'The samplers run …';
    const own = client.call('race', args, ((event: RaceEvent) => {
      x = event.x;
      reading.textContent = `${event.scores} of ${args.scores} scores for each particle`;
      show();
    }) as (event: never) => void);
    call = own;
    try {
      await own;
    } catch (error) {
      reading.textContent = '';
      page.fail(error);
    } finally {
      if (call === own) call = undefined;
    }
  };
  const scores = new Dial(
    {
      label: 'Scores for each particle',
      least: 10,
      most: 1000,
      initial: 100,
      log: true,
      whole: true,
      term: 'scores',
    },
    () => {},
  );
  const runOnce = () => {
    if (isDone || !isVisible) return;
    isDone = true;
    run();
  };
  page.on('picture', () => {
    ground();
    // The race of another picture is over.
    call?.stop();
    x = [];
    show();
    reading.textContent = '';
    isDone = false;
    runOnce();
  });
  ground();
  return {
    element: make(
      'div',
      { class: 'stage' },
      row(button('Run them again', run, { class: 'primary' })),
      scores.element,
      make(
        'div',
        { class: 'panels' },
        ...figures.map((figure, i) => captioned(figure, samplerTable[SAMPLERS[i]].label)),
      ),
      reading,
    ),
    setVisible(visible) {
      isVisible = visible;
      if (isVisible) runOnce();
      else call?.stop();
    },
  };
}
