import { cividis } from '../../figure/colours.js';
import { drawShades } from '../../figure/draw.js';
import { Figure } from '../../figure/figure.js';
import { unitSquare } from '../../figure/plane.js';
import { digits, make } from '../../parts/controls.js';
import { latest } from '../../parts/latest.js';
import { saveMenu } from '../../save/menu.js';
import type { LiveFigure, Page } from '../../state/page.js';
import { exactCode } from '../shared/code.js';
import { drawField, FIELD_GRID } from '../shared/fields.js';
import { bar, captioned, levelSlider } from '../shared/parts.js';
import { pictureOf } from '../shared/picture.js';
import { readsScores } from '../shared/pointed.js';

const GRID = 17;
/** Cells a side of the map of errors. */
const FINE = 40;

/** The exact score beside the learned one, and where that errs. */
export function exactFigure(page: Page): LiveFigure {
  const { store, client, learned } = page;
  const exact = new Figure('The exact score', unitSquare);
  const network = new Figure('The learned score', unitSquare);
  const errors = new Figure('Where the learned score errs, weighted by the density', unitSquare);
  const difference = make('p', { class: 'reading' });
  const pointed = readsScores(page, [exact, network], (figure) =>
    figure === exact
      ? { kind: 'exact', sigma: sigma() }
      : learned.network && { kind: 'network', level: level() },
  );
  let isVisible = false;
  const level = () => learned.level(store.get('level'));
  const sigma = () => learned.sigmas[level()];

  const compare = latest(async () => {
    if (!isVisible) return;
    const grid = { ...FIELD_GRID, n: GRID };
    const best = await client.call('field', { score: { kind: 'exact', sigma: sigma() }, grid });
    exact.label = `The exact score at sigma ${digits(sigma())}, as arrows over the picture`;
    drawField(exact, pictureOf(store.get('picture')), best, GRID, () => page.term === 'exact');
    if (!learned.network) {
      errors.ground(() => {});
      drawField(
        network,
        pictureOf(store.get('picture')),
        { x: new Float32Array(0), s: new Float32Array(0) },
        GRID,
      );
      difference.textContent =
        'There is no learned score yet: train one under “Learning the score”, or open weights there.';
      return;
    }
    const own = await client.call('field', { score: { kind: 'network', level: level() }, grid });
    drawField(network, pictureOf(store.get('picture')), own, GRID, () => page.term === 'learned');
    const [truth, guess] = await Promise.all([
      client.call('field', { score: { kind: 'exact', sigma: sigma() }, grid: { ...FIELD_GRID, n: FINE } }),
      client.call('field', {
        score: { kind: 'network', level: level() },
        grid: { ...FIELD_GRID, n: FINE },
      }),
    ]);
    const logp = truth.logp as Float32Array;
    const top = logp.reduce((most, value) => Math.max(most, value), -Infinity);
    let [gap, size] = [0, 0];
    const cells = logp.map((value, i) => {
      const weight = Math.exp(value - top);
      const off = (guess.s[2 * i] - truth.s[2 * i]) ** 2 + (guess.s[2 * i + 1] - truth.s[2 * i + 1]) ** 2;
      gap += weight * off;
      size += weight * (truth.s[2 * i] ** 2 + truth.s[2 * i + 1] ** 2);
      return weight * off;
    });
    errors.ground((pen, square) => drawShades(pen, square, { n: FINE, values: cells }, cividis, false));
    difference.textContent = `At σ = ${digits(sigma())} the learned score is off by ${Math.round(100 * Math.sqrt(gap / size))} % of the exact one, where the noisy picture is (root mean square, weighted by its density).`;
  }, page.fail);

  store.on(['level', 'levels'], compare);
  page.on('picture', compare);
  page.on('network', compare);
  page.on('term', () => {
    exact.repaintGround();
    network.repaintGround();
  });
  const stage = make(
    'div',
    { class: 'stage' },
    bar(levelSlider(page, learned)),
    make(
      'div',
      { class: 'triple' },
      captioned(exact, 'Exact, in closed form'),
      captioned(network, 'Learned'),
      captioned(
        errors,
        'Where the learned one errs: squared error times density, from none (dark) to the most (yellow)',
      ),
    ),
    difference,
    pointed,
    saveMenu(page, {
      name: 'exact',
      figures: [exact, network, errors],
      code: () => exactCode(store.all, sigma()),
      caption: () =>
        `Exact and learned score at σ = ${digits(sigma())}, each to its own longest arrow, and where the learned one errs`,
    }),
  );
  return {
    element: stage,
    setVisible(visible) {
      isVisible = visible;
      if (visible) compare();
    },
  };
}
