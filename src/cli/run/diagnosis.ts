import type { CoordinateSummary } from '../../index.js';

/** Statistics of one coordinate; `autocorrelationTime` is in draws. */
export type Diagnosis = CoordinateSummary & { autocorrelationTime: number };

/** Chains count as mixed up to this R-hat and from this effective sample size on (Vehtari and others 2021, section 4). */
const MOST_RHAT = 1.01;
const LEAST_ESS = 400;
/** Most rows of the table for people. */
const MOST_ROWS = 20;

/** Columns of the table and of the csv file. */
export const COLUMNS = [
  'mean',
  'sd',
  'mcseMean',
  'mcseSd',
  'essBulk',
  'essTail',
  'rhat',
  'autocorrelationTime',
] as const;

/** The table as text; with more than MOST_ROWS coordinates, only those with the largest R-hat. */
export function table(rows: readonly Diagnosis[]): string {
  const shown = worst(rows, MOST_ROWS);
  const cells = shown.map((row) => [
    row.name,
    ...[row.mean, row.sd, row.mcseMean, row.mcseSd].map((value) => value.toPrecision(4)),
    ...[row.essBulk, row.essTail].map((value) => value.toFixed(0)),
    row.rhat.toFixed(3),
    row.autocorrelationTime.toPrecision(3),
  ]);
  const heads = ['', 'mean', 'sd', 'mcse mean', 'mcse sd', 'ess bulk', 'ess tail', 'R-hat', 'tau'];
  const lines = [heads, ...cells].map((row) =>
    row.map((cell, i) => (i === 0 ? cell.padEnd(8) : cell.padStart(10))).join(' '),
  );
  const left = rows.length - shown.length;
  return [...lines, ...(left > 0 ? [`${left} coordinates with a smaller R-hat are not shown`] : [])].join(
    '\n',
  );
}

const rank = ({ rhat }: Diagnosis) => (Number.isNaN(rhat) ? Number.POSITIVE_INFINITY : rhat);

/** The `count` rows with the largest R-hat, in their original order. NaN counts as the largest. */
export function worst(rows: readonly Diagnosis[], most: number): Diagnosis[] {
  const byRhat = [...rows].sort((a, b) => (rank(a) === rank(b) ? 0 : rank(b) - rank(a)));
  const chosen = new Set(byRhat.slice(0, most));
  return rows.filter((row) => chosen.has(row));
}

/** One line that says whether the chains have mixed and, if not, why. */
export function verdict(rows: readonly Diagnosis[]): string {
  const still = rows.filter(({ rhat }) => Number.isNaN(rhat));
  if (still.length > 0) return `Not mixed: ${still[0].name} never moves`;
  const [{ name, rhat }] = worst(rows, 1);
  const least = rows.reduce((a, b) =>
    Math.min(b.essBulk, b.essTail) < Math.min(a.essBulk, a.essTail) ? b : a,
  );
  const ess = Math.min(least.essBulk, least.essTail);
  if (rhat > MOST_RHAT) return `Not mixed: R-hat of ${name} is ${rhat.toFixed(3)}, above ${MOST_RHAT}`;
  const small = `R-hat is ${rhat.toFixed(3)} or less`;
  if (ess >= LEAST_ESS) return `Mixed: ${small}, effective sample sizes ${ess.toFixed(0)} or more`;
  return `Too few draws to say: the effective sample size of ${least.name} is ${ess.toFixed(0)}, below ${LEAST_ESS} (${small})`;
}
