import { between, drawPoints, drawShades } from '../../figure/draw.js';
import { Figure, type Painter } from '../../figure/figure.js';
import { type Pen, type Plane, toSquare } from '../../figure/plane.js';
import { button, digits, group, make, slider } from '../../parts/controls.js';
import { saveMenu } from '../../save/menu.js';
import type { LiveFigure, Page } from '../../state/page.js';
import { limitsOf } from '../../state/state.js';
import { middles } from '../../worker/grid.js';
import { CurveChart } from '../shared/curveChart.js';
import { legendStrip } from '../shared/legendPicture.js';
import { spaced } from '../shared/lineMixture.js';
import { captioned, type Drawn, legendOf } from '../shared/parts.js';
import { at, drawnLine, expectedError, type Line, lineError, longestAxis, ridgeLine } from './fuzzyLine.js';

const LIMITS = [-5, 5] as const;
const SQUARE = { xlim: LIMITS, ylim: LIMITS, isPicture: false };
/** Lines whose errors are measured, and the numbers that each is drawn from. */
const [LINES, COLUMNS] = [300, 2 + limitsOf('onLine').most];
/** Cells a side of the shades. */
const SHADES = 80;
/** Noises that lines are fitted with, for the chart. */
const FINE = spaced(Math.log(limitsOf('penalty').least), Math.log(limitsOf('penalty').most), 61).map(
  Math.exp,
);
/** Every so many of them are measured. */
const EVERY = 5;
/** The challenge: few points, and a noise that is told within this factor. */
const CHALLENGE = { points: 4, factor: 1.08 };

/** What both pictures draw. */
const DRAWN: readonly Drawn[] = [
  { name: 'a point', term: 'points', colour: 'particle', dots: true },
  { name: 'where it is led', term: 'jump', colour: 'accent', dots: true },
  { name: 'fitted line', term: 'fitted', colour: 'accent' },
  { name: 'true line', term: 'truth', colour: 'muted' },
];

/** A line with noise about it: as a denoiser, with noise in y or in both, and fitted with any noise. */
export function fuzzyFigure(page: Page): LiveFigure {
  const { store } = page;
  const up = new Figure('Points, the fuzzy line that is fitted to them, and where each is led', SQUARE);
  const across = new Figure('The same points, led to their longest axis', SQUARE);
  const reading = make('p', { class: 'reading' });
  const chart = new CurveChart(page, {
    label: 'The error of the fitted line over the noise that it is fitted with',
    yLabel: 'error',
    xLabel: 'noise σ that the line is fitted with',
    aspect: 0.3,
    log: { x: true, y: true },
    range: (least, most) => [0.8 * least, 1.25 * most],
    curves: [
      { name: 'error at new places, over all lines', term: 'error', colour: 'accent' },
      { name: `mean of ${LINES} lines`, term: 'drawn', colour: 'tone', dots: true },
      { name: 'at the true noise', term: 'true', colour: 'muted', dots: true },
      { name: 'at your σ', term: 'penalty', colour: 'particle', dots: true },
    ],
  });
  let normals: Float32Array | undefined;
  let isMoved = false;

  let drawn: ReturnType<typeof drawnLine>[] = [];
  /** The mean error of all lines by the noise that they are fitted with. */
  let measured = new Map<number, number>();

  const drawLines = () => {
    if (!normals) return;
    const own = normals;
    const options = { columns: COLUMNS, n: store.get('onLine'), noise: store.get('fuzz') };
    drawn = Array.from({ length: LINES }, (_, row) => drawnLine(own, { row, ...options }));
    const mean = (s: number) =>
      drawn.reduce((sum, { line, points }) => sum + lineError(ridgeLine(points, s), line) / LINES, 0);
    measured = new Map(FINE.filter((_, i) => i % EVERY === 0).map((s) => [s, mean(s)]));
    draw();
  };
  const draw = () => {
    if (drawn.length === 0) return;
    const [n, noise, sigma] = [store.get('onLine'), store.get('fuzz'), store.get('penalty')];
    const { line, points } = drawn[store.get('lineSeed')];
    const fitted = ridgeLine(points, sigma);
    const axis = longestAxis(points);
    const [cos, sin] = [Math.cos(axis.angle), Math.sin(axis.angle)];
    const away = (x: number, y: number) => cos * (y - axis.middle[1]) - sin * (x - axis.middle[0]);
    const flat = points.x.flatMap((x, i) => [x, points.y[i]]);
    const lit = page.term;
    paint(up, {
      x: flat,
      to: flat.map((v, i) => (i % 2 === 0 ? v : at(fitted, flat[i - 1]))),
      shade: (x, y) => bell((y - at(fitted, x)) / sigma),
      line: fitted,
      truth: line,
      lit,
    });
    const slope = sin / cos;
    paint(across, {
      x: flat,
      to: flat.map((v, i) => v + (i % 2 === 0 ? sin * away(v, flat[i + 1]) : -cos * away(flat[i - 1], v))),
      shade: (x, y) => bell(away(x, y) / Math.max(0.05, axis.across)),
      line: { slope, intercept: axis.middle[1] - slope * axis.middle[0] },
      truth: line,
      lit,
    });
    const s = [...new Set([...FINE, noise, sigma])].sort((a, b) => a - b);
    const only = (one: number) => s.map((value) => (value === one ? expectedError(n, noise, value) : null));
    chart.set(s, [
      s.map((value) => expectedError(n, noise, value)),
      s.map((value) => measured.get(value) ?? null),
      only(noise),
      only(sigma),
    ]);
    reading.textContent = `Fitted with σ = ${digits(sigma)}, a line is off by ${digits(expectedError(n, noise, sigma))} in the mean square; the least, at the true σ = ${digits(noise)}, is ${digits(expectedError(n, noise, noise))}. This one is off by ${digits(lineError(fitted, line))}.`;
    const isNear = Math.abs(Math.log(sigma / noise)) < Math.log(CHALLENGE.factor);
    if (isMoved && n <= CHALLENGE.points && isNear) page.meet('penalty');
  };
  const load = async () => {
    try {
      normals = await page.client.call('normals', { n: LINES, dim: COLUMNS, seed: 5 });
      drawLines();
    } catch (error) {
      page.fail(error);
    }
  };
  store.on(['onLine', 'fuzz'], drawLines);
  store.on(['lineSeed'], draw);
  store.on(['penalty'], () => {
    isMoved = true;
    draw();
  });
  page.on('term', draw);
  load();
  const another = button('Another line', () => store.set({ lineSeed: (store.get('lineSeed') + 1) % LINES }));
  return {
    element: make(
      'div',
      { class: 'sides' },
      make(
        'div',
        { class: 'stage' },
        make(
          'div',
          { class: 'pair' },
          captioned(up, 'Noise in y alone: to denoise is to go up or down to the line'),
          captioned(across, 'Noise in x and y alike: the nearest line is another'),
        ),
        legendOf(DRAWN),
        reading,
        chart.element,
        saveMenu(page, {
          name: 'fuzzy-line',
          figures: [up, across],
          strips: [legendStrip(up.element, DRAWN), chart],
          caption: () =>
            `${store.get('onLine')} points about a line, x and y from −5 to 5, noise σ = ${digits(store.get('fuzz'))}; fitted with σ = ${digits(store.get('penalty'))} for noise in y alone (left), and with noise in x and y alike (right)`,
        }),
      ),
      make(
        'div',
        { class: 'controls' },
        group(
          'Points about a line',
          slider(store, 'onLine', { label: 'Points', step: 1 }),
          slider(store, 'fuzz', { label: 'True noise σ, in y', log: true, term: 'true' }),
          another,
        ),
        group(
          'Fit',
          slider(store, 'penalty', { label: 'Noise σ that it is fitted with', log: true, term: 'penalty' }),
        ),
      ),
    ),
    setVisible() {},
    restyle: () => chart.restyle(),
  };
}

