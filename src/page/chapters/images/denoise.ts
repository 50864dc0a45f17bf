import { button, digits, make, numberField, row, slider } from '../../parts/controls.js';
import { latest } from '../../parts/latest.js';
import { saveMenu } from '../../save/menu.js';
import type { LiveFigure, Page } from '../../state/page.js';
import type { CompareEvent, EstimateName } from '../../worker/images/estimate.js';
import { DIM } from '../../worker/images/numbers.js';
import { ByItself } from '../shared/byItself.js';
import { drawingPad } from '../shared/pad.js';
import { bar } from '../shared/parts.js';
import { pictureOf } from '../shared/picture.js';
import { denoiseCode } from './code.js';
import { shown } from './errors.js';
import { noisyRange, Pictures } from './pictures.js';
import { networkMenu, saveNetwork, sharedOf } from './shared.js';

/** The denoisers, in the order in which they stand. */
const NAMES: Record<EstimateName, string> = {
  unet: 'U-Net',
  linear: 'Best linear',
  local: 'Local scores',
  exact: 'Exact, of 2,000 digits',
  blur: 'Blur',
};
const ORDER = Object.keys(NAMES) as EstimateName[];

/** One digit under noise, and what each denoiser makes of it. */
export function denoiseFigure(page: Page): LiveFigure {
  const { store, client } = page;
  const shared = sharedOf(page);
  const clean = new Pictures('The clean digit: draw on it', page, 'x');
  const noisy = new Pictures('The digit with noise', page, 'y');
  const results = ORDER.map((name) => new Pictures(`Denoised: ${NAMES[name]}`, page, name));
  const captions = ORDER.map(() => make('figcaption'));
  const noisyCaption = make('figcaption');
  const rows = new Map<number, HTMLTableRowElement>();
  /** A digit that the reader drew. */
  let drawn: Float32Array | undefined;
  let shownClean: Float32Array = new Float32Array(DIM);
  let isVisible = false;

  const denoise = latest(async () => {
    if (!isVisible) return;
    await shared.ready();
    const sigma = store.get('pixelNoise');
    const { digit, seed } = store.all;
    const net = shared.net(page);
    const args = { picture: drawn ?? null, index: digit, sigma, seed, net };
    const made = await client.call('imagesEstimate', args);
    shownClean = made.clean;
    clean.show(made.clean);
    noisy.show(made.noisy, noisyRange(sigma));
    noisyCaption.textContent = `With noise: ${shown(made.errors.noisy)}`;
    const least = Math.min(...ORDER.map((name) => made.errors[name]));
    for (const [i, name] of ORDER.entries()) {
      results[i].show(made.estimates[name]);
      const called = name === 'unet' && net === 'trained' ? 'Your U-Net' : NAMES[name];
      captions[i].textContent = `${called}: ${shown(made.errors[name])}`;
      captions[i].classList.toggle('least', made.errors[name] === least);
    }
  }, page.fail);

  const pad = drawingPad(clean, {
    picture: () => ({ height: 20, width: 20, pixels: shownClean }),
    write(picture) {
      drawn = shownClean = pictureOf(picture).pixels;
      clean.show(drawn);
      denoise();
    },
  });
  const another = button('Another digit', () => {
    drawn = undefined;
    const digit = (store.get('digit') + 1) % 200;
    if (digit === store.get('digit')) denoise();
    store.set({ digit });
  });
  store.on(['pixelNoise', 'digit', 'seed'], denoise);
  const head = make('tr', {}, make('th', { scope: 'col' }, 'σ'));
  for (const name of ORDER) head.append(make('th', { scope: 'col' }, NAMES[name]));
  const body = make('tbody');
  const table = make(
    'table',
    { class: 'errors' },
    make(
      'caption',
      {},
      'Mean squared errors a pixel on 100 digits that no denoiser has seen; the least of a row stands out',
    ),
    make('thead', {}, head),
    body,
  );
  /** Fills the table once for each network, a row a noise. */
  const comparing = new ByItself(page, {
    isStill: true,
    async work(run) {
      await shared.ready();
      await run.call('imagesCompare', { net: shared.net(page) }, ({ sigma, errors }: CompareEvent) => {
        const row = make('tr', {}, make('th', { scope: 'row' }, String(sigma)));
        const least = Math.min(...Object.values(errors));
        for (const name of ORDER)
          row.append(
            make('td', { class: errors[name] === least ? 'least' : undefined }, shown(errors[name])),
          );
        rows.get(sigma)?.remove();
        rows.set(sigma, row);
        body.append(row);
      });
    },
  });
  /** The network that the table compares: the reader's is another after each training. */
  const network = () => {
    const net = shared.net(page);
    return net === 'unet' ? net : `${net} ${shared.version}`;
  };
  let compared = network();
  const changeNetwork = () => {
    denoise();
    if (network() === compared) return;
    compared = network();
    comparing.renew();
  };
  store.on(['netOf'], changeNetwork);
  shared.on(changeNetwork);

  return {
    element: make(
      'div',
      { class: 'stage' },
      bar(
        slider(store, 'pixelNoise', { label: 'Noise σ', log: true }),
        numberField(store, 'seed', 'Seed of the noise'),
        networkMenu(page, shared),
      ),
      row(another, pad.tools),
      make(
        'div',
        { class: 'pictures' },
        make('figure', {}, pad.element, make('figcaption', {}, 'Clean: draw on it')),
        make('figure', {}, noisy.element, noisyCaption),
        ...results.map((figure, i) => make('figure', {}, figure.element, captions[i])),
      ),
      make('p', { class: 'hint' }, 'Numbers are mean squared errors a pixel, of this digit.'),
      make(
        'div',
        { class: 'scroll', tabindex: 0, role: 'group', 'aria-label': 'Errors of the denoisers' },
        table,
      ),
      saveMenu(page, {
        name: 'denoised',
        figures: [clean, noisy, ...results],
        code: () => denoiseCode(store.all, shared.net(page), drawn),
        caption: () =>
          `A clean digit, the same with noise σ = ${digits(store.get('pixelNoise'))}, and what each denoiser makes of that. Numbers are mean squared errors a pixel`,
      }),
      row(saveNetwork(page, shared)),
    ),
    setVisible(visible) {
      isVisible = visible;
      if (visible) denoise();
      comparing.setVisible(visible);
    },
  };
}
