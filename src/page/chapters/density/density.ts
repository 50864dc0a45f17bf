import { densityGround, FINE } from '../../figure/densityGround.js';
import { drawPoints, longestOf } from '../../figure/draw.js';
import { Figure } from '../../figure/figure.js';
import { toSquare } from '../../figure/plane.js';
import { button, digits, group, make, numberField, row, slider, toggle } from '../../parts/controls.js';
import { latest } from '../../parts/latest.js';
import { Loop, wantsStillness } from '../../parts/loop.js';
import { saveMenu } from '../../save/menu.js';
import { smoothed } from '../../state/mixtures.js';
import type { LiveFigure, Page } from '../../state/page.js';
import type { Component } from '../../state/state.js';
import { densityCode } from '../shared/code.js';
import { readsScores } from '../shared/pointed.js';
import { Handles } from './handles.js';
import { areApart, MIXTURES, nearestHill, sharesOf } from './hills.js';

/** Limits of the figure, both axes. */
const LIMITS = [-2, 2] as const;
const GRID = { xlim: LIMITS, ylim: LIMITS };
/** Most positions shown of the chain that is followed. */
const TAIL = 800;

export function densityFigure(page: Page): LiveFigure {
  const { store, client } = page;
  const figure = new Figure('', { ...GRID, isPicture: false });
  const handles = new Handles(store, figure);
  const reading = make('p', { class: 'reading', 'aria-live': 'off' });
  let x: Float32Array = new Float32Array(0);
  let tail: number[] = [];
  let jumps = 0;
  let home = -1;
  /** The hills on which the chain started. */
  let startedOn: readonly Component[] = [];
  /** Counts restarts. An answer to a call from before the last restart belongs to particles that are gone. */
  let starts = 0;
  /** Length of the score at the longest arrow. */
  let longest = 0;

  const request = () => {
    const components = store.get('components');
    const smooth = store.get('smooth');
    return {
      kind: 'mixture' as const,
      means: components.map(([a, b]) => [a, b]),
      sds: components.map(([, , sd]) => [smoothed(sd, smooth), smoothed(sd, smooth)]),
    };
  };

  const drawGround = latest(async () => {
    const score = request();
    const [fine, coarse] = await Promise.all([
      client.call('field', { score, grid: { ...GRID, n: FINE } }),
      client.call('field', { score, grid: { ...GRID, n: 17 } }),
    ]);
    longest = longestOf(coarse.s);
    figure.label = `Contours of a mixture of ${score.means.length} Gaussians, its score as arrows, and particles moving on it`;
    figure.ground(
      densityGround({
        logp: fine.logp as Float32Array,
        arrows: coarse,
        longest: 22,
        isLit: () => page.term === 'score',
        deepest: 27,
        shows: (part) => part !== 'arrows' || store.get('arrows'),
      }),
    );
  }, page.fail);

  const drawTop = (trail: number) => {
    figure.top((pen, plane, colours) => {
      const isOne = x.length <= 2;
      pen.globalAlpha = isOne ? 1 : 0.75;
      const isLit = page.term === 'particles' || page.term === 'noise';
      drawPoints(pen, plane, x, x.length > 2000 ? 2 : 3, isLit ? colours.accent : colours.particle);
      pen.globalAlpha = 1;
      if (tail.length < 4) return;
      pen.strokeStyle = colours.accent;
      pen.lineWidth = 1.2;
      pen.beginPath();
      for (let i = 0; i < tail.length; i += 2) {
        const [right, down] = toSquare(plane, tail[i], tail[i + 1]);
        if (i === 0) pen.moveTo(right, down);
        else pen.lineTo(right, down);
      }
      pen.stroke();
      pen.fillStyle = colours.accent;
      const [right, down] = toSquare(plane, tail[tail.length - 2], tail[tail.length - 1]);
      pen.beginPath();
      pen.arc(right, down, 5, 0, 2 * Math.PI);
      pen.fill();
    }, trail);
  };

  /** Whether the chain started on hills far apart, which have stood still since. */
  const wasTrapped = () => startedOn === store.get('components') && areApart(startedOn);
  let frames = 0;
  const advance = async () => {
    const start = starts;
    try {
      const moved = await client.call('swarmMove', {
        id: 'density',
        score: request(),
        // A single chain at one step per frame would be too slow to watch.
        steps: store.get('follow') ? 4 : 1,
        stepSize: store.get('eta'),
        temperature: store.get('temperature'),
      });
      if (start !== starts) return;
      x = moved;
    } catch (error) {
      if (start !== starts) return;
      throw error;
    }
    if (store.get('follow')) {
      tail.push(x[0], x[1]);
      if (tail.length > 2 * TAIL) tail.splice(0, tail.length - 2 * TAIL);
      const hill = nearestHill(x[0], x[1], store.get('components'), store.get('smooth'));
      if (hill >= 0 && home >= 0 && hill !== home && ++jumps === 1 && wasTrapped()) page.meet('free');
      if (hill >= 0) home = hill;
    }
    drawTop(store.get('trail') && !store.get('follow') ? 0.7 : 0);
    if (frames === 0) performance.mark('particles move');
    if (frames++ % 20 === 0) showReading();
  };

  const showReading = () => {
    if (store.get('follow')) {
      reading.textContent = `One chain: ${jumps} ${jumps === 1 ? 'move' : 'moves'} from hill to hill`;
      return;
    }
    const hills = store.get('components');
    const shares = sharesOf(x, hills).map((share, i) => ({ share, left: hills[i][0] }));
    const words = shares.sort((a, b) => a.left - b.left).map(({ share }) => `${Math.round(100 * share)} %`);
    reading.textContent = `Particles nearest to each hill, from left to right: ${words.join(', ')}`;
  };

  const restart = latest(async () => {
    const start = { centre: [0, 0], spread: 1 } as const;
    const own = store.get('follow')
      ? { ...start, centre: store.get('components')[0].slice(0, 2) as [number, number], spread: 0.1 }
      : start;
    starts++;
    startedOn = store.get('components');
    x = await client.call('swarmOpen', {
      id: 'density',
      chains: store.get('particles'),
      seed: store.get('seed'),
      start: own,
    });
    tail = [];
    jumps = 0;
    home = -1;
    drawTop(0);
    showReading();
  }, page.fail);

  const play = button('', () => loop.setRunning(!loop.isRunning));
  const loop = new Loop(
    async () => {
      try {
        await advance();
      } catch (error) {
        // Positions diverged: the message says what to change, and new particles start.
        page.fail(error);
        loop.setRunning(false);
        restart();
      }
    },
    () => {
      play.textContent = loop.isRunning ? 'Pause' : 'Play';
    },
  );
  play.textContent = 'Play';

  store.on(['components', 'smooth'], drawGround);
  store.on(['arrows'], () => figure.repaintGround());
  page.on('term', () => {
    figure.repaintGround();
    drawTop(0);
  });
  store.on(['particles', 'seed', 'follow'], restart);
  store.on(['components'], () => {
    jumps = 0;
    home = -1;
  });

  const presets = Object.entries(MIXTURES).map(([name, components]) =>
    button(name, () => store.set({ components })),
  );
  const trap = button('Trap a chain', () => {
    store.set({
      components: MIXTURES['Far apart'],
      smooth: 0,
      follow: true,
      particles: 1,
      eta: 0.01,
      temperature: 1,
    });
    // A chain that was followed before starts on these hills too.
    restart();
    loop.setRunning(true);
  });
  const free = button('Free it by smoothing', () => {
    store.set({ smooth: 0.8 });
    loop.setRunning(true);
  });
  const many = button('Many particles again', () =>
    store.set({ follow: false, particles: 3000, smooth: 0, eta: 0.002 }),
  );
  const controls = make(
    'div',
    { class: 'controls' },
    group(
      'Density',
      row(...presets),
      handles.controls,
      slider(store, 'smooth', { label: 'Smoothing σ', step: 0.01 }),
    ),
    group(
      'Langevin dynamics',
      slider(store, 'particles', { label: 'Particles', log: true, whole: true }),
      slider(store, 'eta', { label: 'Step size η', log: true }),
      slider(store, 'temperature', { label: 'Temperature', log: true }),
      row(
        toggle(store, 'trail', 'Trail'),
        toggle(store, 'arrows', 'Score'),
        toggle(store, 'follow', 'Follow one chain'),
      ),
      numberField(store, 'seed', 'Seed'),
    ),
    group('A trapped chain', row(trap, free, many)),
  );
  handles.element.append(figure.element);
  handles.element.classList.add('stick');
  const left = make(
    'div',
    { class: 'stage' },
    handles.element,
    row(play, button('Restart', restart)),
    reading,
    readsScores(page, [figure], request),
    saveMenu(page, {
      name: 'density',
      figures: [figure],
      code: () => densityCode(store.all),
      caption: () =>
        `Mixture with noise σ = ${digits(store.get('smooth'))}, axes from −2 to 2, its score, longest arrow ${digits(longest)} · ${digits(store.get('particles'))} particles, η = ${digits(store.get('eta'))}`,
      advance,
      loop,
    }),
  );
  drawGround();
  restart();
  if (!wantsStillness()) loop.setRunning(true);
  return {
    element: make('div', { class: 'sides' }, left, controls),
    setVisible: (isVisible) => loop.setVisible(isVisible),
  };
}
