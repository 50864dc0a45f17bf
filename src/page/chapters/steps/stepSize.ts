import { langevinEfficiency, langevinVariance } from '../../../apps/langevinStep.js';
import { densityGround, FINE } from '../../figure/densityGround.js';
import { button, digits, group, make, row, slider, toggle } from '../../parts/controls.js';
import { latest } from '../../parts/latest.js';
import { saveMenu } from '../../save/menu.js';
import type { LiveFigure, Page } from '../../state/page.js';
import { limitsOf } from '../../state/state.js';
import { CurveChart } from '../shared/curveChart.js';
import { spaced } from '../shared/lineMixture.js';
import { Particles } from '../shared/particles.js';
import { besideControls } from '../shared/parts.js';
import { MEMORY, Way } from './way.js';

const LIMITS = [-3, 3] as const;
const CHAINS = 600;
/** Frames from one drawing of the chart to the next. */
const EVERY = 6;
/** The challenge: a ratio of 4, but for the width of a slider's place; the narrow variance may be this much too large. */
const CHALLENGE = { ratio: 3.9, narrow: 1.3 };

/** Step sizes of the chart, in units of the narrow variance; its axes are logarithmic. */
const STEPS = spaced(Math.log(limitsOf('narrowStep').least), Math.log(limitsOf('narrowStep').most), 81).map(
  Math.exp,
);

