import { autocorrelation, rankHistogram } from '../../index.js';
import { autocorrelationFigure, rankFigure, traceFigure } from '../../plots/index.js';
import type { Context } from '../terminal/report.js';
import { type Chains, column } from './chainFile.js';
import { type Diagnosis, worst } from './diagnosis.js';
import { saveFigure } from './figures.js';

/** Most coordinates in a figure. */
const MOST_PANELS = 4;
/** Most lags of an autocorrelation curve. */
const MOST_LAGS = 1000;
const BINS = 20;

/** Draws traces, autocorrelations and ranks of the coordinates with the largest R-hat; returns the files. */
export async function drawChains(
  samples: Chains,
  rows: readonly Diagnosis[],
  out: string,
  { report, signal }: Context,
): Promise<string[]> {
  const { length, chains, burnIn } = samples;
  const shown = worst(rows, MOST_PANELS);
  const names = shown.map(({ name }) => name);
  const x = joined(shown.map((row) => column(samples, rows.indexOf(row))));
  const shape = { chains, dim: names.length };
  const of =
    rows.length > shown.length ? `, the ${shown.length} least mixed of ${rows.length} coordinates` : '';
  const times = shown.map(({ autocorrelationTime }) => autocorrelationTime);
  // Four autocorrelation times: enough to see most curves reach zero.
  const lags = Math.min(length - 1, MOST_LAGS, Math.max(20, Math.ceil(4 * Math.max(...times))));
  signal.throwIfAborted();
  const rho = autocorrelation(x, { ...shape, lags });
  const figures = {
    trace: () => traceFigure({ draws: x, ...shape, names, first: burnIn, title: `Traces${of}` }),
    autocorrelation: () =>
      autocorrelationFigure({
        // The autocorrelation of a chain that never moves is NaN; it is drawn as 1.
        autocorrelation: rho.map((value) => (Number.isNaN(value) ? 1 : value)),
        ...shape,
        names,
        times,
        title: `Autocorrelation${of}`,
      }),
    // With one chain, all bins have the same count: its draws are ranked among themselves.
    ...(chains > 1 && {
      rank: () =>
        rankFigure({
          counts: rankHistogram(x, { ...shape, bins: BINS }),
          ...shape,
          names,
          title: `Ranks${of}`,
        }),
    }),
  };
  const files: string[] = [];
  for (const [name, draw] of Object.entries(figures)) {
    signal.throwIfAborted();
    files.push(...(await saveFigure(out, name, draw())));
  }
  report.say(`${chains > 1 ? 'Traces, autocorrelations and ranks' : 'Traces and autocorrelations'}: ${out}`);
  return files;
}

/** Joins columns [rows] into one array [rows, columns]. */
function joined(columns: readonly Float64Array[]): Float64Array {
  const many = columns.length;
  return Float64Array.from(
    { length: columns[0].length * many },
    (_, i) => columns[i % many][Math.floor(i / many)],
  );
}
