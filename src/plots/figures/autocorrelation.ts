import * as Plot from '@observablehq/plot';
import { checkNumbers, checkPositive, type Numbers } from '../drawing/check.js';
import { shortNumber } from '../drawing/numbers.js';
import { type ChainNumbers, checkChains, MOST_CHAINS, stackedPanels } from '../drawing/panels.js';
import { INK, seriesColour } from '../drawing/theme.js';

/** Options of {@link autocorrelationFigure}. */
export interface AutocorrelationFigureOptions extends ChainNumbers {
  /** Autocorrelations at lags 0, 1, ... [lags + 1, chains, dim], at least 2 of them. */
  autocorrelation: Numbers;
  /** Integrated autocorrelation time of each coordinate [dim], written into its panel. */
  times?: Numbers;
}

/**
 * Draws the autocorrelation of every coordinate of the first seven chains against the lag. Returns an SVG document;
 * throws a RangeError where lengths do not match or a number is not finite.
 */
export function autocorrelationFigure(options: AutocorrelationFigureOptions): string {
  const where = 'autocorrelationFigure';
  const { autocorrelation, times, chains, dim, title } = options;
  const { rows, names } = checkChains(where, 'autocorrelation', autocorrelation, options, 2);
  if (times) {
    checkNumbers(where, 'times', times, dim);
    checkPositive(where, 'times', times);
  }
  const panels = names.map((name, at) => {
    const lines = Array.from({ length: Math.min(chains, MOST_CHAINS) }, (_, chain) =>
      Array.from({ length: rows }, (_, lag) => [lag, autocorrelation[(lag * chains + chain) * dim + at]]),
    );
    const least = lines.flat().reduce((low, [, rho]) => Math.min(low, rho), 0);
    return {
      name,
      note: times && `integrated time ${shortNumber(times[at], 3)} draws`,
      y: [least < 0 ? least - 0.08 : -0.08, 1.04] as const,
      marks: [
        Plot.ruleY([0], { stroke: INK }),
        ...lines.map((line, chain) =>
          Plot.line(line as [number, number][], { stroke: seriesColour(chain), strokeWidth: 1.5 }),
        ),
      ],
    };
  });
  const x = [0, rows - 1] as const;
  const name = 'Autocorrelation of the chains';
  return stackedPanels(panels, { x, xLabel: 'lag in draws', chains, title, name });
}
