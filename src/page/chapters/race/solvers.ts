import { solverLines } from '../../../apps/explanations.js';
import { make, slider } from '../../parts/controls.js';
import { saveMenu } from '../../save/menu.js';
import type { LiveFigure, Page } from '../../state/page.js';
import { type SolverName, solverNames } from '../../worker/flowMenu.js';
import type { SolverErrorEvent } from '../../worker/solverErrors.js';
import { ByItself } from '../shared/byItself.js';
import { CurveChart } from '../shared/curveChart.js';
import { bar } from '../shared/parts.js';
import { LEAST_SIGMA, MOST_SIGMA } from './range.js';

/** Scores of each point, even: Heun's method asks for two a step. */
const SCORES = [4, 6, 8, 12, 16, 24, 36, 60, 100, 160, 250];
const CHAINS = 300;
/** The least distance that is shown. */
const LEAST_ERROR = 1e-5;
/** Their names in short. */
const SHORT = {
  deis: 'DEIS',
  dpmSolver: 'DPM-Solver++',
  accelerated: 'accelerated',
  ddim: 'DDIM',
  heun: 'Heun',
} as const satisfies Record<SolverName, string>;
const COLOURS = {
  deis: { colour: 'accent' },
  dpmSolver: { colour: 'accent', dash: true },
  accelerated: { colour: 'muted', dash: true },
  ddim: { colour: 'muted' },
  heun: { colour: 'particle' },
} as const satisfies Record<SolverName, object>;

/** How far each solver of the probability flow ends from the flow's own end, over the scores it asked for. */
export function solversFigure(page: Page): LiveFigure {
  const { store } = page;
  const reading = make('p', { class: 'reading', 'aria-live': 'off' });
  const errors = new Map<SolverName, number[]>();
  /** The reader's scores, within the chart. */
  const marked = () => Math.min(SCORES[SCORES.length - 1], store.get('scores'));
  const chart = new CurveChart(page, {
    label: 'Distance from the exact end over scores for each solver, both axes logarithmic',
    xLabel: 'scores for each point',
    log: { x: true, y: true },
    hasDots: true,
    range: () => [LEAST_ERROR, 0.1],
    aspect: 0.5,
    mark: marked,
    curves: solverNames.map((name) => ({
      name: `${SHORT[name]}: ${solverLines[name]}`,
      term: name,
      ...COLOURS[name],
    })),
  });
  const draw = () => {
    const empty = SCORES.map(() => null);
    // Below the axis distances are those of rounding.
    const shown = (name: SolverName) =>
      errors.get(name)?.map((value) => (value < LEAST_ERROR ? null : value)) ?? empty;
    chart.set(SCORES, solverNames.map(shown));
    read();
  };
  const read = () => {
    const at = SCORES.reduce((best, count, i) => (count <= marked() ? i : best), 0);
    const parts = solverNames.flatMap((name) => {
      const error = errors.get(name)?.[at];
      return error === undefined ? [] : [`${SHORT[name]} ${Number(error.toPrecision(2))}`];
    });
    reading.textContent =
      parts.length === 0 ? 'The solvers run …' : `With ${SCORES[at]} scores: ${parts.join(' · ')}`;
  };
  const measuring = new ByItself(page, {
    isStill: true,
    async work(run) {
      errors.clear();
      draw();
      const args = { scores: SCORES, chains: CHAINS, seed: 0, sigmaMin: LEAST_SIGMA, sigmaMax: MOST_SIGMA };
      await run.call('solverErrors', args, (event: SolverErrorEvent) => {
        errors.set(event.solver, event.errors);
        draw();
      });
    },
  });
  store.on(['scores'], () => {
    chart.remark();
    read();
  });
  page.on('picture', () => measuring.renew());
  return {
    element: make(
      'div',
      { class: 'stage narrow' },
      bar(
        slider(store, 'scores', {
          label: 'Scores for each particle',
          log: true,
          whole: true,
          term: 'scores',
        }),
      ),
      make(
        'p',
        { class: 'caption' },
        'Root-mean-square distance from the exact end, in sides of the picture',
      ),
      chart.element,
      reading,
      saveMenu(page, {
        name: 'solvers',
        figures: [],
        strips: [chart],
        caption: () =>
          `Root-mean-square distance from the exact end of the flow, σ from ${MOST_SIGMA} to ${LEAST_SIGMA}, in sides of the picture. The upright line: ${marked()} scores`,
      }),
    ),
    setVisible: (isVisible) => measuring.setVisible(isVisible),
    restyle: () => chart.restyle(),
  };
}
