import { samplerTable } from '../../../apps/samplerTable.js';
import { type Call, Stopped } from '../../calls/rpc.js';
import { drawPoints } from '../../figure/draw.js';
import { Figure } from '../../figure/figure.js';
import { unitSquare } from '../../figure/plane.js';
import { button, make, row } from '../../parts/controls.js';
import { Dial } from '../../parts/dial.js';
import { wantsStillness } from '../../parts/loop.js';
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
/** Wait after the dial's last move, ms: a race costs some seconds. */
const PAUSE_MS = 300;
/** Levels, descending, from as wide as the picture to SIGMA. */
const SIGMAS = Array.from({ length: 16 }, (_, i) => 0.4 * (SIGMA / 0.4) ** (i / 15));

/** Six samplers on the same exact score, each with the same number of scores. */
export function raceFigure(page: Page): LiveFigure {
  const { store, client } = page;
  const reading = make('p', { class: 'reading' });
  const figures = SAMPLERS.map(
    (name) => new Figure(`${samplerTable[name].label} on the picture`, unitSquare),
  );
  let call: Call<void> | undefined;
  let timer = 0;
  /** Whether the present picture has had its race, to the end. */
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
    clearTimeout(timer);
    call?.stop();
    isDone = false;
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
      if (call !== own) return;
      x = event.x;
      reading.textContent = `${event.scores} of ${args.scores} scores for each particle`;
      show();
    }) as (event: never) => void);
    call = own;
    try {
      await own;
      if (call === own) isDone = true;
    } catch (error) {
      // A race that was stopped may still tell after the next one has begun.
      if (call === own) reading.textContent = '';
      if (!(error instanceof Stopped)) page.fail(error);
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
    () => {
      isDone = false;
      clearTimeout(timer);
      timer = window.setTimeout(run, PAUSE_MS);
    },
  );
  /** Ends the present race. What it still tells is not heard. */
  const leave = () => {
    clearTimeout(timer);
    call?.stop();
    call = undefined;
    if (!isDone) reading.textContent = '';
  };
  const runOnce = () => {
    if (!isDone && !call && isVisible && !wantsStillness()) run();
  };
  page.on('picture', () => {
    ground();
    // The race of another picture is over.
    leave();
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
      row(button('Run them', run, { class: 'primary' })),
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
      else leave();
    },
  };
}
