import type { WayBack } from '../../../apps/drop.js';
import { geomspace } from '../../../index.js';
import { drawPoints } from '../../figure/draw.js';
import { Figure } from '../../figure/figure.js';
import { toSquare } from '../../figure/plane.js';
import { button, digits, group, make, menu, row, slider } from '../../parts/controls.js';
import { Dial } from '../../parts/dial.js';
import { latest } from '../../parts/latest.js';
import { Loop, wantsStillness } from '../../parts/loop.js';
import { saveMenu } from '../../save/menu.js';
import type { LiveFigure, Page } from '../../state/page.js';
import type { DropFilm } from '../../worker/drop.js';
import { CurveChart } from '../shared/curveChart.js';
import { besideControls } from '../shared/parts.js';
import { dropCode } from './code.js';

const PARTICLES = 500;
const SD = 0.03;
/** Variances sigma^2 of the way there, evenly spaced in their logarithm. */
const [LEAST, MOST, MOMENTS] = [1e-3, 1, 61];
const VARIANCES = Array.from(geomspace(LEAST, MOST, MOMENTS));
/** What the film moves by in a frame; its way there lasts four seconds. */
const PACE = 1 / 240;
/** The challenge: so near to where the drop fell half of the colour is to come. */
const HOME = 0.1;
/** And so near to a wall it is to have fallen. */
const NEAR_WALL = 0.15;

const WAYS: readonly (readonly [WayBack, string])[] = [
  ['diffusion', 'random steps and the score'],
  ['flow', 'half the score, no random steps'],
  ['noise', 'random steps alone'],
];

