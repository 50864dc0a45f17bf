import { cividis } from '../../figure/colours.js';
import { drawEdge, drawShades, largest } from '../../figure/draw.js';
import { Figure } from '../../figure/figure.js';
import { toSquare } from '../../figure/plane.js';
import { button, digits, make, row, slider } from '../../parts/controls.js';
import { latest } from '../../parts/latest.js';
import { wantsStillness } from '../../parts/loop.js';
import { saveMenu } from '../../save/menu.js';
import type { LiveFigure, Page } from '../../state/page.js';
import { ENERGY_RUN, type EnergiesEvent, type EnergiesResult, LOOKS } from '../../worker/energies.js';
import { ByItself } from '../shared/byItself.js';
import { CurveChart } from '../shared/curveChart.js';
import { bar, DensityBar } from '../shared/parts.js';
import { energyCode } from './energyCode.js';

/** Twice as wide as the picture: there is as much to learn of where nothing is. */
const PLANE = { xlim: [-0.5, 1.5], ylim: [-0.5, 1.5] } as const;
const GRID = { ...PLANE, n: 64 };
/** The map of curl asks for eight scores a cell. */
const COARSE = { ...PLANE, n: 32 };
const { steps: STEPS } = ENERGY_RUN.training;

/** What the panels show, in their order. */
const PANELS = [
  { name: 'The noisy picture, exactly', term: 'energyTruth' },
  { name: 'By likelihood', term: 'byLikelihood' },
  { name: 'By denoising', term: 'byDenoising' },
  { name: 'Curl of the page’s free score', term: 'curl' },
] as const;

const percent = (share: number) => `${(100 * share).toFixed(share < 0.1 ? 1 : 0)} %`;

