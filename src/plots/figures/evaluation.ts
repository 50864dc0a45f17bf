import * as Plot from '@observablehq/plot';
import { checkNumbers, checkPositive, type Numbers } from '../drawing/check.js';
import { figureDocument } from '../drawing/document.js';
import { lineLegend } from '../drawing/legend.js';
import { extent, shortNumber } from '../drawing/numbers.js';
import { innerXml, placed, sheet, titleHeight, titleLine } from '../drawing/svg.js';
import { INK, RULE, seriesColour } from '../drawing/theme.js';

/** Options of {@link evaluationFigure}. */
export interface EvaluationOptions {
  /** Noise levels [L], in any order. */
  sigma: Numbers;
  /** The network's loss at each [L]. */
  loss: Numbers;
  /** The loss of the exact score at each [L]. */
  bestLoss: Numbers;
  /** Written above the figure. */
  title?: string;
}

const WIDTH = 640;
const LEFT = 62;

/**
 * Draws the loss and the best possible loss by noise level, and their difference below on its own axis. Returns
 * an SVG document; throws a RangeError where lengths do not match, a number is not finite or a sigma not positive.
 */
export function evaluationFigure({ sigma, loss, bestLoss, title }: EvaluationOptions): string {
  const where = 'evaluationFigure';
  checkNumbers(where, 'sigma', sigma, sigma?.length);
  checkPositive(where, 'sigma', sigma);
  checkNumbers(where, 'loss', loss, sigma.length);
  checkNumbers(where, 'bestLoss', bestLoss, sigma.length);
  if (sigma.length === 0) throw new RangeError(`${where}: sigma must hold at least one noise level, got 0`);
  const rows = Array.from(sigma, (s, i) => ({
    sigma: s,
    loss: loss[i],
    best: bestLoss[i],
    excess: loss[i] - bestLoss[i],
  })).sort((a, b) => a.sigma - b.sigma);
  const [low, high] = extent(sigma);
  const room = (high / low) ** 0.02 * 1.02;
  const x: Plot.ScaleOptions = { type: 'log', domain: [low / room, high * room], axis: null };
  const [over, under] = [seriesColour(0), seriesColour(1)];
  const panel = (
    height: number,
    bottom: boolean,
    label: string,
    y: [number, number],
    marks: Plot.Markish[],
  ) => {
    const decades = Math.log10(high / low);
    const node = Plot.plot({
      document: figureDocument(),
      width: WIDTH,
      height,
      marginLeft: LEFT,
      marginRight: 22,
      marginTop: 8,
      marginBottom: bottom ? 44 : 12,
      x,
      y: { domain: y, axis: null },
      marks: [
        Plot.gridY({ ticks: 4, stroke: RULE, strokeOpacity: 0.35 }),
        Plot.frame({ stroke: RULE }),
        ...marks,
        Plot.axisX({
          // within one decade a log axis has no powers of ten to show
          ticks: decades < 1 ? spread(low, high) : 5,
          tickFormat: bottom ? (v: number) => shortNumber(v) : () => '',
          label: bottom ? 'noise level σ (log scale)' : null,
          labelAnchor: 'center',
          labelArrow: 'none',
          labelOffset: 38,
          tickSize: 4,
        }),
        Plot.axisY({
          ticks: 4,
          label,
          labelAnchor: 'center',
          labelArrow: 'none',
          labelOffset: 52,
          tickSize: 4,
        }),
      ],
    });
    return innerXml(node);
  };
  const line = { x: 'sigma', strokeWidth: 2, marker: 'none' as const };
  const upper = panel(260, false, 'loss', domain(extent([...Array.from(loss), ...Array.from(bestLoss), 0])), [
    Plot.areaY(rows, { x: 'sigma', y1: 'best', y2: 'loss', fill: over, fillOpacity: 0.18 }),
    Plot.line(rows, { ...line, y: 'best', stroke: under, strokeDasharray: '5,4' }),
    Plot.dot(rows, { x: 'sigma', y: 'best', r: 2, fill: under }),
    Plot.line(rows, { ...line, y: 'loss', stroke: over }),
    Plot.dot(rows, { x: 'sigma', y: 'loss', r: 2.5, fill: over }),
  ]);
  const lower = panel(170, true, 'excess', domain(extent([...rows.map((r) => r.excess), 0])), [
    Plot.ruleX(rows, { x: 'sigma', y1: 0, y2: 'excess', stroke: over, strokeWidth: 2, strokeOpacity: 0.45 }),
    Plot.dot(rows, { x: 'sigma', y: 'excess', r: 2.5, fill: over }),
    Plot.ruleY([0], { stroke: INK }),
  ]);
  const top = titleHeight(title) + 16;
  const legend = lineLegend(LEFT, top - 2, [
    ['loss', `stroke="${over}" stroke-width="2"`],
    ['best possible loss', `stroke="${under}" stroke-width="2" stroke-dasharray="5,4"`],
  ]);
  return sheet(
    WIDTH,
    top + 260 + 170,
    title ?? 'Loss and best possible loss by noise level',
    titleLine(title, LEFT, WIDTH) + legend + placed(0, top, upper) + placed(0, top + 260, lower),
  );
}

function domain([low, high]: [number, number]): [number, number] {
  const room = 0.06 * (high - low) || 1;
  return [low < 0 ? low - room : low, high > 0 ? high + room : high || 1];
}

/** Four values spread evenly on a log axis, each once after rounding to two digits. */
function spread(low: number, high: number): number[] {
  const values = [0, 1, 2, 3].map((k) => Number((low * (high / low) ** (k / 3)).toPrecision(2)));
  return [...new Set(values)];
}
