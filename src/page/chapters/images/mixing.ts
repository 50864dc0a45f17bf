import { digits, make } from '../../parts/controls.js';
import { saveMenu } from '../../save/menu.js';
import type { LiveFigure, Page } from '../../state/page.js';
import { CurveChart } from '../shared/curveChart.js';
import { MIXING, mixing } from './mixingTable.js';

/** How often walks change their digit, and how far their jumps are from digits, over the noise of the walk. */
export function mixingFigure(page: Page): LiveFigure {
  const { store } = page;
  const reading = make('p', { class: 'reading', 'aria-live': 'off' });
  const sigmas = mixing.map(({ sigma }) => sigma);
  /** The row under the pointer, else the one nearest to the walk's noise. */
  const read = (pointed?: number) => {
    const wanted = pointed ?? store.get('walkNoise');
    const from = ({ sigma }: { sigma: number }) => Math.abs(sigma - wanted);
    const row = mixing.reduce((a, b) => (from(b) < from(a) ? b : a));
    reading.textContent = `At σ = ${row.sigma} a chain changes its digit ${digits(row.changes)} times in 100 steps, and the jumps are ${digits(row.distance)} from digits.`;
  };
  const charts = [
    new CurveChart(page, {
      label: 'Changes of digit in 100 steps over the noise of the walk',
      xLabel: 'noise of the walk σ',
      aspect: 0.6,
      range: (_, most) => [0, 1.1 * most],
      onPoint: read,
      curves: [{ name: 'changes of digit in 100 steps', term: 'changes', colour: 'particle' }],
    }),
    new CurveChart(page, {
      label: 'How far jumps are from digits over the noise of the walk',
      xLabel: 'noise of the walk σ',
      aspect: 0.6,
      range: (_, most) => [0, 1.1 * most],
      onPoint: read,
      curves: [{ name: 'distance of the jumps from digits', term: 'distance', colour: 'accent' }],
    }),
  ];
  charts[0].set(sigmas, [mixing.map(({ changes }) => changes)]);
  charts[1].set(sigmas, [mixing.map(({ distance }) => distance)]);
  store.on(['walkNoise'], () => read());
  read();
  return {
    element: make(
      'div',
      { class: 'stage' },
      make('div', { class: 'pair' }, ...charts.map(({ element }) => element)),
      reading,
      saveMenu(page, {
        name: 'mixing',
        figures: [],
        strips: charts,
        caption: () =>
          `Walks with the U-Net’s score, ${MIXING.chains} chains of ${MIXING.steps} steps of ${MIXING.stepSize} σ² at each σ. ${reading.textContent}`,
      }),
      make(
        'p',
        { class: 'hint' },
        `Measured with the U-Net of the page: ${MIXING.chains} chains of ${MIXING.steps} steps of ${MIXING.stepSize} σ² at each σ. A jump’s digit is that of the nearest of 2,000 digits.`,
      ),
      saveMenu(page, {
        name: 'mixing',
        figures: [],
        strips: charts,
        caption: () =>
          `Walks of the U-Net over digits: changes of digit, and the energy distance of jumps from digits, by σ; ${MIXING.chains} chains of ${MIXING.steps} steps of ${MIXING.stepSize} σ²`,
      }),
    ),
    setVisible() {},
    restyle: () => {
      for (const chart of charts) chart.restyle();
    },
  };
}