/** A drop of colour in water: it spreads, and is taken back. */
export function dropFigure(page: Page): LiveFigure {
  const { store, client } = page;
  const figure = new Figure('Colour in a glass of water', { xlim: [0, 1], ylim: [0, 1], isPicture: false });
  const reading = make('p', { class: 'reading' });
  const chart = new CurveChart(page, {
    label: 'The entropy of the colour over the time of the film, and the present moment',
    xLabel: 'time: until 1 forwards, then backwards',
    aspect: 0.36,
    range: () => [-3.8, 0.5],
    curves: [
      { name: 'entropy H of the colour, in nats', term: 'entropy', colour: 'accent' },
      { name: 'evenly mixed', term: 'even', colour: 'muted', dash: true },
      { name: 'this moment', term: 'now', colour: 'particle', dots: true },
    ],
  });
  let film: DropFilm | undefined;
  /** Grows when a film is forgotten: one that the worker still makes is then of another drop. */
  let forgotten = 0;
  let isVisible = false;
  /** Whether a new film plays from its beginning; it does not where a link names a moment. */
  let isNew = store.get('dropTime') === 0;

  const time = new Dial({ label: 'Time', least: 0, most: 2, initial: store.get('dropTime') }, (value) => {
    loop.setRunning(false);
    store.set({ dropTime: value });
    show();
  });
  /** The moment of the film that is shown, of 2 MOMENTS. */
  const moment = () => {
    const back = time.value > 1;
    return Number(back) * MOMENTS + Math.round((back ? time.value - 1 : time.value) * (MOMENTS - 1));
  };
  const places = () => {
    if (!film) return new Float32Array(0);
    const at = moment();
    const [frames, k] = at < MOMENTS ? [film.forwards, at] : [film.backwards, at - MOMENTS];
    return frames.subarray(2 * PARTICLES * k, 2 * PARTICLES * (k + 1));
  };
  const words = () => {
    const at = moment();
    const isBack = at >= MOMENTS;
    const sigma = Math.sqrt(VARIANCES[isBack ? 2 * MOMENTS - 1 - at : at]);
    const way = isBack
      ? `Backwards, ${WAYS.find(([name]) => name === store.get('dropBack'))?.[1]}`
      : 'Forwards';
    return `${way}: σ = ${digits(sigma)}, entropy ${digits(Math.round(100 * (film?.entropies[at] ?? 0)) / 100)} nats`;
  };
  const show = () => {
    if (!film) return;
    const x = places();
    const at = moment();
    const lit = page.term;
    figure.top((pen, plane, colours) => {
      drawPoints(pen, plane, x, lit === 'particles' ? 6 : 3.5, colours.particle);
      // Where the drop fell.
      pen.strokeStyle = colours.accent;
      pen.lineWidth = lit === 'fell' ? 5 : 2;
      pen.beginPath();
      pen.arc(...toSquare(plane, store.get('dropX'), store.get('dropY')), HOME * plane.size, 0, 2 * Math.PI);
      pen.stroke();
    });
    const { entropies } = film;
    const times = Array.from(entropies, (_, i) => (i < MOMENTS ? i : i - 1) / (MOMENTS - 1));
    chart.set(times, [
      [...entropies],
      times.map(() => 0),
      times.map((_, i) => (i === at ? entropies[i] : null)),
    ]);
    figure.label = `Colour in a glass of water. ${words()}`;
    reading.textContent = `${words()}. Of the particles ${Math.round(100 * nearHome(x))} % are within ${HOME} of where the drop fell.`;
    const isAtWall = [store.get('dropX'), store.get('dropY')].some((c) => Math.min(c, 1 - c) <= NEAR_WALL);
    if (isAtWall && time.value === 2 && store.get('dropBack') === 'diffusion' && nearHome(x) > 0.5)
      page.meet('home');
  };
  const nearHome = (x: Float32Array) => {
    let count = 0;
    for (let i = 0; i < x.length; i += 2)
      count += Number(Math.hypot(x[i] - store.get('dropX'), x[i + 1] - store.get('dropY')) < HOME);
    return count / PARTICLES;
  };

  const prepare = latest(async () => {
    const own = forgotten;
    const made = await client.call('dropFilm', {
      drop: { centre: [store.get('dropX'), store.get('dropY')], sd: SD },
      variances: VARIANCES,
      particles: PARTICLES,
      seed: store.get('seed'),
      back: store.get('dropBack'),
    });
    if (own !== forgotten) return;
    film = made;
    show();
    if (isNew && !wantsStillness()) loop.setRunning(true);
    isNew = false;
  }, page.fail);
  const forget = () => {
    film = undefined;
    forgotten++;
  };
  const step = () => {
    time.value = Math.min(2, time.value + PACE);
    show();
    if (time.value === 2) loop.setRunning(false);
  };
  const play = button('Play', () => {
    if (time.value === 2) time.value = 0;
    loop.setRunning(!loop.isRunning);
    if (!loop.isRunning) store.set({ dropTime: Number(time.value.toFixed(3)) });
  });
  const loop = new Loop(step, () => {
    play.textContent = loop.isRunning ? 'Pause' : 'Play';
  });
  const again = button('Backwards only', () => {
    time.value = 1;
    loop.setRunning(true);
  });

  store.on(['dropTime'], () => {
    if (time.value === store.get('dropTime')) return;
    time.value = store.get('dropTime');
    show();
  });
  store.on(['dropX', 'dropY', 'seed'], () => {
    if (isVisible) prepare();
    else forget();
  });
  store.on(['dropBack'], () => {
    // What is seen next is the way back.
    if (time.value > 1) time.value = 1;
    if (!isVisible) forget();
    else {
      isNew = true;
      prepare();
    }
  });
  page.on('term', show);
  const controls = [
    group('Film', row(play, again), time.element),
    group('Way back', menu(store, 'dropBack', 'Particles take', WAYS)),
    group(
      'Where the drop falls',
      slider(store, 'dropX', { label: 'From the left', step: 0.01, term: 'fell' }),
      slider(store, 'dropY', { label: 'From below', step: 0.01, term: 'fell' }),
    ),
  ];
  const below = make(
    'div',
    {},
    reading,
    chart.element,
    saveMenu(page, {
      name: 'drop',
      figures: [figure],
      strips: [chart],
      code: () =>
        dropCode(store.all, { sd: SD, particles: PARTICLES, least: LEAST, most: MOST, moments: MOMENTS }),
      caption: () =>
        `A drop of colour in water, in a square of side 1; the circle is round the place where it fell. ${words()}`,
      advance: async (frame) => {
        time.value = Math.min(2, frame / 50);
        show();
      },
      loop,
    }),
  );
  return {
    element: besideControls(figure, below, ...controls),
    setVisible(visible) {
      isVisible = visible;
      loop.setVisible(visible);
      if (visible && !film) prepare();
    },
    restyle: () => chart.restyle(),
  };
}
