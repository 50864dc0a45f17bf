import { digits, group, make } from '../../parts/controls.js';
import { Dial } from '../../parts/dial.js';
import type { LiveFigure, Page } from '../../state/page.js';
import { CurveChart } from '../shared/curveChart.js';
import { lineScore, logDensity, noisy, spaced } from '../shared/lineMixture.js';

const X = spaced(-4, 4, 321);

/** A density on the line, its logarithm and its score, one below another. */
export function lineFigure(page: Page): LiveFigure {
  const reading = make('p', { class: 'reading', 'aria-live': 'off' });
  let pointed: number | undefined;
  const draw = () => {
    const density = mixture();
    const logs = X.map((x) => Math.log(factor.value) + logDensity(density, x));
    densityChart.set(X, [logs.map(Math.exp)]);
    logChart.set(X, [logs]);
    scoreChart.set(X, [X.map((x) => lineScore(density, x)), X.map(() => 0)]);
    read();
  };
  const read = () => {
    const density = mixture();
    if (pointed === undefined) {
      reading.textContent = `The area under c p is ${digits(factor.value)}; the score does not know it.`;
      return;
    }
    const log = Math.log(factor.value) + logDensity(density, pointed);
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
  const dial = (options: ConstructorParameters<typeof Dial>[0]) => new Dial(options, draw);
  const factor = dial({ label: 'Factor c', least: 0.1, most: 10, initial: 1, log: true, term: 'factor' });
  const apart = dial({ label: 'Distance of the hills', least: 0, most: 5, initial: 3 });
  const share = dial({ label: 'Weight of the left hill', least: 0.02, most: 0.98, initial: 0.6 });
  const sigma = dial({ label: 'Noise σ', least: 0, most: 2, initial: 0, term: 'sigma' });
  const mixture = () =>
    noisy(
      {
        means: [-apart.value / 2, apart.value / 2],
        sds: [0.5, 0.5],
        weights: [share.value, 1 - share.value],
      },
      sigma.value,
    );
  draw();
  const charts = [densityChart, logChart, scoreChart];
  const stage = make('div', { class: 'stage' }, ...charts.map(({ element }) => element), reading);
  const dials = [factor, apart, share, sigma].map(({ element }) => element);
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
