import { drawPoints } from '../../figure/draw.js';
import { Figure, type Painter } from '../../figure/figure.js';
import { type Pen, type Plane, toSquare } from '../../figure/plane.js';
import { digits, group, make, slider } from '../../parts/controls.js';
import { latest } from '../../parts/latest.js';
import { saveMenu } from '../../save/menu.js';
import type { LiveFigure, Page } from '../../state/page.js';
import { legendStrip } from '../shared/legendPicture.js';
import { type LineMixture, lineMoments, lineScore, noisy, spaced } from '../shared/lineMixture.js';
import { besideControls, type Drawn, legendOf } from '../shared/parts.js';
import { regressionCode } from './code.js';

const POINTS = 4000;
const DRAWN = { n: POINTS, seed: 4 };
const LIMITS = [-3, 3] as const;
const Y = spaced(-3, 3, 241);
/** Columns whose points are averaged. */
const COLUMNS = 40;
const hills: LineMixture = { means: [-1.2, 0.9], sds: [0.25, 0.35], weights: [0.45, 0.55] };

/** Clean x over noisy y: averages of columns, Tweedie's formula, and the best straight line. */
export function regressionFigure(page: Page): LiveFigure {
  const { store } = page;
  const figure = new Figure('Clean numbers over noisy ones, with the mean of each column', {
    xlim: LIMITS,
    ylim: LIMITS,
    isPicture: false,
  });
  const reading = make('p', { class: 'reading' });
  let paint: Painter = () => {};
  /** x [n], and standard normal noise [n]. */
  let drawn = { x: new Float64Array(0), z: new Float64Array(0) };
  const load = async () => {
    try {
      const normals = await page.client.call('normals', { ...DRAWN, dim: 2 });
      const x = new Float64Array(POINTS);
      const z = new Float64Array(POINTS);
      for (let i = 0; i < POINTS; i++) {
        // As many points of each hill as its weight says.
        const hill = (i + 0.5) / POINTS < hills.weights[0] ? 0 : 1;
        x[i] = hills.means[hill] + hills.sds[hill] * normals[2 * i];
        z[i] = normals[2 * i + 1];
      }
      drawn = { x, z };
      draw();
    } catch (error) {
      page.fail(error);
    }
  };
  const draw = latest(async () => {
    const { x, z } = drawn;
    const noise = store.get('guessNoise');
    const points = new Float32Array(2 * x.length);
    const sums = new Float64Array(COLUMNS);
    const counts = new Float64Array(COLUMNS);
    const errors = { itself: 0, line: 0, tweedie: 0 };
    const blurred = noisy(hills, noise);
    const { mean, variance } = lineMoments(hills);
    const tweedie = (y: number) => y + noise ** 2 * lineScore(blurred, y);
    const line = (y: number) => mean + (variance / (variance + noise ** 2)) * (y - mean);
    for (let i = 0; i < x.length; i++) {
      const y = x[i] + noise * z[i];
      points[2 * i] = y;
      points[2 * i + 1] = x[i];
      const column = Math.floor(((y - LIMITS[0]) / (LIMITS[1] - LIMITS[0])) * COLUMNS);
      if (column >= 0 && column < COLUMNS) {
        sums[column] += x[i];
        counts[column]++;
      }
      errors.itself += (y - x[i]) ** 2 / x.length;
      errors.line += (line(y) - x[i]) ** 2 / x.length;
      errors.tweedie += (tweedie(y) - x[i]) ** 2 / x.length;
    }
    reading.textContent = `Mean squared error: y itself ${digits(errors.itself)}, the straight line ${digits(errors.line)}, Tweedie ${digits(errors.tweedie)}.`;
    const means = Float32Array.from(
      [...counts.keys()]
        .filter((i) => counts[i] > 3)
        .flatMap((i) => [LIMITS[0] + ((i + 0.5) * (LIMITS[1] - LIMITS[0])) / COLUMNS, sums[i] / counts[i]]),
    );
    paint = (pen, plane, colours) => {
      const lit = page.term;
      pen.globalAlpha = 0.35;
      drawPoints(pen, plane, points, 2, colours.muted);
      pen.globalAlpha = 1;
      const curve = (of: (y: number) => number, colour: string, isLit: boolean) =>
        drawCurve(pen, plane, of, colour, isLit ? 5 : 2.2);
      curve((y) => y, colours.muted, lit === 'noisy');
      curve(line, colours.curve, lit === 'line');
      curve(tweedie, colours.accent, lit === 'tweedie');
      drawPoints(pen, plane, means, lit === 'means' ? 11 : 7, colours.particle);
    };
    figure.top(paint);
  }, page.fail);
  store.on(['guessNoise'], draw);
  page.on('term', () => figure.top(paint));
  load();
  const drawnParts: readonly Drawn[] = [
    { term: 'means', colour: 'particle', name: 'mean of x in a column of y', dots: true },
    { term: 'tweedie', colour: 'accent', name: 'Tweedie’s formula, y + σ² score' },
    { term: 'line', colour: 'tone', name: 'best straight line' },
    { term: 'noisy', colour: 'muted', name: 'y itself' },
  ];
  const save = saveMenu(page, {
    name: 'regression',
    figures: [figure],
    strips: [legendStrip(figure.element, drawnParts)],
    code: () => regressionCode(store.all, hills, DRAWN),
    caption: () =>
      `Clean x (upwards) over noisy y (to the right), both from −3 to 3, noise σ = ${digits(store.get('guessNoise'))}. ${reading.textContent}`,
  });
  return {
    element: besideControls(
      figure,
      make('div', {}, legendOf(drawnParts), save),
      group('Noise', slider(store, 'guessNoise', { label: 'Noise σ', log: true, term: 'noisy' })),
      reading,
    ),
    setVisible() {},
  };
}

function drawCurve(pen: Pen, plane: Plane, of: (y: number) => number, colour: string, width: number): void {
  pen.strokeStyle = colour;
  pen.lineWidth = width;
  pen.lineJoin = 'round';
  pen.beginPath();
  Y.forEach((y, i) => {
    const place = toSquare(plane, y, of(y));
    if (i === 0) pen.moveTo(...place);
    else pen.lineTo(...place);
  });
  pen.stroke();
}
