import { digits, make, menu } from '../../parts/controls.js';
import { latest } from '../../parts/latest.js';
import { saveMenu } from '../../save/menu.js';
import type { LiveFigure, Page } from '../../state/page.js';
import type { State } from '../../state/state.js';
import { CurveChart } from '../shared/curveChart.js';
import { noiseModelsCode } from './code.js';

const NUMBERS = 1000;
const NAMES: Record<State['noiseModel'], string> = {
  poisson: 'Poisson: y counts events of rate x',
  gaussian: 'Gaussian, σ = 1.5',
  laplace: 'Laplace, b = 1.2',
  gamma: 'gamma, which multiplies, k = 4',
};

/** Numbers of two kinds under four kinds of noise, denoised from noisy numbers alone. */
export function noiseModelsFigure(page: Page): LiveFigure {
  const { store, client } = page;
  const reading = make('p', { class: 'reading' });
  const density = new CurveChart(page, {
    label: 'How often each noisy number was seen',
    aspect: 0.22,
    range: (_, most) => [0, 1.1 * most],
    curves: [
      {
        name: `p, of ${NUMBERS.toLocaleString('en')} noisy numbers`,
        term: 'noisy-numbers',
        colour: 'tone',
        filled: true,
      },
    ],
  });
  const estimates = new CurveChart(page, {
    label: 'What each estimate makes of a noisy number',
    xLabel: 'noisy number y',
    yLabel: 'guess of the clean x',
    aspect: 0.5,
    curves: [
      { name: 'y alone', term: 'alone', colour: 'muted' },
      { name: 'formula, from p', term: 'formula', colour: 'accent' },
      { name: 'prior fitted to the noisy numbers', term: 'fitted-prior', colour: 'muted', dash: true },
      { name: 'best, which knows the prior', term: 'best', colour: 'tone' },
      { name: 'mean of the clean x in a column of y', term: 'columns', colour: 'particle', dots: true },
    ],
  });
  let isVisible = false;
  /** Whether what is shown is of the present choice. */
  let isDrawn = false;
  const draw = latest(async () => {
    if (!isVisible || isDrawn) return;
    isDrawn = true;
    const kind = store.get('noiseModel');
    const view = await client.call('noiseView', { kind, n: NUMBERS, seed: store.get('seed') });
    const y = [...view.y];
    density.set(y, [[...view.density]]);
    estimates.set(y, [
      [...view.raw],
      [...view.formula],
      [...view.fitted],
      [...view.best],
      Array.from(view.columns, (mean) => (Number.isNaN(mean) ? null : mean)),
    ]);
    const { raw, formula, fitted, best, columns } = view.risks;
    reading.textContent = `Mean squared error: y alone ${digits(raw)}, formula ${digits(formula)}, fitted prior ${digits(fitted)}, best ${digits(best)}; regression on the clean numbers themselves ${digits(columns)}.`;
  }, page.fail);
  const redraw = () => {
    isDrawn = false;
    draw();
  };
  store.on(['noiseModel', 'seed'], redraw);
  const choice = menu(store, 'noiseModel', 'Noise', Object.entries(NAMES) as [State['noiseModel'], string][]);
  const save = saveMenu(page, {
    name: 'noise-models',
    figures: [],
    strips: [density, estimates],
    code: () => noiseModelsCode(store.all, NUMBERS),
    caption: () =>
      `${NUMBERS.toLocaleString('en')} numbers of two kinds under noise (${NAMES[store.get('noiseModel')]}); upwards, the clean x that each estimate guesses. ${reading.textContent}`,
  });
  return {
    element: make('div', { class: 'stage' }, choice, density.element, estimates.element, reading, save),
    setVisible(visible) {
      isVisible = visible;
      draw();
    },
    restyle: () => {
      density.restyle();
      estimates.restyle();
    },
  };
}
