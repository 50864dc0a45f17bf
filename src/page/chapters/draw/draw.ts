import { builtInImages } from '../../../index.js';
import { type Call, Stopped } from '../../calls/rpc.js';
import { drawPoints } from '../../figure/draw.js';
import { Figure } from '../../figure/figure.js';
import { button, digits, fileButton, make, menu, row, slider } from '../../parts/controls.js';
import { latest } from '../../parts/latest.js';
import { wantsStillness } from '../../parts/loop.js';
import type { LiveFigure, Page } from '../../state/page.js';
import type { Picture } from '../../state/picture.js';
import { LEAST_LOOK, MOST_LOOK } from '../../state/state.js';
import type { GatherEvent } from '../../worker/gather.js';
import { historyOf } from '../shared/history.js';
import { LossChart } from '../shared/lossChart.js';
import { openPicture, PICTURE_FILES } from '../shared/openPicture.js';
import { drawingPad } from '../shared/pad.js';
import { emptySheet } from '../shared/strokes.js';
import { drawInk, groundAt, PLANE } from './ground.js';
import { LEVELS, Path } from './path.js';
import { shareButton } from './share.js';
import { Sketch } from './sketch.js';

const PARTICLES = 5000;
/** Pixels a side of a new sheet: enough for a name. */
const SHEET = 64;
/** Wait after the last stroke before particles set out, ms: letters have several strokes. */
const PAUSE_MS = 500;
/** Time between two grounds while particles come together. */
const GROUND_MS = 120;

