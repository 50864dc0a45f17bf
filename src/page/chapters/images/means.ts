import { chiDensity } from '../../../apps/chiDensity.js';
import { digits, make, slider } from '../../parts/controls.js';
import { latest } from '../../parts/latest.js';
import { saveMenu } from '../../save/menu.js';
import type { LiveFigure, Page } from '../../state/page.js';
import { DIM } from '../../worker/images/numbers.js';
import { CurveChart } from '../shared/curveChart.js';
import { bar, captioned } from '../shared/parts.js';
import { meansCode } from './code.js';
import { noisyRange, Pictures } from './pictures.js';
import { sharedOf } from './shared.js';

/** Cells of the chart of norms. */
const CELLS = 60;

/** Denoised digits beside the means of digits, and how far noisy digits are from the mean of all: a shell, as noise grows. */
export function meansFigure(page: Page): LiveFigure {
  const { store, client } = page;
  const shared = sharedOf(page);
  const noisy = new Pictures('Nine digits with noise', page, 'y');
  const denoised = new Pictures('The same, as the U-Net denoises them', page, 'xhat');
  const exact = new Pictures('The same, as the exact score denoises them', page, 'exact');
  const mean = new Pictures('The mean of all digits', page, 'mu');
  const classes = new Pictures('The means of the digits 0 to 9', page, 'classes');
  const away = make('p', { class: 'reading' });
  const reading = make('p', { class: 'reading' });
  const chart = new CurveChart(page, {
    label: 'How often digits lie at each distance from their mean, clean, with noise, and noise alone',
    xLabel: 'distance from the mean of all digits ‖y − μ‖',
    aspect: 0.27,
    range: (_, most) => [0, 1.1 * most],
    curves: [
      { name: 'digits with noise', term: 'y', colour: 'tone', filled: true },
      { name: 'clean digits', term: 'x', colour: 'accent', dash: true },
      { name: 'noise alone, about σ√d', term: 'shell', colour: 'particle' },
    ],
  });
  let isVisible = false;
  let isDrawn = false;

  const drawMeans = async () => {
    if (isDrawn) return;
    isDrawn = true;
    const made = await client.call('imagesMeans', {});
    mean.show(made.all);
    classes.show(made.classes);
  };
  const draw = latest(async () => {
    if (!isVisible) return;
    await drawMeans();
    const sigma = store.get('pixelNoise');
    const clean = await client.call('imagesNorms', { sigma: 0 });
    drawNorms(sigma, clean, await client.call('imagesNorms', { sigma }));
    // What follows needs the network, which comes later than the digits.
    await shared.ready();
    const made = await client.call('imagesAverage', { sigma, seed: store.get('seed') });
    noisy.show(made.noisy, noisyRange(sigma));
    denoised.show(made.unet);
    exact.show(made.exact);
    away.textContent = `How far a pixel of the guess is from μ, root mean square, at σ = ${digits(sigma)}: ${digits(made.unetAway)} by the U-Net, ${digits(made.exactAway)} by the exact score.`;
  }, page.fail);

  function drawNorms(sigma: number, clean: Float32Array, norms: Float32Array) {
    const shell = sigma * Math.sqrt(DIM);
    const most =
      1.1 *
      Math.max(
        norms.reduce((a, b) => Math.max(a, b)),
        clean.reduce((a, b) => Math.max(a, b)),
      );
    const width = most / CELLS;
    const share = (values: Float32Array) => {
      const counts = new Array<number>(CELLS).fill(0);
      for (const value of values) counts[Math.min(CELLS - 1, Math.floor(value / width))]++;
      return counts.map((count) => count / (values.length * width));
    };
    const x = Array.from({ length: CELLS }, (_, i) => (i + 0.5) * width);
    chart.set(x, [share(norms), share(clean), x.map((r) => chiDensity(DIM, r / sigma) / sigma)]);
    const sorted = norms.slice().sort();
    const [low, high] = [0.005, 0.995].map((part) => sorted[Math.floor(part * sorted.length)]);
    const middle = sorted[sorted.length >> 1];
    reading.textContent = `σ√d = ${digits(shell)}. Of ${norms.length.toLocaleString('en')} noisy digits 99 % are between ${digits(low)} and ${digits(high)} from the mean: within ${Math.round((50 * (high - low)) / middle)} % of ${digits(middle)}.`;
  }
  store.on(['pixelNoise', 'seed'], draw);
  return {
    element: make(
      'div',
      { class: 'stage' },
      bar(slider(store, 'pixelNoise', { label: 'Noise σ', log: true })),
      make(
        'div',
        { class: 'pictures' },
        captioned(noisy, 'Digits with noise y'),
        captioned(denoised, 'By the U-Net'),
        captioned(exact, 'By the exact score'),
        captioned(classes, 'Means of the digits 0 to 9'),
        captioned(mean, 'Mean μ of all digits'),
      ),
      away,
      chart.element,
      reading,
      saveMenu(page, {
        name: 'means',
        figures: [noisy, denoised, exact, classes, mean],
        code: () => meansCode(store.all),
        caption: () =>
          `Digits with noise σ = ${digits(store.get('pixelNoise'))}, the clean ones that two scores guess, and the means that guesses tend to with more noise`,
      }),
    ),
    setVisible(visible) {
      isVisible = visible;
      draw();
    },
    restyle: () => chart.restyle(),
  };
}
