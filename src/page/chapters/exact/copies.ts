import { drawPoints } from '../../figure/draw.js';
import { Figure } from '../../figure/figure.js';
import { unitSquare } from '../../figure/plane.js';
import { button, digits, make, numberField, row, slider } from '../../parts/controls.js';
import { saveMenu } from '../../save/menu.js';
import type { LiveFigure, Page } from '../../state/page.js';
import type { FlowEvent } from '../../worker/views.js';
import { ByItself } from '../shared/byItself.js';
import { copiesCode } from '../shared/code.js';
import { drawFaint } from '../shared/fields.js';
import { bar, captioned } from '../shared/parts.js';
import { pictureOf } from '../shared/picture.js';

const MADE = 400;
const STEPS = 60;
/** The flow's least noise, from which it jumps to the denoised point. A network knows little below a pixel's size. */
const LEAST_SIGMA = { exact: 1e-3, learned: 0.015 };

/** Shows points made from noise: the exact score of a few data gives copies of them, the learned score new points. */
export function copiesFigure(page: Page): LiveFigure {
  const { store, learned } = page;
  const copies = new Figure('Points made with the exact score of a few data', unitSquare);
  const news = new Figure('Points made with the learned score', unitSquare);
  const verdict = make('p', { class: 'reading', 'aria-live': 'polite' });
  const image = () => pictureOf(store.get('picture'));
  /** The few data, [few, 2], and the points made so far. */
  let marked: Float32Array = new Float32Array(0);
  const made = new Map<Figure, Float32Array>();
  const drawPictures = () => {
    const picture = image();
    copies.ground((pen, plane, colours) => {
      drawFaint(pen, plane, picture, colours);
      drawPoints(pen, plane, marked, 11, page.term === 'data' ? colours.particle : colours.muted);
    });
    news.ground((pen, plane, colours) => drawFaint(pen, plane, picture, colours));
  };
  const drawMade = () => {
    for (const figure of [copies, news]) {
      const isLit = page.term === (figure === copies ? 'copies' : 'news');
      figure.top((pen, plane, colours) => {
        drawPoints(pen, plane, made.get(figure) ?? new Float32Array(0), isLit ? 5 : 3, colours.accent);
      });
    }
  };
  const place = (figure: Figure, x: Float32Array) => {
    made.set(figure, x);
    drawMade();
  };

  /** The noise at which the flow by this score ends and starts. */
  const range = (who: 'exact' | 'learned') => {
    const { sigmas } = learned;
    return { sigmaMin: Math.max(sigmas[0], LEAST_SIGMA[who]), sigmaMax: sigmas[sigmas.length - 1] };
  };
  const making = new ByItself(page, {
    async work(run) {
      const { seed, few } = store.all;
      verdict.textContent = 'Making points …';
      const { x0: data } = await run.call('draws', { n: few, seed: seed + 1 });
      marked = data;
      drawPictures();
      /** The median distance of points made from noise to the nearest of their data. */
      const flow = async (who: 'exact' | 'learned', points: Float32Array | 'all' | null, figure?: Figure) => {
        const args = { n: MADE, seed, points, ...range(who), steps: STEPS };
        const x = await run.call('flow', args, ({ x }: FlowEvent) => {
          if (figure) place(figure, x);
        });
        const own = points instanceof Float32Array ? { x, points } : { x };
        const distances = await run.call('nearest', own);
        return distances.sort()[distances.length >> 1];
      };
      const [copied, repeated, learnt] = await Promise.all([
        flow('exact', data, copies),
        flow('exact', 'all'),
        learned.network && flow('learned', null, news),
      ]);
      const near = (distance: number) => (distance < 1e-4 ? '0.0001' : digits(distance));
      const other =
        learnt === undefined
          ? 'Train a network to see what a learned score does instead.'
          : `Of the network’s points half lie ${digits(learnt)} away from the nearest of all pixels, which it learned from: new places. The exact score of these same pixels ends within ${near(repeated)} of one.`;
      verdict.textContent = `Half of the exact score’s points lie within ${near(copied)} of one of the ${few} data: it gives the data back. ${other}`;
    },
    onChange() {
      if (!making.isRunning && !making.isDone) verdict.textContent = '';
    },
  });

  const renew = () => {
    // What is made of a picture says nothing of the next one.
    marked = new Float32Array(0);
    made.clear();
    drawPictures();
    drawMade();
    verdict.textContent = '';
    making.renew();
  };
  page.on('picture', renew);
  page.on('network', renew);
  store.on(['few', 'seed'], renew);
  page.on('term', () => {
    drawPictures();
    drawMade();
  });
  drawPictures();
  const element = make(
    'div',
    { class: 'stage' },
    bar(
      row(button('Make new points', () => making.start(), { class: 'primary' })),
      slider(store, 'few', { label: 'Data points', log: true, whole: true }),
      numberField(store, 'seed', 'Seed'),
    ),
    make(
      'div',
      { class: 'pair' },
      captioned(copies, 'By the exact score of the marked data'),
      captioned(news, 'By the learned score'),
    ),
    verdict,
    saveMenu(page, {
      name: 'copies',
      figures: [copies, news],
      caption: () =>
        `${MADE} points from noise, by the exact score of ${store.get('few')} data and by a learned score`,
      code: () => copiesCode(store.all, { made: MADE, steps: STEPS, ...range('exact') }),
    }),
  );
  return { element, setVisible: (isVisible) => making.setVisible(isVisible) };
}
