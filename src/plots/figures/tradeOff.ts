import { checkNumbers, checkPositive, type Limits, type Numbers } from '../drawing/check.js';
import { extent, shortNumber } from '../drawing/numbers.js';
import { type ChartAxis, type ChartSeries, chartFigure } from './chart.js';

/** Options of {@link tradeOffChart}. */
export interface TradeOffOptions {
  /** Standard deviations of the noise, [L], written beside the dots. */
  sigmas: Numbers;
  /** Distance of the jumps to held-out images at each sigma, [L]. */
  distance: Numbers;
  /** What the distance is. */
  distanceName?: string;
  /** Integrated autocorrelation time of the walk in steps at each sigma, [L]. */
  time?: Numbers;
  /** How often the label of the jump changes in a hundred steps at each sigma, [L]. */
  changes?: Numbers;
  /** A distance to compare with, such as that of training images, as a dashed line. */
  reference?: { name: string; distance: number };
  /** Written above the figure. */
  title?: string;
}

/**
 * Draws how far jumps are from held-out images against how well the walk mixes, a dot for each sigma, joined in the order
 * of sigma: a panel by autocorrelation time (log axis), one by changes of label, or both. Returns an SVG document; throws
 * a RangeError where lengths do not match, a number is not finite, a time not positive, or neither measure is given.
 */
export function tradeOffChart(options: TradeOffOptions): string {
  const where = 'tradeOffChart';
  const { sigmas, distance, distanceName = 'distance to held-out images', reference, title } = options;
  checkNumbers(where, 'sigmas', sigmas, sigmas?.length || 1);
  checkPositive(where, 'sigmas', sigmas);
  checkNumbers(where, 'distance', distance, sigmas.length);
  if (reference) checkNumbers(where, 'reference.distance', [reference.distance], 1);
  const measures: { title: string; axis: ChartAxis; values: Numbers }[] = [];
  if (options.time) {
    checkNumbers(where, 'time', options.time, sigmas.length);
    checkPositive(where, 'time', options.time);
    const axis = { name: 'autocorrelation time in steps (log scale)', scale: 'log' } as const;
    measures.push({ title: 'mixing by autocorrelation', axis, values: options.time });
  }
  if (options.changes) {
    checkNumbers(where, 'changes', options.changes, sigmas.length);
    const axis = { name: 'changes of label in 100 steps' };
    measures.push({ title: 'mixing by label', axis, values: options.changes });
  }
  if (measures.length === 0) throw new RangeError(`${where}: time or changes must be given, got neither`);
  const order = Array.from(sigmas, (_, i) => i).sort((a, b) => sigmas[a] - sigmas[b]);
  const taken = (values: Numbers) => order.map((i) => values[i]);
  const y = taken(distance);
  const [low, high] = extent(reference ? [...y, reference.distance, 0] : [...y, 0]);
  const panels = measures.map(({ title, axis, values }) => {
    const x = taken(values);
    const limits = roomy(x, axis.scale === 'log');
    const dots: ChartSeries = {
      name: 'σ beside each dot',
      kind: 'both',
      x,
      y,
      colour: 0,
      labels: taken(sigmas).map((sigma) => shortNumber(sigma, 3)),
    };
    const line = reference && {
      name: reference.name,
      x: limits,
      y: [reference.distance, reference.distance],
      colour: 'ink' as const,
      dashed: true,
    };
    return {
      title: measures.length > 1 ? title : undefined,
      x: { ...axis, limits },
      y: { name: distanceName, limits: [1.12 * low, 1.12 * high || 1] as const },
      series: line ? [dots, line] : [dots],
    };
  });
  return chartFigure({
    panels,
    title: title ?? 'Mixing against distance to held-out images',
    width: panels.length > 1 ? 430 : 560,
    height: 320,
  });
}

/** Limits with room for the texts beside the first and the last dot. */
function roomy(x: Numbers, isLog: boolean): Limits {
  const [low, high] = extent(x);
  if (isLog) {
    const room = Math.max(high / low, 2) ** 0.12;
    return [low / room, high * room];
  }
  const room = high - low || Math.abs(high) || 1;
  return [low - 0.1 * room, high + 0.1 * room];
}
