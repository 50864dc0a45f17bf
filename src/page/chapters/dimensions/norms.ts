import { chiDensity } from '../../../apps/chiDensity.js';
import { digits, group, make, slider } from '../../parts/controls.js';
import { latest } from '../../parts/latest.js';
import { saveMenu } from '../../save/menu.js';
import type { LiveFigure, Page } from '../../state/page.js';
import { CurveChart } from '../shared/curveChart.js';
import { normsCode } from './code.js';

const POINTS = 2000;
const DRAWN = { n: POINTS, seed: 1 };
const CELLS = 60;

/** How far from the middle points of a standard normal distribution lie, in any number of dimensions. */
export function normsFigure(page: Page): LiveFigure {
  const { store } = page;
  const reading = make('p', { class: 'reading' });
  const chart = new CurveChart(page, {
    label: 'How often points lie at each distance from the middle, drawn and by the formula',
    xLabel: 'distance from the middle, r = ‖z‖',
    aspect: 0.5,
    range: (_, most) => [0, 1.15 * most],
    curves: [
      { name: `${POINTS.toLocaleString('en')} points`, term: 'points', colour: 'tone', filled: true },
      { name: 'q(r), the density of the distance', term: 'chi', colour: 'particle' },
      { name: 'density of the points along a line, scaled', term: 'density', colour: 'accent', dash: true },
    ],
  });
  const draw = latest(async () => {
    const dim = store.get('dimensions');
    const norms = await page.client.call('norms', { ...DRAWN, dim });
    const most = Math.sqrt(dim) + 4;
    const width = most / CELLS;
    const counts = new Array<number>(CELLS).fill(0);
    for (const norm of norms) counts[Math.min(CELLS - 1, Math.floor(norm / width))]++;
    const x = counts.map((_, i) => (i + 0.5) * width);
    const chi = x.map((r) => chiDensity(dim, r));
    const top = Math.max(...chi);
    chart.set(x, [
      counts.map((count) => count / (POINTS * width)),
      chi,
      x.map((r) => top * Math.exp(-0.5 * r * r)),
    ]);
    const sorted = norms.slice().sort();
    const [low, high] = [sorted[POINTS * 0.005], sorted[POINTS * 0.995]];
    reading.textContent = `√d = ${digits(Math.sqrt(dim))}. Of these points 99 % lie between ${digits(low)} and ${digits(high)}.`;
  }, page.fail);
  store.on(['dimensions'], draw);
  const dimensions = slider(store, 'dimensions', {
    label: 'Dimensions d',
    log: true,
    whole: true,
    term: 'dimensions',
    show: String,
  });
  draw();
  const save = saveMenu(page, {
    name: 'dimensions',
    figures: [],
    strips: [chart],
    code: () => normsCode(store.all, DRAWN),
    caption: () =>
      `Distances of standard normal points from the middle, σ = 1, d = ${store.get('dimensions')}. ${reading.textContent}`,
  });
  return {
    element: make('div', { class: 'stage' }, group('Space', dimensions), chart.element, reading, save),
    setVisible() {},
    restyle: () => chart.restyle(),
  };
}
