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

const GRID = 17;

export function exactFigure(page: Page): LiveFigure {
  const { store, client, learned } = page;
  const exact = new Figure('The exact score', unitSquare);
  const network = new Figure('The learned score', unitSquare);
  const difference = make('p', { class: 'reading' });
  let isVisible = false;
  const level = () => learned.level(store.get('level'));
  const sigma = () => learned.sigmas[level()];

  const compare = latest(async () => {
    if (!isVisible) return;
    const grid = { ...FIELD_GRID, n: GRID };
    const best = await client.call('field', { score: { kind: 'exact', sigma: sigma() }, grid });
    exact.label = `The exact score at sigma ${digits(sigma())}, as arrows over the picture`;
    drawField(exact, pictureOf(store.get('picture')), best, GRID);
    if (!learned.network) {
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
    drawField(network, pictureOf(store.get('picture')), own, GRID);
    let [gap, size] = [0, 0];
    for (let i = 0; i < own.s.length; i++) {
      gap += (own.s[i] - best.s[i]) ** 2;
      size += best.s[i] ** 2;
    }
    difference.textContent = `At σ = ${digits(sigma())} the learned score is off by ${Math.round(100 * Math.sqrt(gap / size))} % of the exact one, over this grid (root mean square).`;
  }, page.fail);

  store.on(['level', 'levels'], compare);
  page.on('picture', compare);
  page.on('network', compare);
  const stage = make(
    'div',
    { class: 'stage' },
    bar(levelSlider(page, learned)),
    make('div', { class: 'pair' }, captioned(exact, 'Exact, in closed form'), captioned(network, 'Learned')),
    difference,
    saveMenu(page, {
      name: 'exact',
      figures: [exact, network],
      code: () => exactCode(store.all, sigma()),
      caption: () => `Exact and learned score at σ = ${digits(sigma())}, each to its own longest arrow`,
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
