import { button, digits, make, numberField, row, slider } from '../controls.js';
import { between, drawPicture, drawPoints } from '../figure/draw.js';
import { Figure } from '../figure/figure.js';
import { unitPlane } from '../figure/plane.js';
import { latest } from '../latest.js';
import type { LearnedState } from '../learned.js';
import { Loop } from '../loop.js';
import type { Chapter, Page } from '../page.js';
import { Stopped } from '../rpc.js';
import { saveMenu } from '../save/menu.js';
import type { FlowEvent } from '../work/views.js';
import { copiesCode, exactCode, viewsCode } from './code.js';
import { drawField, FIELD_GRID } from './fields.js';
import { pictureOf } from './image.js';

const GRID = 17;
const VIEWED = 1500;
const MADE = 400;
/** Noise below which the flow jumps to the denoised point: a network knows little of less noise than a pixel. */
const LEAST_SIGMA = { exact: 1e-3, learned: 0.015 };

export function exactChapter(page: Page, learned: LearnedState): Chapter {
  const { store, client } = page;
  const { size: _, ...unit } = unitPlane(1);
  const wide = { ...unit, xlim: [-0.7, 1.7] as const, ylim: [-0.7, 1.7] as const };
  const exact = new Figure('The exact score', unit);
  const network = new Figure('The learned score', unit);
  const exploding = new Figure('Variance exploding: the picture stays, noise grows', wide);
  const preserving = new Figure('Variance preserving: the picture shrinks while noise grows', wide);
  const copies = new Figure('Points made with the exact score of a few data', unit);
  const news = new Figure('Points made with the learned score', unit);
  const difference = make('p', { class: 'reading' });
  const verdict = make('p', { class: 'reading', 'aria-live': 'polite' });
  let isSeen = false;
  let drawn: { x0: Float32Array; z: Float32Array } | undefined;
  const image = () => pictureOf(store.get('picture'));
  const level = () => learned.level(store.get('level'));
  const sigma = () => learned.sigmas[level()];

  const compare = latest(async () => {
    if (!isSeen) return;
    const grid = { ...FIELD_GRID, n: GRID };
    const best = await client.call('field', { score: { kind: 'exact', sigma: sigma() }, grid });
    exact.label = `The exact score at sigma ${digits(sigma())}, as arrows over the picture`;
    drawField(exact, image(), best, GRID);
    if (!learned.network) {
      drawField(network, image(), { x: new Float32Array(0), s: new Float32Array(0) }, GRID);
      difference.textContent =
        'There is no learned score yet: train one under “Learning the score”, or open weights there.';
      return;
    }
    const own = await client.call('field', { score: { kind: 'network', level: level() }, grid });
    drawField(network, image(), own, GRID);
    let [gap, size] = [0, 0];
    for (let i = 0; i < own.s.length; i++) {
      gap += (own.s[i] - best.s[i]) ** 2;
      size += best.s[i] ** 2;
    }
    difference.textContent = `At σ = ${digits(sigma())} the learned score is off by ${Math.round(100 * Math.sqrt(gap / size))} % of the exact one, over this grid (root mean square).`;
  }, page.fail);

  const drawViews = () => {
    if (!drawn || !isSeen) return;
    const { x0, z } = drawn;
    const time = store.get('time');
    const alpha = Math.cos((Math.PI / 2) * Math.min(time, 0.97));
    const noise = Math.sqrt(1 - alpha ** 2);
    const paint = (figure: Figure, at: (i: number) => number) => {
      const x = x0.map((_, i) => at(i));
      figure.top((pen, plane, colours) => drawPoints(pen, plane, x, 2.5, colours.particle));
    };
    // The unit of noise is the picture's own spread, a quarter of its side; the origin is its middle.
    paint(exploding, (i) => x0[i] + 0.25 * (noise / alpha) * z[i]);
    paint(preserving, (i) => 0.5 + alpha * (x0[i] - 0.5) + 0.25 * noise * z[i]);
    viewReading.textContent = `signal ${digits(alpha)}, noise ${digits(noise)}: preserving ${digits(alpha)} x₀ + ${digits(noise)} z, exploding x₀ + ${digits(noise / alpha)} z, in units of the picture’s spread`;
  };
  const viewReading = make('p', { class: 'reading' });
  const redraw = latest(async () => {
    drawn = await client.call('draws', { n: VIEWED, seed: store.get('seed') });
    for (const figure of [copies, news]) {
      const picture = image();
      figure.ground((pen, plane, colours) =>
        drawPicture(pen, plane, picture, between(colours.paper, colours.faint)),
      );
    }
    drawViews();
  }, page.fail);

  let direction = 1;
  const stepTime = () => {
    const time = store.get('time') + direction * 0.006;
    if (time >= 1 || time <= 0) direction = -direction;
    store.set({ time: Number(Math.min(1, Math.max(0, time)).toFixed(3)) });
  };
  const play = button('Play', () => loop.run(!loop.isRunning));
  const loop = new Loop(stepTime, () => {
    play.textContent = loop.isRunning ? 'Pause' : 'Play';
  });

  const generator = button('Make new points', () => generate(), { class: 'primary' });
  /** Levels from the most noise down to the least wanted. */
  const downFrom = (least: number) =>
    Array.from(learned.sigmas.keys())
      .reverse()
      .filter((at) => learned.sigmas[at] >= least);
  async function generate() {
    generator.disabled = true;
    try {
      const seed = store.get('seed');
      const { x0: data } = await client.call('draws', { n: store.get('few'), seed: seed + 1 });
      const marks = (figure: Figure) =>
        figure.ground((pen, plane, colours) => {
          drawPicture(pen, plane, image(), between(colours.paper, colours.faint));
          drawPoints(pen, plane, data, 11, colours.muted);
        });
      marks(copies);
      const { sigmas } = learned;
      const show =
        (figure: Figure) =>
        ({ x }: FlowEvent) =>
          figure.top((pen, plane, colours) => drawPoints(pen, plane, x, 3, colours.accent), 0);
      const flow = (points: Float32Array | null, figure: Figure) => {
        const least = points ? LEAST_SIGMA.exact : LEAST_SIGMA.learned;
        const levels = downFrom(least);
        const schedule = levels.map((at) => sigmas[at]);
        return client.call('flow', { n: MADE, seed, points, schedule, levels }, show(figure));
      };
      const median = async (x: Float32Array) => {
        const distances = await client.call('nearest', { x, points: data });
        return distances.sort()[distances.length >> 1];
      };
      const runs = [flow(data, copies), ...(learned.network ? [flow(null, news)] : [])];
      const [copied, made] = await Promise.all(runs.map(async (run) => median(await run)));
      const other =
        made === undefined
          ? 'Train a network to see what a learned score does instead.'
          : `The learned score’s lie ${digits(made)} away: new places.`;
      verdict.textContent = `Half of the exact score’s points lie within ${copied < 1e-4 ? '0.0001' : digits(copied)} of one of the ${store.get('few')} data: it gives the data back. ${other}`;
    } catch (error) {
      if (!(error instanceof Stopped)) page.fail(error);
    } finally {
      generator.disabled = false;
    }
  }

  store.on(['level', 'levels'], compare);
  store.on(['time'], drawViews);
  store.on(['seed'], redraw);
  page.on('picture', () => {
    compare();
    redraw();
  });
  page.on('network', compare);
  const levelSlider = slider(store, 'level', {
    label: 'Noise level',
    min: 0,
    max: store.get('levels') - 1,
    step: 1,
    show: (value) => `${learned.level(value)}: σ = ${digits(learned.sigmas[learned.level(value)])}`,
  });
  page.on('network', () => {
    levelSlider.input.max = String(learned.sigmas.length - 1);
    levelSlider.refresh();
  });
  const captioned = (figure: Figure, caption: string) =>
    make('figure', {}, figure.element, make('figcaption', {}, caption));
  const bar = (...children: Node[]) => make('div', { class: 'bar' }, ...children);
  const stage = make(
    'div',
    { class: 'stage' },
    bar(levelSlider),
    make('div', { class: 'pair' }, captioned(exact, 'Exact, in closed form'), captioned(network, 'Learned')),
    difference,
    saveMenu(page, { name: 'exact', figure: exact, code: () => exactCode(store.all, sigma()) }),
    make('h3', {}, 'Two views of diffusion'),
    make(
      'p',
      {},
      'Noise can be added while the data stay, or while they shrink so that the spread of the whole stays. Both pass through the same ratios of signal to noise, and both can be run backwards with the score.',
    ),
    bar(row(play), slider(store, 'time', { label: 'Time', min: 0, max: 1, step: 0.005 })),
    make(
      'div',
      { class: 'pair' },
      captioned(exploding, 'Variance exploding: x₀ + σ z'),
      captioned(preserving, 'Variance preserving: α x₀ + σ z'),
    ),
    viewReading,
    saveMenu(page, {
      name: 'diffusion',
      figure: exploding,
      code: () => viewsCode(store.all, VIEWED),
      advance: async () => stepTime(),
      hold: (isHeld) => loop.run(!isHeld),
    }),
    make('h3', {}, 'Why the exact score makes nothing new'),
    make(
      'p',
      {},
      'Take a few points of the picture as all the data there are. Points of pure noise, led back by the exact score of these data, end on them; led back by a learned score, they end all over the picture.',
    ),
    bar(
      row(generator),
      slider(store, 'few', { label: 'Data points', min: 2, max: 200, log: true, whole: true }),
      numberField(store, 'seed', { label: 'Seed', min: 0, max: 2 ** 32 - 1 }),
    ),
    make(
      'div',
      { class: 'pair' },
      captioned(copies, 'By the exact score of the marked data'),
      captioned(news, 'By the learned score'),
    ),
    verdict,
    saveMenu(page, {
      name: 'copies',
      figure: copies,
      code: () =>
        copiesCode(
          store.all,
          MADE,
          downFrom(LEAST_SIGMA.exact).map((at) => learned.sigmas[at]),
        ),
    }),
  );
  return {
    element: make('div', { class: 'live' }, stage),
    see(seen) {
      isSeen = seen;
      loop.see(seen);
      if (!seen) return;
      compare();
      if (!drawn) redraw();
      else drawViews();
    },
  };
}