/** A Gaussian that is narrow one way, the particles of a step size, and their variances beside the formula's. */
export function stepSizeFigure(page: Page): LiveFigure {
  const table = make('tbody', {});
  const words = make('p', { class: 'reading' });
  const { store } = page;
  const wide = new Way();
  const narrow = new Way();
  let isMoved = false;
  let shown = 0;
  const narrowSd = () => 1 / store.get('ratio');
  const density = () => ({ kind: 'mixture' as const, means: [[0, 0]], sds: [[1, narrowSd()]] });
  /** What a step of m narrow variances makes along a way of this standard deviation; preconditioned, both are of width one. */
  const along = (m: number, sd: number) =>
    store.get('precondition')
      ? { variance: langevinVariance(m, 1), worth: langevinEfficiency(m, 1), isStable: m < 4 }
      : {
          variance: langevinVariance(m * narrowSd() ** 2, sd),
          worth: langevinEfficiency(m * narrowSd() ** 2, sd),
          isStable: m * narrowSd() ** 2 < 4 * sd ** 2,
        };
  const chart = new CurveChart(page, {
    label: 'Draws that a step is worth, which is also the excess of the variance, over the step size',
    xLabel: 'step size in narrow variances',
    aspect: 0.62,
    log: { x: true, y: true },
    range: () => [1e-4, 10],
    curves: [
      { name: 'wide way', term: 'wide', colour: 'tone' },
      { name: 'narrow way', term: 'narrow', colour: 'accent' },
      { name: 'wide way, draws a step: measured', term: 'worth', colour: 'tone', dots: true },
      {
        name: 'narrow way, excess: measured',
        term: 'excess',
        colour: 'accent',
        dots: true,
      },
    ],
  });
  const forget = () => {
    wide.forget();
    narrow.forget();
    shown = 0;
    show();
  };
  const particles = new Particles(page, {
    id: 'step-size',
    label: 'A Gaussian of two widths, and particles of Langevin dynamics on it',
    plane: { xlim: LIMITS, ylim: LIMITS, isPicture: false },
    chains: CHAINS,
    start: { centre: [2, 0], spread: 0.2 },
    move: () =>
      store.get('precondition')
        ? {
            score: { kind: 'mixture', means: [[0, 0]], sds: [[1, 1]] },
            scales: [1, narrowSd()],
            stepSize: store.get('narrowStep'),
            steps: 1,
          }
        : { score: density(), stepSize: store.get('narrowStep') * narrowSd() ** 2, steps: 1 },
    onMove(x) {
      wide.see(x.filter((_, i) => i % 2 === 0));
      narrow.see(x.filter((_, i) => i % 2 === 1));
      if (store.get('narrowStep') >= 4 && narrow.last > 1e4) {
        tooLong();
        particles.restart();
        forget();
      } else show();
    },
    onError: () => tooLong(),
  });
  const tooLong = () => {
    words.textContent =
      'The particles flew off: each step overshot by more than the one before. They start again.';
  };
  const drawGround = latest(async () => {
    const grid = { xlim: LIMITS, ylim: LIMITS };
    const [fine, arrows] = await Promise.all([
      page.client.call('field', { score: density(), grid: { ...grid, n: FINE } }),
      page.client.call('field', { score: density(), grid: { ...grid, n: 13 } }),
    ]);
    particles.figure.ground(
      densityGround({ logp: fine.logp as Float32Array, arrows, longest: 22, deepest: 9, shows: () => true }),
    );
  }, page.fail);
  const show = () => {
    const m = store.get('narrowStep');
    const line = (name: string, sd: number, way: Way) => {
      const { variance, isStable } = along(m, sd);
      const cells = [name, digits(sd ** 2), isStable ? digits(sd ** 2 * variance) : 'none'];
      return make(
        'tr',
        {},
        ...cells.map((text) => make('td', {}, text)),
        make('td', {}, way.count === 0 ? '' : digits(way.variance)),
      );
    };
    table.replaceChildren(line('wide', 1, wide), line('narrow', narrowSd(), narrow));
    if (shown++ % EVERY === 0) drawChart();
    const steps = Math.ceil((store.get('precondition') ? 2 : 2 * store.get('ratio') ** 2) / m);
    if (m < 4) {
      words.textContent = `Along the wide way a particle forgets its start in about ${digits(steps)} ${steps === 1 ? 'step' : 'steps'}.`;
    }
    if (isMoved && wide.count === MEMORY && store.get('ratio') >= CHALLENGE.ratio) {
      const isWide = Math.abs(wide.variance - 1) < 0.2;
      if (isWide && narrow.variance < CHALLENGE.narrow * narrowSd() ** 2) page.meet('wide');
    }
  };
  const drawChart = () => {
    const own = store.get('narrowStep');
    const m = [...new Set([...STEPS, own])].sort((a, b) => a - b);
    const curve = (sd: number) =>
      m.map((step) => {
        const { worth, isStable } = along(step, sd);
        return isStable ? worth : null;
      });
    // Too few frames say nothing, and what is no excess has no place on this axis.
    const dot = (value: number) =>
      m.map((step) => (step === own && wide.count > MEMORY / 4 && value > 1e-4 ? value : null));
    chart.set(m, [curve(1), curve(narrowSd()), dot(wide.worth), dot(narrow.variance / narrowSd() ** 2 - 1)]);
  };
  const onChange = () => {
    isMoved = true;
    forget();
  };
  const onRatio = () => {
    onChange();
    drawGround();
  };
  store.on(['ratio'], onRatio);
  store.on(['narrowStep'], onChange);
  store.on(['precondition'], () => {
    onChange();
    particles.restart();
  });
  const head = ['way', 'true variance', 'of this η', 'of the particles'].map((text) => make('th', {}, text));
  const numbers = make('table', { class: 'numbers' }, make('thead', {}, make('tr', {}, ...head)), table);
  drawGround();
  show();
  const restart = button('Restart', () => {
    forget();
    particles.restart();
  });
  const save = saveMenu(page, {
    name: 'step-size',
    figures: [particles.figure],
    strips: [chart],
    caption: () =>
      `Langevin steps of η = ${digits(store.get('narrowStep'))} narrow variances${store.get('precondition') ? ', preconditioned,' : ''} on a Gaussian of widths 1 and ${digits(narrowSd())}, both axes from −3 to 3.${wide.count > 0 ? ` Variances of the particles: ${digits(wide.variance)} and ${digits(narrow.variance)}.` : ''} Below: draws that a step is worth, which is also the excess of the variance`,
    advance: () => particles.move(),
    loop: particles.loop,
  });
  return {
    element: besideControls(
      particles.figure,
      make('div', {}, row(particles.play, restart), save),
      group(
        'A Gaussian of two widths',
        slider(store, 'ratio', { label: 'Wide to narrow', log: true }),
        slider(store, 'narrowStep', {
          label: 'Step size η, in narrow variances',
          log: true,
          term: 'eta',
        }),
        toggle(store, 'precondition', 'Precondition: longer steps along the wide way'),
      ),
      group('Draws that a step is worth; excess of the variance', chart.element),
      numbers,
      words,
    ),
    setVisible: (isVisible) => particles.loop.setVisible(isVisible),
    restyle: () => chart.restyle(),
  };
}
