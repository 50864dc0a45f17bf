import { digits, make, slider } from '../../parts/controls.js';
import { saveMenu } from '../../save/menu.js';
import type { LiveFigure, Page } from '../../state/page.js';
import { CurveChart } from '../shared/curveChart.js';
import { bar } from '../shared/parts.js';
import { DATA, drawByWaves, PLACES } from './waves.js';

/** What random features can draw of a jump, by the highest of their frequencies. */
export function featuresFigure(page: Page): LiveFigure {
  const { store } = page;
  const reading = make('p', { class: 'reading', 'aria-live': 'off' });
  const chart = new CurveChart(page, {
    label: 'The jump over the place of a noisy point, and what the waves make of it',
    xLabel: 'noisy place y',
    aspect: 0.55,
    range: () => [-0.05, 1.05],
    curves: [
      { name: 'the mean clean place x̂(y)', term: 'jump', colour: 'particle' },
      { name: 'the waves’ best sum', term: 'waves', colour: 'accent', dash: true },
      { name: 'the nearest datum', term: 'data', colour: 'muted' },
    ],
  });
  let isVisible = false;
  const draw = () => {
    if (!isVisible) return;
    const [sigma, highest] = [store.get('wavesNoise'), store.get('waves')];
    const { exact, fitted, error } = drawByWaves(sigma, highest);
    // The nearest datum of each place: what the jump would be without noise.
    const nearest = PLACES.map((y) =>
      DATA.reduce<number>((best, x) => (Math.abs(x - y) < Math.abs(best - y) ? x : best), DATA[0]),
    );
    chart.set(PLACES, [exact, fitted, nearest]);
    reading.textContent = `Waves down to ${digits(1 / highest)} long, at noise ${digits(sigma)}: off by ${digits(error / sigma)} σ (root mean square, weighted by the density).`;
    if (sigma <= 0.0301 && error / sigma < 0.05) page.meet('waves');
  };
  store.on(['waves', 'wavesNoise'], draw);
  return {
    element: make(
      'div',
      { class: 'stage' },
      bar(
        slider(store, 'waves', { label: 'Highest frequency, waves a side', log: true, term: 'waves' }),
        slider(store, 'wavesNoise', { label: 'Noise σ', log: true, term: 'jump' }),
      ),
      chart.element,
      reading,
      saveMenu(page, {
        name: 'waves',
        figures: [],
        strips: [chart],
        caption: () =>
          `Five data on a line, the mean clean place, and waves mixed as well as can be. ${reading.textContent}`,
      }),
    ),
    setVisible(visible) {
      isVisible = visible;
      draw();
    },
    restyle: () => chart.restyle(),
  };
}
