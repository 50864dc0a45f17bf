import { densityGround, FINE } from '../../figure/densityGround.js';
import { button, digits, group, make, row } from '../../parts/controls.js';
import { Dial } from '../../parts/dial.js';
import { latest } from '../../parts/latest.js';
import type { LiveFigure, Page } from '../../state/page.js';
import { Particles } from '../shared/particles.js';
import { besideControls } from '../shared/parts.js';

const LIMITS = [-3, 3] as const;
const CHAINS = 600;
/** Frames over which variances are averaged. */
const MEMORY = 120;
/** The challenge: a ratio of 4, but for the width of a slider's place; the narrow variance may be this much too large. */
const CHALLENGE = { ratio: 3.9, narrow: 1.3 };

/** A Gaussian that is narrow one way, the particles of a step size, and their variances beside the formula's. */
export function stepSizeFigure(page: Page): LiveFigure {
  const table = make('tbody', {});
  const words = make('p', { class: 'reading' });
  let wide: number[] = [];
  let narrow: number[] = [];
  let isMoved = false;
  const narrowSd = () => 1 / ratio.value;
  const score = () => ({ kind: 'mixture' as const, means: [[0, 0]], sds: [[1, narrowSd()]] });
  const forget = () => {
    wide = [];
    narrow = [];
    show();
  };
  const particles = new Particles(page, {
    id: 'step-size',
    label: 'A Gaussian of two widths, and particles of Langevin dynamics on it',
    plane: { xlim: LIMITS, ylim: LIMITS, isPicture: false },
    chains: CHAINS,
    start: { centre: [2, 0], spread: 0.2 },
    move: () => ({ score: score(), stepSize: step.value * narrowSd() ** 2, steps: 1 }),
    onMove(x) {
      wide.push(meanSquare(x, 0));
      narrow.push(meanSquare(x, 1));
      if (wide.length > MEMORY) {
        wide.shift();
        narrow.shift();
      }
      if (step.value >= 4 && (narrow.at(-1) as number) > 1e4) {
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
      page.client.call('field', { score: score(), grid: { ...grid, n: FINE } }),
      page.client.call('field', { score: score(), grid: { ...grid, n: 13 } }),
    ]);
    particles.figure.ground(
      densityGround({ logp: fine.logp as Float32Array, arrows, longest: 22, deepest: 9, shows: () => true }),
    );
  }, page.fail);
  const show = () => {
    const line = (name: string, sd: number, seen: number[]) => {
      const share = (step.value * narrowSd() ** 2) / (4 * sd ** 2);
      const predicted = share < 1 ? sd ** 2 / (1 - share) : Number.POSITIVE_INFINITY;
      const cells = [
        name,
        digits(sd ** 2),
        predicted === Number.POSITIVE_INFINITY ? 'none' : digits(predicted),
      ];
      return make(
        'tr',
        {},
        ...cells.map((text) => make('td', {}, text)),
        make('td', {}, seen.length === 0 ? '' : digits(meanOf(seen))),
      );
    };
    table.replaceChildren(line('wide', 1, wide), line('narrow', narrowSd(), narrow));
    const steps = Math.ceil((2 * ratio.value ** 2) / step.value);
    if (step.value < 4) {
      words.textContent = `Along the wide way a particle forgets its start in about ${digits(steps)} steps.`;
    }
    if (isMoved && wide.length === MEMORY && ratio.value >= CHALLENGE.ratio) {
      const isWide = Math.abs(meanOf(wide) - 1) < 0.2;
      if (isWide && meanOf(narrow) < CHALLENGE.narrow * narrowSd() ** 2) page.meet('wide');
    }
  };
  const onChange = () => {
    isMoved = true;
    forget();
  };
  const onRatio = () => {
    onChange();
    drawGround();
  };
  const ratio = new Dial({ label: 'Wide to narrow', least: 1, most: 20, initial: 4, log: true }, onRatio);
  const step = new Dial(
    {
      label: 'Step size η, of the narrow variance',
      least: 0.05,
      most: 5,
      initial: 0.05,
      log: true,
      term: 'eta',
    },
    onChange,
  );
  const head = ['way', 'true variance', 'of this η', 'of the particles'].map((text) => make('th', {}, text));
  const numbers = make('table', { class: 'numbers' }, make('thead', {}, make('tr', {}, ...head)), table);
  drawGround();
  show();
  const restart = button('Restart', () => {
    forget();
    particles.restart();
  });
  return {
    element: besideControls(
      particles.figure,
      row(particles.play, restart),
      group('A Gaussian of two widths', ratio.element, step.element),
      numbers,
      words,
    ),
    setVisible: (isVisible) => particles.loop.setVisible(isVisible),
  };
}

const meanOf = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** The mean square of one coordinate of x [n, 2]: the mean of the Gaussian is 0. */
function meanSquare(x: Float32Array, coordinate: number): number {
  let sum = 0;
  for (let i = coordinate; i < x.length; i += 2) sum += x[i] ** 2;
  return (2 * sum) / x.length;
}
