import { drawPoints } from '../../figure/draw.js';
import { Figure } from '../../figure/figure.js';
import { unitSquare } from '../../figure/plane.js';
import { digits, make, row } from '../../parts/controls.js';
import { saveMenu } from '../../save/menu.js';
import type { LiveFigure, Page } from '../../state/page.js';
import type { WalkEvent } from '../../worker/walk.js';
import { ByItself } from '../shared/byItself.js';
import { drawFaint } from '../shared/fields.js';
import { bar, levelSlider, seedButton } from '../shared/parts.js';
import { pictureOf } from '../shared/picture.js';
import { sourceOf } from './controls.js';
import { TradeOff } from './tradeOff.js';
import { walkCode } from './walkCode.js';

/** Chains; moments of the walk that are shown, and the steps to each. */
const SIZES = { chains: 400, moments: 5, steps: 100 };

const figuresOf = (name: string) =>
  Array.from({ length: SIZES.moments }, (_, i) => new Figure(`${name}, moment ${i + 1}`, unitSquare));

/** A walk of noisy points, the jumps from it, and what more noise gives and costs. */
export function walkFigure(page: Page): LiveFigure {
  const { store, learned } = page;
  const { level, sigma, request, isExact } = sourceOf(page);
  const walks = figuresOf('Walk: noisy points');
  const jumps = figuresOf('Jump: the same points, denoised');
  const moments: (WalkEvent | undefined)[] = walks.map(() => undefined);
  const captions = walks.map((_, i) => make('figcaption', {}, `step ${SIZES.steps * (i + 1)}`));

  const drawGrounds = () => {
    const picture = pictureOf(store.get('picture'));
    for (const figure of [...walks, ...jumps])
      figure.ground((pen, plane, colours) => drawFaint(pen, plane, picture, colours));
  };
  const paint = (at: number) => {
    const moment = moments[at];
    const put = (figure: Figure, term: string, x?: Float32Array) =>
      figure.top((pen, plane, colours) => {
        if (x) drawPoints(pen, plane, x, 6, page.term === term ? colours.accent : colours.particle);
      });
    put(walks[at], 'y', moment?.noisy);
    put(jumps[at], 'xhat', moment?.clean);
  };
  const walking = new ByItself(page, {
    isStill: true,
    async work(run) {
      let at = 0;
      const args = { score: request(), sigma: sigma(), seed: store.get('seed') };
      const hear = (event: WalkEvent) => {
        moments[at] = event;
        paint(at++);
      };
      await run.call('walk', { ...args, ...SIZES }, hear);
    },
    onChange: follow,
  });
  const tradeOff = new TradeOff(page, sigma);
  let isVisible = false;
  /** The walk comes first: what is measured over all noises takes longer. */
  function follow(): void {
    if (!isVisible || walking.isDone) tradeOff.setVisible(isVisible);
  }

  const renew = () => {
    walking.renew();
    tradeOff.mark();
  };
  store.on(['level', 'levels', 'from', 'seed'], renew);
  page.on('network', () => {
    if (store.get('from') === 'network') renew();
  });
  page.on('picture', () => {
    drawGrounds();
    renew();
    tradeOff.renew();
  });
  page.on('term', () => {
    for (const at of walks.keys()) paint(at);
  });
  drawGrounds();
  const strip = (name: string, figures: readonly Figure[], below: readonly Node[] = []) => [
    make('p', { class: 'caption' }, name),
    make(
      'div',
      { class: 'walk' },
      ...figures.map((figure, i) => make('figure', {}, figure.element, ...below.slice(i, i + 1))),
    ),
  ];
  return {
    element: make(
      'div',
      { class: 'stage' },
      bar(row(seedButton(store, 'Walk again')), levelSlider(page, learned)),
      ...strip(`Walk: ${SIZES.chains} noisy points y, all from the middle`, walks, captions),
      ...strip('Jump: the same points, denoised', jumps),
      saveMenu(page, {
        name: 'walk',
        figures: jumps,
        code: () => walkCode(store.all, { ...SIZES, isExact: isExact(), level: level(), sigma: sigma() }),
        caption: () => `Jumps from a walk at σ = ${digits(sigma())}, every ${SIZES.steps} steps of size 2 σ²`,
      }),
      tradeOff.element,
    ),
    setVisible(visible) {
      isVisible = visible;
      walking.setVisible(visible);
      follow();
    },
    restyle: () => tradeOff.restyle(),
  };
}