/** The picture learned as a density, by its likelihood and by denoising, and where a score that is no density’s turns. */
export function energyFigure(page: Page): LiveFigure {
  const { store, client, learned } = page;
  const figures = PANELS.map(({ name }) => new Figure(name, { ...PLANE, isPicture: true }));
  const captions = PANELS.map(({ name }) => make('figcaption', {}, name));
  const scale = new DensityBar();
  const reading = make('p', { class: 'reading', 'aria-live': 'off' });
  const chart = new CurveChart(page, {
    label: 'Total variation of both densities from the true one, over the steps of training',
    xLabel: 'steps',
    yLabel: 'total variation',
    aspect: 0.3,
    range: () => [0, 1],
    hasDots: true,
    curves: [
      { name: 'by likelihood', term: 'byLikelihood', colour: 'accent' },
      { name: 'by denoising', term: 'byDenoising', colour: 'particle', dash: true },
    ],
  });
  let told: EnergiesEvent | undefined;
  /** Whether what was told last is of another noise or an earlier run, which nothing is said of. */
  let isOld = false;
  let result: EnergiesResult | undefined;
  /** Of the page's network, at the level that is nearest to the picture's noise. */
  let turn: { map: Float32Array; median: number; sigma: number } | undefined;
  let isVisible = false;
  /** Distances of each look so far, of both. */
  let route: number[][] = [[], []];

  const draw = () => {
    const densities = told ? [told.truth, ...told.learned] : [];
    const most = told ? largest(told.truth) : 1;
    scale.most = most;
    figures.forEach((figure, i) => {
      const values = i === 3 ? turn?.map : densities[i];
      const cells = { n: i === 3 ? COARSE.n : GRID.n, values: values ?? [] };
      figure.ground((pen, plane, colours) => {
        if (values) drawShades(pen, plane, cells, cividis, false, i === 3 ? 1 : most);
        const isLit = page.term === PANELS[i].term;
        const colour = isLit ? colours.accent : values ? '#ffffff' : colours.muted;
        // The border of the picture.
        const [from, to] = [toSquare(plane, 0, 0), toSquare(plane, 1, 1)];
        drawEdge(pen, [...from, ...to], colour, isLit ? 8 : 2);
      });
      const distance = told && (i === 1 || i === 2) ? told.distances[i - 1] : undefined;
      const name = PANELS[i].name;
      captions[i].textContent = distance === undefined ? name : `${name}: off by ${distance.toFixed(3)}`;
    });
    chart.set(
      LOOKS,
      route.map((distances) => LOOKS.map((_, k) => distances[k] ?? null)),
    );
  };
  const say = () => {
    if (!told || isOld) return;
    const [likelihood, denoising] = told.distances.map((distance) => distance.toFixed(3));
    const parts = [
      `After ${told.steps} of ${STEPS} steps: total variation ${likelihood} by likelihood, ${denoising} by denoising.`,
    ];
    if (result) {
      const [a, b] = result.errors.map(percent);
      parts.push(`As scores, where the noisy picture is, they are off by ${a} and ${b}.`);
      const free = turn
        ? `; that of the page’s free score, at noise ${digits(turn.sigma)}, is ${turn.median.toFixed(3)}`
        : '';
      const own = Math.max(...result.curls);
      parts.push(
        `Their curl there is ${own < 1e-4 ? 'below 0.0001' : digits(own)}, which is rounding${free}.`,
      );
    }
    reading.textContent = parts.join(' ');
  };
  const show = (event: EnergiesEvent) => {
    route = route.map((distances, i) => [...distances, event.distances[i]]);
    // A reader who asked for less motion sees the end alone.
    if (wantsStillness() && event.steps < STEPS) return;
    told = event;
    isOld = false;
    draw();
    say();
  };

  const turnsAt = async (level: number) => {
    // At the level's own noise: the picture's lies between two levels.
    const sigma = learned.sigmas[level];
    const args = { level, sigma, seed: store.get('seed'), grid: COARSE };
    return { ...(await client.call('turns', args)), sigma };
  };
  const drawTurn = latest(async () => {
    if (!isVisible) return;
    turn = learned.network ? await turnsAt(learned.nearest(store.get('energyNoise'))) : undefined;
    draw();
    say();
  }, page.fail);

  const training = new ByItself(page, {
    isStill: true,
    async work(run) {
      route = [[], []];
      result = undefined;
      isOld = true;
      reading.textContent = 'Both networks begin …';
      const { energyNoise: sigma, seed } = store.all;
      result = await run.call('energies', { sigma, seed, steps: STEPS, grid: GRID }, show);
      say();
      const [likelihood, denoising] = told?.distances ?? [];
      if (denoising < likelihood) page.meet('energy');
    },
    onChange() {
      if (!training.isRunning && !training.isDone) reading.textContent = '';
    },
  });
  const renew = () => {
    isOld = true;
    training.renew();
    drawTurn();
  };
  store.on(['energyNoise', 'seed'], renew);
  page.on('picture', () => {
    told = undefined;
    route = [[], []];
    draw();
    renew();
  });
  page.on('network', drawTurn);
  page.on('term', () => {
    for (const figure of figures) figure.repaintGround();
  });
  draw();

  const panels = figures.map((figure, i) => make('figure', {}, figure.element, captions[i]));
  return {
    element: make(
      'div',
      { class: 'stage narrow' },
      bar(
        row(button('Train both anew', () => training.start())),
        slider(store, 'energyNoise', { label: 'Noise σ', log: true, term: 'energyTruth' }),
      ),
      make('div', { class: 'panels four' }, ...panels),
      scale.element,
      chart.element,
      reading,
      saveMenu(page, {
        name: 'energy',
        figures,
        strips: [chart],
        code: () => energyCode(store.all, GRID),
        caption: () =>
          `Density at σ = ${digits(store.get('energyNoise'))}, 0 to ${told ? digits(largest(told.truth)) : 1}: exact, by likelihood, by denoising, ${told?.steps ?? 0} steps; curl of a free score, 0 to 1`,
      }),
    ),
    setVisible(visible) {
      isVisible = visible;
      training.setVisible(visible);
      if (visible) drawTurn();
    },
    restyle: () => chart.restyle(),
  };
}
