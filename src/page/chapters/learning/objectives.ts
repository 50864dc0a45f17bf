import { button, make, menu, row } from '../../parts/controls.js';
import { saveMenu } from '../../save/menu.js';
import type { LiveFigure, Page } from '../../state/page.js';
import type { State } from '../../state/state.js';
import type { ObjectiveCostsEvent } from '../../worker/objectiveCosts.js';
import type { ObjectivesEvent } from '../../worker/objectives.js';
import { ByItself } from '../shared/byItself.js';
import { CurveChart } from '../shared/curveChart.js';
import { spaced } from '../shared/lineMixture.js';
import { bar } from '../shared/parts.js';
import { COSTS, ObjectiveCharts } from './objectiveCosts.js';

const NAMES: Record<State['objective'], string> = {
  implicit: 'implicit',
  sliced: 'sliced',
  slicedReduced: 'sliced, less wavering',
  flow: 'flow matching',
};
const CHOICES = Object.entries(NAMES) as [State['objective'], string][];
/** Two hills on the line, and the noise at which their score is learned. */
const TASK = { means: [-1, 1], sd: 0.4, sigma: 0.3, steps: 400 };
const PLACES = spaced(-2.5, 2.5, 101);

/** Two networks learn one score, by denoising and by another objective. */
export function objectivesFigure(page: Page): LiveFigure {
  const { store } = page;
  const reading = make('p', { class: 'reading', 'aria-live': 'off' });
  const chart = new CurveChart(page, {
    label: 'The exact score on the line, and those that two networks have learned so far',
    xLabel: 'noisy place y',
    aspect: 0.45,
    range: () => [-6, 6],
    curves: [
      { name: 'exact score', term: 'exact', colour: 'muted' },
      { name: 'by denoising', term: 'denoising', colour: 'particle' },
      { name: 'by the objective beside it', term: 'other', colour: 'accent', dash: true },
    ],
  });
  const show = ({ step, exact, scores, errors }: ObjectivesEvent) => {
    chart.set(PLACES, [[...exact], ...scores.map((score) => [...score])]);
    const [own, other] = errors.map((error) => `${(100 * error).toFixed(1)} %`);
    reading.textContent = `After ${step} of ${TASK.steps} steps: mean squared error by denoising ${own} of the squared score, ${NAMES[store.get('objective')]} ${other}.`;
  };
  const costs = new ObjectiveCharts(page);
  const training = new ByItself(page, {
    async work(run) {
      const objectives = ['denoising', store.get('objective')] as const;
      const args = { ...TASK, objectives, seed: store.get('seed'), places: PLACES };
      reading.textContent = 'The networks begin …';
      costs.clear();
      await run.call('objectives', args, show);
      const name = NAMES[store.get('objective')];
      await run.call(
        'objectiveCosts',
        { ...COSTS, objectives, seed: args.seed },
        (event: ObjectiveCostsEvent) => costs.add(event, name),
      );
    },
    onChange() {
      if (!training.isRunning && !training.isDone) reading.textContent = '';
    },
  });
  store.on(['objective', 'seed'], () => training.renew());
  return {
    element: make(
      'div',
      { class: 'stage narrow' },
      bar(
        row(button('Train both anew', () => training.start())),
        menu(store, 'objective', 'Beside denoising', CHOICES),
      ),
      chart.element,
      reading,
      costs.element,
      saveMenu(page, {
        name: 'objectives',
        figures: [],
        strips: [chart, ...costs.charts],
        caption: () =>
          `The score of two hills, learned at noise σ = ${TASK.sigma} by denoising and by another objective (${NAMES[store.get('objective')]}). ${reading.textContent} Below: four hills in more dimensions, mean squared error as a share of the squared score after ${COSTS.steps} steps, and the time of a step`,
      }),
    ),
    setVisible: (isVisible) => training.setVisible(isVisible),
    restyle() {
      chart.restyle();
      costs.restyle();
    },
  };
}
