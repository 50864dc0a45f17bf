import { digits, group, make, slider } from '../../parts/controls.js';
import { saveMenu } from '../../save/menu.js';
import type { LiveFigure, Page } from '../../state/page.js';
import { CurveChart } from '../shared/curveChart.js';
import { type LineMixture, logDensity, noisy, spaced, spectrum } from '../shared/lineMixture.js';

/** Narrow hills: something with detail to lose. */
const hills: LineMixture = {
  means: [-2.2, -1.6, -1, 0.9, 1.3, 1.7, 2.1],
  sds: [0.1, 0.1, 0.1, 0.07, 0.07, 0.07, 0.07],
  weights: [0.2, 0.2, 0.2, 0.1, 0.1, 0.1, 0.1],
};
const X = spaced(-4, 4, 801);
const K = spaced(0, 30, 301);

/** A density and its noisy version, and below the sizes of their waves. */
export function fourierFigure(page: Page): LiveFigure {
  const { store } = page;
  const reading = make('p', { class: 'reading' });
  const places = new CurveChart(page, {
    label: 'A density of seven narrow hills, and the density of the same data with noise',
    xLabel: 'x',
    aspect: 0.36,
    range: (_, most) => [0, Math.min(1.05 * most, 1.2)],
    curves: [
      { name: 'p, the data', term: 'data', colour: 'tone', filled: true },
      { name: 'p with noise σ', term: 'blurred', colour: 'particle' },
    ],
  });
  const waves = new CurveChart(page, {
    label: 'How strong each wave is in the data, in the data with noise, and the factor between',
    xLabel: 'wave number k, waves in a distance of 2π',
    aspect: 0.36,
    range: () => [0, 1.05],
    curves: [
      { name: 'waves of the data', term: 'data', colour: 'tone', filled: true },
      { name: 'with noise', term: 'blurred', colour: 'particle' },
      { name: 'factor exp(−σ²k²/2)', term: 'filter', colour: 'accent', dash: true },
    ],
  });
  const draw = () => {
    const sigma = store.get('blurNoise');
    const blurred = noisy(hills, sigma);
    places.set(X, [
      X.map((x) => Math.exp(logDensity(hills, x))),
      X.map((x) => Math.exp(logDensity(blurred, x))),
    ]);
    waves.set(K, [
      K.map((k) => spectrum(hills, k)),
      K.map((k) => spectrum(blurred, k)),
      K.map((k) => Math.exp(-0.5 * (sigma * k) ** 2)),
    ]);
    const half = Math.sqrt(2 * Math.LN2) / sigma;
    reading.textContent = `Waves shorter than ${((2 * Math.PI) / half).toFixed(2)} are less than half of what they were; hills of the right-hand group lie 0.4 apart.`;
  };
  store.on(['blurNoise'], draw);
  draw();
  return {
    element: make(
      'div',
      { class: 'stage' },
      group('Noise', slider(store, 'blurNoise', { label: 'Noise σ', log: true, term: 'filter' })),
      places.element,
      waves.element,
      reading,
      saveMenu(page, {
        name: 'blur',
        figures: [],
        strips: [places, waves],
        caption: () =>
          `A density of seven hills with noise σ = ${digits(store.get('blurNoise'))}, above over x, below as waves`,
      }),
    ),
    setVisible() {},
    restyle: () => {
      places.restyle();
      waves.restyle();
    },
  };
}
