import { drawPoints } from '../../figure/draw.js';
import { Figure } from '../../figure/figure.js';
import { unitSquare } from '../../figure/plane.js';
import { button, digits, make, numberField, row, slider } from '../../parts/controls.js';
import { saveMenu } from '../../save/menu.js';
import type { LiveFigure, Page } from '../../state/page.js';
import type { FlowEvent } from '../../worker/views.js';
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
  const { store, client, learned } = page;
  const copies = new Figure('Points made with the exact score of a few data', unitSquare);
  const news = new Figure('Points made with the learned score', unitSquare);
  const verdict = make('p', { class: 'reading', 'aria-live': 'polite' });
  const image = () => pictureOf(store.get('picture'));
  const drawPictures = () => {
    const picture = image();
    for (const figure of [copies, news]) {
      figure.ground((pen, plane, colours) => drawFaint(pen, plane, picture, colours));
    }
  };

  /** The noise at which the flow by this score ends and starts. */
  const range = (who: 'exact' | 'learned') => {
    const { sigmas } = learned;
    return { sigmaMin: Math.max(sigmas[0], LEAST_SIGMA[who]), sigmaMax: sigmas[sigmas.length - 1] };
  };
  const generator = button('Make new points', () => generate(), { class: 'primary' });
  async function generate() {
    generator.disabled = true;
    // What is made of a picture says nothing of the next one.
    const picture = store.get('picture');
    const isPast = () => store.get('picture') !== picture;
    try {
      const seed = store.get('seed');
      const few = store.get('few');
      const { x0: data } = await client.call('draws', { n: few, seed: seed + 1 });
      if (isPast()) return;
      copies.ground((pen, plane, colours) => {
        drawFaint(pen, plane, image(), colours);
        drawPoints(pen, plane, data, 11, colours.muted);
      });
      /** The median distance of points made from noise to the nearest of their data. */
      const flow = async (who: 'exact' | 'learned', points: Float32Array | 'all' | null, figure?: Figure) => {
        const args = { n: MADE, seed, points, ...range(who), steps: STEPS };
        const x = await client.call('flow', args, ({ x }: FlowEvent) => {
          if (isPast()) return;
          figure?.top((pen, plane, colours) => drawPoints(pen, plane, x, 3, colours.accent));
        });
        const own = points instanceof Float32Array ? { x, points } : { x };
        const distances = await client.call('nearest', own);
        return distances.sort()[distances.length >> 1];
      };
      const [copied, repeated, made] = await Promise.all([
        flow('exact', data, copies),
        flow('exact', 'all'),
        learned.network && flow('learned', null, news),
      ]);
      if (isPast()) return;
      const near = (distance: number) => (distance < 1e-4 ? '0.0001' : digits(distance));
      const other =
        made === undefined
          ? 'Train a network to see what a learned score does instead.'
          : `Of the network’s points half lie ${digits(made)} away from the nearest of all pixels, which it learned from: new places. The exact score of these same pixels ends within ${near(repeated)} of one.`;
      verdict.textContent = `Half of the exact score’s points lie within ${near(copied)} of one of the ${few} data: it gives the data back. ${other}`;
    } catch (error) {
      page.fail(error);
    } finally {
      generator.disabled = false;
    }
  }

  const clear = () => {
    drawPictures();
    for (const figure of [copies, news]) figure.top(() => {});
    verdict.textContent = '';
  };
  page.on('picture', clear);
  drawPictures();
  const element = make(
    'div',
    { class: 'stage' },
    bar(
      row(generator),
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
  return { element, setVisible: () => {} };
}