const bell = (u: number) => Math.exp((-u * u) / 2);

interface Fuzzy {
  /** Points [n, 2], and where each is led [n, 2]. */
  x: readonly number[];
  to: readonly number[];
  /** The fuzzy line as a height from 0 to 1. */
  shade: (x: number, y: number) => number;
  line: Line;
  truth: Line;
  lit: string | undefined;
}

function paint(figure: Figure, { x, to, shade, line, truth, lit }: Fuzzy): void {
  const ground: Painter = (pen, plane, colours) => {
    const cells = middles({ ...SQUARE, n: SHADES });
    const values = Float64Array.from({ length: SHADES * SHADES }, (_, i) =>
      shade(cells[2 * i], cells[2 * i + 1]),
    );
    drawShades(pen, plane, { n: SHADES, values }, between(colours.paper, colours.faint), true, 1);
    drawLine(pen, plane, truth, colours.muted, lit === 'truth' ? 5 : 1.5);
    drawLine(pen, plane, line, colours.accent, lit === 'fitted' ? 5 : 2.5);
  };
  figure.ground(ground);
  figure.top((pen, plane, colours) => {
    pen.strokeStyle = colours.ink;
    pen.lineWidth = lit === 'jump' ? 4 : 1.5;
    pen.beginPath();
    for (let i = 0; i < x.length; i += 2) {
      pen.moveTo(...toSquare(plane, x[i], x[i + 1]));
      pen.lineTo(...toSquare(plane, to[i], to[i + 1]));
    }
    pen.stroke();
    drawPoints(pen, plane, Float32Array.from(to), 5, colours.accent);
    drawPoints(pen, plane, Float32Array.from(x), lit === 'points' ? 13 : 9, colours.particle);
  });
}

function drawLine(pen: Pen, plane: Plane, line: Line, colour: string, width: number): void {
  pen.strokeStyle = colour;
  pen.lineWidth = width;
  pen.beginPath();
  pen.moveTo(...toSquare(plane, LIMITS[0], at(line, LIMITS[0])));
  pen.lineTo(...toSquare(plane, LIMITS[1], at(line, LIMITS[1])));
  pen.stroke();
}
