import { digits, group, make, slider } from '../../parts/controls.js';
import { saveMenu } from '../../save/menu.js';
import type { LiveFigure, Page } from '../../state/page.js';
import { CurveChart } from '../shared/curveChart.js';
import { lineScore, logDensity, noisy, spaced } from '../shared/lineMixture.js';
import { lineCode } from './code.js';

const X = spaced(-4, 4, 321);

/** A density on the line, its logarithm and its score, one below another. */
export function lineFigure(page: Page): LiveFigure {
  const { store } = page;
  const reading = make('p', { class: 'reading', 'aria-live': 'off' });
  let pointed: number | undefined;
  const draw = () => {
    const density = mixture();
    const logs = X.map((x) => Math.log(store.get('factor')) + logDensity(density, x));
    densityChart.set(X, [logs.map(Math.exp)]);
    logChart.set(X, [logs]);
    scoreChart.set(X, [X.map((x) => lineScore(density, x)), X.map(() => 0)]);
    read();
  };
  const read = () => {
    const density = mixture();
    if (pointed === undefined) {
      reading.textContent = `The area under c p is ${digits(store.get('factor'))}; the score does not know it.`;
      return;
    }
    const log = Math.log(store.get('factor')) + logDensity(density, pointed);
    const slope = lineScore(density, pointed);
    reading.textContent = `At x = ${pointed.toFixed(2)}: c p = ${digits(Math.exp(log))}, log = ${digits(log)}, score = ${digits(slope)}`;
  };
  const onPoint = (x: number | undefined) => {
    pointed = x;
    read();
  };
  const chart = (name: string, term: string, range: (least: number, most: number) => [number, number]) =>
    new CurveChart(page, {
      label: `${name} over the line`,
      aspect: 0.36,
      range,
      onPoint,
      curves: [{ name, term, colour: term === 'score' ? 'accent' : 'particle', filled: term === 'density' }],
    });
  const densityChart = chart('density c p(x)', 'density', (_, most) => [0, 1.1 * most]);
  const logChart = chart('log c p(x)', 'log', (_, most) => [most - 12, most + 1]);
  const scoreChart = new CurveChart(page, {
    label: 'the score over the line, and zero',
    xLabel: 'x',
    aspect: 0.36,
    range: () => [-8, 8],
    onPoint,
    curves: [
      { name: 'score, the slope of the logarithm', term: 'score', colour: 'accent' },
      { name: 'zero: hilltops, and the valley', term: 'zero', colour: 'muted', dash: true },
    ],
  });
  const mixture = () => {
    const [apart, share] = [store.get('apart'), store.get('leftShare')];
    return noisy(
      { means: [-apart / 2, apart / 2], sds: [0.5, 0.5], weights: [share, 1 - share] },
      store.get('lineNoise'),
    );
  };
  store.on(['factor', 'apart', 'leftShare', 'lineNoise'], draw);
  draw();
  const charts = [densityChart, logChart, scoreChart];
  const save = saveMenu(page, {
    name: 'line',
    figures: [],
    strips: charts,
    code: () => lineCode(store.all, mixture()),
    caption: () =>
      `Two hills of width 0.5, ${digits(store.get('apart'))} apart, the left one with ${Math.round(100 * store.get('leftShare'))} % of the weight, noise σ = ${digits(store.get('lineNoise'))}, factor c = ${digits(store.get('factor'))}`,
  });
  const stage = make('div', { class: 'stage' }, ...charts.map(({ element }) => element), reading, save);
  const dials = [
    slider(store, 'factor', { label: 'Factor c', log: true, term: 'factor' }),
    slider(store, 'apart', { label: 'Distance of the hills' }),
    slider(store, 'leftShare', { label: 'Weight of the left hill' }),
    slider(store, 'lineNoise', { label: 'Noise σ', term: 'sigma' }),
  ];
  return {
    element: make(
      'div',
      { class: 'sides' },
      stage,
      make('div', { class: 'controls' }, group('Density', ...dials)),
    ),
    setVisible() {},
    restyle: () => {
      for (const one of charts) one.restyle();
    },
  };
}
