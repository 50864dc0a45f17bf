import { builtInImages } from '../../../index.js';
import { between, drawPicture, drawPoints } from '../../figure/draw.js';
import { Figure } from '../../figure/figure.js';
import { unitSquare } from '../../figure/plane.js';
import { button, fileButton, group, make, numberField, row, slider } from '../../parts/controls.js';
import { latest } from '../../parts/latest.js';
import { saveMenu } from '../../save/menu.js';
import type { LiveFigure, Page } from '../../state/page.js';
import type { Picture } from '../../state/picture.js';
import { imageCode } from '../shared/code.js';
import { historyOf } from '../shared/history.js';
import { openPicture, PICTURE_FILES } from '../shared/openPicture.js';
import { drawingPad } from '../shared/pad.js';
import { pictureOf } from '../shared/picture.js';
import { inverted } from '../shared/strokes.js';

/** Points drawn from the picture. */
const DRAWS = 4000;

/** A picture to draw on, and points drawn from it with noise. */
export function imageFigure(page: Page): LiveFigure {
  const { store, client } = page;
  const shown = { ...unitSquare, xlim: [-0.04, 1.04] as const, ylim: [-0.04, 1.04] as const };
  const original = new Figure('The picture', shown);
  const cloud = new Figure('Points drawn from the picture, with noise', shown);
  const reading = make('p', { class: 'reading' });
  let drawn: { x0: Float32Array; z: Float32Array } | undefined;

  const drawOriginal = () => {
    const image = pictureOf(store.get('picture'));
    const inked = image.pixels.reduce((count, value) => count + (value > 0 ? 1 : 0), 0);
    reading.textContent = `${image.height} × ${image.width} pixels, ${inked} of them with ink: a distribution over ${inked} ${inked === 1 ? 'place' : 'places'}.`;
    original.ground((pen, square, colours) =>
      drawPicture(
        pen,
        square,
        image,
        between(colours.paper, page.term === 'weights' ? colours.accent : colours.ink),
      ),
    );
  };
  const drawCloud = () => {
    if (!drawn) return;
    const { x0, z } = drawn;
    const sigma = store.get('noise');
    const x = x0.map((value, i) => value + sigma * z[i]);
    cloud.top((pen, square, colours) => {
      pen.globalAlpha = 0.6;
      const isLit = page.term === 'draws' || page.term === 'noise';
      drawPoints(pen, square, x, 2.5, isLit ? colours.accent : colours.particle);
      pen.globalAlpha = 1;
    });
  };
  const draw = latest(async () => {
    drawn = await client.call('draws', { n: DRAWS, seed: store.get('seed') });
    drawCloud();
  }, page.fail);

  const index = make('input', { type: 'number', id: 'idx-index', min: 0, value: 0 });
  const indexRow = make(
    'div',
    { class: 'control field', hidden: true },
    make('label', { for: 'idx-index' }, 'Picture number'),
    index,
  );
  index.addEventListener('change', async () => {
    const number = Math.min(Number(index.max), Math.max(0, Math.round(index.valueAsNumber || 0)));
    index.value = String(number);
    try {
      store.set({ picture: await client.call('idxImage', { index: number }) });
    } catch (error) {
      page.fail(error);
    }
  });
  const open = async (file: File) => {
    const count = await openPicture(page, file);
    if (count === 0) return;
    indexRow.hidden = count === 1;
    index.max = String(count - 1);
    index.value = '0';
  };

  const read = () => pictureOf(store.get('picture'));
  const write = (picture: Picture) => store.set({ picture });
  const pad = drawingPad(original, {
    picture: () => store.get('picture'),
    write,
    history: historyOf(store),
  });
  const invert = button('Invert the picture', () => write(inverted(read())), {
    'aria-label': 'Invert the picture: light becomes dark, and dark light',
  });
  const builtIns = builtInImages.map((name) => button(name, () => store.set({ picture: name })));

  store.on(['picture'], drawOriginal);
  store.on(['noise'], drawCloud);
  store.on(['seed'], draw);
  page.on('picture', draw);
  page.on('term', () => {
    drawOriginal();
    drawCloud();
  });
  drawOriginal();
  draw();
  const controls = make(
    'div',
    { class: 'controls' },
    group('Built in', row(...builtIns)),
    group(
      'Your own',
      make(
        'p',
        { class: 'hint' },
        'Draw on the sheet, or drop a PNG, a JPEG, MNIST’s IDX file, or points (CSV, npy) on the page.',
      ),
      pad.tools,
      row(fileButton('Open a file', PICTURE_FILES, open), invert),
      indexRow,
    ),
    group(
      'Draws',
      slider(store, 'noise', { label: 'Noise σ', step: 0.005, term: 'noise' }),
      numberField(store, 'seed', 'Seed'),
    ),
  );
  const figures = make(
    'div',
    { class: 'pair stick' },
    make('figure', {}, pad.element, make('figcaption', {}, 'The picture: draw on it')),
    make(
      'figure',
      {},
      cloud.element,
      make('figcaption', {}, `${DRAWS.toLocaleString('en')} draws from it, with noise`),
    ),
  );
  const save = saveMenu(page, {
    name: 'draws',
    figures: [original, cloud],
    code: () => imageCode(store.all),
    caption: () =>
      `A picture, and ${DRAWS.toLocaleString('en')} draws from it with noise σ = ${store.get('noise')}`,
  });
  return {
    element: make(
      'div',
      { class: 'sides' },
      make('div', { class: 'stage' }, figures, reading, save),
      controls,
    ),
    setVisible: () => {},
    open,
  };
}
