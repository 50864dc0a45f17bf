import type { Colours } from '../../figure/colours.js';
import { drawPoints } from '../../figure/draw.js';
import { Figure } from '../../figure/figure.js';
import { type Pen, type Plane, toSquare, unitSquare } from '../../figure/plane.js';
import { digits, make, row, slider } from '../../parts/controls.js';
import { saveMenu } from '../../save/menu.js';
import type { LiveFigure, Page } from '../../state/page.js';
import { limitsOf } from '../../state/state.js';
import type { GivenEvent, Way } from '../../worker/given.js';
import { ByItself } from '../shared/byItself.js';
import { drawFaint } from '../shared/fields.js';
import { bar, seedButton } from '../shared/parts.js';
import { pictureOf } from '../shared/picture.js';
import { givenCode } from './givenCode.js';

const SIZES = { count: 600, steps: 40 };
/** The challenge: guidance errs by more than at the first reading, and particles come so near to exact draws. */
const CHALLENGE = { guided: 0.2, near: 0.04 };
const NAMES: Record<Way, string> = {
  exact: 'Exact draws',
  guided: 'Guidance alone',
  corrected: 'Corrected by particles',
};
const WAYS = Object.keys(NAMES) as Way[];

/** Points of the picture given a noisy reading of how far to the right they are, drawn in three ways. */
export function givenFigure(page: Page): LiveFigure {
  const { store } = page;
  const figures = WAYS.map((way) => new Figure(`${NAMES[way]} of points given the reading`, unitSquare));
  const captions = WAYS.map((way) => make('figcaption', {}, NAMES[way]));
  const told = new Map<Way, GivenEvent>();
  const reading = make('p', { class: 'reading', 'aria-live': 'off' });

  /** Whether the reader has moved the line or taken other particles. */
  let hasTried = false;

  const drawGrounds = () => {
    const picture = pictureOf(store.get('picture'));
    const [seen, noise] = [store.get('seenAt'), store.get('seenNoise')];
    const colour = (colours: Colours) => (page.term === 'reading' ? colours.particle : colours.accent);
    for (const figure of figures)
      figure.ground((pen, plane, colours) => {
        drawFaint(pen, plane, picture, colours);
        drawReading(pen, plane, { seen, noise, colour: colour(colours) });
      });
  };
  const drawTops = () =>
    WAYS.forEach((way, i) => {
      const event = told.get(way);
      captions[i].textContent = event
        ? `${NAMES[way]}: off by ${event.totalVariation.toFixed(3)}`
        : NAMES[way];
      figures[i].top((pen, plane, colours) => {
        const isLit = page.term === way;
        if (event) drawPoints(pen, plane, event.x, isLit ? 6 : 4, isLit ? colours.accent : colours.particle);
      });
    });
  const sampling = new ByItself(page, {
    isStill: true,
    async work(run) {
      reading.textContent = 'Drawing …';
      const { seenAt: seen, seenNoise: noise, correcting: particles, seed } = store.all;
      await run.call('given', { ...SIZES, seen, noise, particles, seed }, (event: GivenEvent) => {
        told.set(event.way, event);
        drawTops();
      });
      const [exact, guided, corrected] = WAYS.map((way) => told.get(way)?.totalVariation ?? 0);
      reading.textContent = `Heights off by a total variation of ${guided.toFixed(3)} with guidance alone, ${corrected.toFixed(3)} with ${particles} ${particles === 1 ? 'particle' : 'particles'} a sample; as many exact draws have ${exact.toFixed(3)}.`;
      if (hasTried && guided > CHALLENGE.guided && corrected < exact + CHALLENGE.near) page.meet('corrected');
    },
    onChange() {
      if (!sampling.isRunning && !sampling.isDone) reading.textContent = '';
    },
  });
  const renew = () => {
    told.clear();
    drawGrounds();
    drawTops();
    sampling.renew();
  };
  store.on(['seenAt', 'seenNoise', 'correcting', 'seed'], renew);
  store.on(['seenAt', 'correcting'], () => {
    hasTried = true;
  });
  page.on('picture', renew);
  page.on('term', () => {
    drawGrounds();
    drawTops();
  });
  for (const figure of figures) takeDrag(figure, (seenAt) => store.set({ seenAt }));
  drawGrounds();

  const panels = figures.map((figure, i) => make('figure', {}, figure.element, captions[i]));
  return {
    element: make(
      'div',
      { class: 'stage' },
      bar(
        row(seedButton(store, 'Draw again')),
        slider(store, 'seenAt', { label: 'Reading o', step: 0.01, term: 'reading' }),
        slider(store, 'seenNoise', { label: 'Its error τ', log: true, term: 'reading' }),
        slider(store, 'correcting', { label: 'Particles a sample', step: 1, whole: true, term: 'corrected' }),
      ),
      make('div', { class: 'panels few' }, ...panels),
      reading,
      saveMenu(page, {
        name: 'given',
        figures,
        code: () => givenCode(store.all, SIZES),
        caption: () =>
          `Points given x₁ = ${digits(store.get('seenAt'))} ± ${digits(store.get('seenNoise'))}: exact, by guidance, and corrected by ${store.get('correcting')} particles each; off: total variation of the heights`,
      }),
    ),
    setVisible: (isVisible) => sampling.setVisible(isVisible),
  };
}

/** An upright line at the reading, and a band of its error to each side. */
function drawReading(
  pen: Pen,
  plane: Plane,
  { seen, noise, colour }: { seen: number; noise: number; colour: string },
): void {
  const [left] = toSquare(plane, 0, Math.max(0, seen - noise));
  const [middle] = toSquare(plane, 0, seen);
  const [right] = toSquare(plane, 0, Math.min(1, seen + noise));
  pen.fillStyle = colour;
  pen.globalAlpha = 0.14;
  pen.fillRect(left, 0, right - left, plane.size);
  pen.globalAlpha = 1;
  pen.fillRect(middle - 1, 0, 2, plane.size);
}

/** Has the reader drag the line of a figure; the slider is there for keys. */
function takeDrag(figure: Figure, onMove: (seen: number) => void): void {
  const { element } = figure;
  element.classList.add('sideways');
  const { least, most } = limitsOf('seenAt');
  const move = (event: PointerEvent) => {
    const [, right] = figure.pointUnder(event);
    onMove(Number(Math.min(most, Math.max(least, right)).toFixed(3)));
  };
  element.addEventListener('pointerdown', (event) => {
    element.setPointerCapture(event.pointerId);
    move(event);
  });
  element.addEventListener('pointermove', (event) => {
    if (element.hasPointerCapture(event.pointerId)) move(event);
  });
}