/** The first screen: a sheet to draw on, particles that find the drawing, a network that learns it, one noise for all. */
export function drawFigure(page: Page): LiveFigure {
  const { store, client, learned, trainer } = page;
  const figure = new Figure('', PLANE);
  const chart = new LossChart(trainer.losses, 130);
  const path = new Path();
  const sketch = new Sketch(page);
  const reading = make('p', { class: 'reading', 'aria-live': 'off' });
  let call: Call<void> | undefined;
  let timer = 0;
  /** The picture that particles set out for last. */
  let gathered: Picture | undefined;
  let isVisible = false;
  let grounded = 0;
  /** Whether a stroke was begun and no particles have set out for it. */
  let isDrawing = false;
  /** The last picture that the pen made. */
  let written: Picture | undefined;
  /** Whether the noise follows the particles, as they set out. */
  let isFollowing = false;

  const sigma = () => store.get('look');
  const isLearned = () => store.get('shows') === 'learned' && learned.network !== undefined;
  const drawGround = latest(async () => {
    if (!isVisible || isDrawing) return;
    const paint = await groundAt(page, sigma(), isLearned());
    if (!isDrawing) figure.ground(paint);
  }, page.fail);
  const drawTop = () => {
    const x = isDrawing ? new Float32Array(0) : path.at(sigma());
    figure.top((pen, plane, colours) => {
      pen.globalAlpha = 0.8;
      drawPoints(pen, plane, x, 2.2, colours.particle);
      pen.globalAlpha = 1;
    });
  };
  const show = () => {
    drawTop();
    // While particles move, the worker has other things to do than to draw every ground.
    if (!isFollowing || performance.now() - grounded > GROUND_MS) {
      grounded = performance.now();
      drawGround();
    }
    const arrows = isLearned()
      ? `the score that a network learned in ${learned.network?.step} steps`
      : 'the exact score';
    figure.label = `A drawing under noise of sigma ${digits(sigma())}, ${arrows} as arrows, and ${PARTICLES} particles`;
    reading.textContent = wordsOf(sigma());
  };

  /** Sends particles from noise into the picture. The noise falls with them to `rest`. */
  const gather = async (rest: number) => {
    gathered = store.get('picture');
    call?.stop();
    path.clear();
    isDrawing = false;
    isFollowing = !wantsStillness();
    const args = { n: PARTICLES, seed: store.get('seed'), sigmas: LEVELS };
    const own = client.call('gather', args, ({ at, x }: GatherEvent) => {
      if (call !== own) return;
      path.add(x);
      if (at === 1) performance.mark('particles move');
      if (isFollowing) store.set({ look: Math.max(rest, path.reached) });
    });
    call = own;
    try {
      await own;
      if (call !== own) return;
      // The noise is left where the reader has put it meanwhile.
      const isLed = isFollowing;
      isFollowing = false;
      if (isLed || wantsStillness()) store.set({ look: rest });
      show();
      if (isVisible && !wantsStillness()) sketch.begin();
    } catch (error) {
      if (!(error instanceof Stopped)) page.fail(error);
    }
  };
  /** Where the noise comes to rest: where the reader left it, but not at a blob, which shows nothing of a new drawing. */
  let rest = Math.min(sigma(), 0.05);
  const setOut = (waitMs: number) => {
    clearTimeout(timer);
    timer = window.setTimeout(() => gather(rest), waitMs);
  };

  /** Whether the picture is another than the particles have set out for, and no drawing that waits for more strokes. */
  const isOther = () => {
    const picture = store.get('picture');
    return gathered !== picture && !(isDrawing && written === picture);
  };

  const pad = drawingPad(figure, {
    history: historyOf(store),
    picture: () => store.get('picture'),
    write(picture) {
      isDrawing = true;
      clearTimeout(timer);
      call?.stop();
      call = undefined;
      written = picture;
      store.set({ picture });
      drawInk(figure, picture);
      drawTop();
    },
    // A built-in picture gives way to the reader's own.
    sheet: () => (typeof store.get('picture') === 'string' ? emptySheet(SHEET) : store.get('picture')),
    onEnd: () => setOut(PAUSE_MS),
    side: SHEET,
  });

  const scrub = slider(store, 'look', { label: 'Noise σ', log: true });
  for (const type of ['pointerdown', 'keydown', 'input']) {
    scrub.input.addEventListener(type, () => {
      isFollowing = false;
    });
  }
  scrub.input.addEventListener('change', () => {
    rest = Math.min(sigma(), 0.05);
  });
  const ends = make(
    'p',
    { class: 'ends', 'aria-hidden': true },
    make('span', {}, 'a memorised copy'),
    make('span', {}, 'the drawing'),
    make('span', {}, 'a blob'),
  );
  const pictures = builtInImages.map((name) => button(name, () => store.set({ picture: name })));

  store.on(['look', 'shows'], show);
  store.on(['seed'], () => setOut(0));
  page.on('picture', () => {
    if (isVisible && isOther()) setOut(0);
  });
  page.on('network', show);
  let drawn = 0;
  // Without losses the chart would be an empty frame.
  const showChart = () => {
    chart.element.hidden = trainer.losses.values.length === 0;
    chart.draw();
  };
  showChart();
  const showTraining = () => {
    // Shown when the screen is seen again.
    if (trainer.isRunning && !isVisible) return;
    showChart();
    sketch.show();
  };
  page.on('training', () => {
    showTraining();
    if (!isVisible || !learned.network || performance.now() - drawn < 250) return;
    drawn = performance.now();
    drawGround();
  });

  const share = shareButton(page, {
    figure,
    move: (at) => store.set({ look: MOST_LOOK * (LEAST_LOOK / MOST_LOOK) ** at }),
    caption: () =>
      `Noise σ = ${digits(sigma())} · ${PARTICLES.toLocaleString('en')} particles · arrows: ${isLearned() ? 'learned score' : 'exact score'}`,
  });
  const again = button('From noise again', () => setOut(0), { class: 'primary' });
  const side = make(
    'div',
    { class: 'controls' },
    make('div', { class: 'scrub' }, scrub, ends, reading),
    row(again, share),
    make('h2', { class: 'small' }, 'Draw, your name for one'),
    pad.tools,
    row(
      ...pictures,
      fileButton('Open a file', PICTURE_FILES, (file) => openPicture(page, file)),
    ),
    make('h2', { class: 'small' }, 'A network learns it'),
    chart.element,
    sketch.element,
    menu(store, 'shows', 'Arrows', [
      ['learned', 'what it has learned'],
      ['exact', 'the exact score'],
    ]),
  );
  pad.element.classList.add('stick');
  drawInk(figure, store.get('picture'));
  setOut(0);
  return {
    element: make('div', { class: 'sides first' }, make('div', { class: 'stage' }, pad.element), side),
    setVisible(visible) {
      isVisible = visible;
      if (!visible) return;
      showTraining();
      // The picture may have been changed further down.
      if (gathered !== undefined && isOther()) setOut(0);
      show();
    },
    open: (file) => openPicture(page, file),
    restyle: () => chart.restyle(),
  };
}

/** What the figure shows under this noise. */
function wordsOf(sigma: number): string {
  if (sigma <= 1.2 * LEAST_LOOK)
    return 'No noise left: every particle lies on a pixel of the drawing. It is a copy.';
  if (sigma < 0.03) return 'Little noise: the arrows lead straight to the nearest lines.';
  if (sigma < 0.12) return 'Some noise: lines are soft, and the arrows lead from far away.';
  if (sigma < 0.3) return 'Much noise: only where it lies and how wide it is can be told.';
  return 'Noise alone: every drawing looks like this blob, and all arrows lead to its middle.';
}
