// The results as Markdown tables.
import { OURS } from '../systems/index.mjs';
import { digits, duration } from './numbers.mjs';

/** Rows of cells as a table whose columns line up; all but the first `left` columns to the right. */
export function table(head, rows, left) {
  const all = [head, ...rows];
  const widths = head.map((_, i) => Math.max(3, ...all.map((row) => row[i].length)));
  const line = (row) =>
    `| ${row.map((cell, i) => (i < left ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join(' | ')} |`;
  const rule = `| ${widths.map((width, i) => (i < left ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`)).join(' | ')} |`;
  return [line(head), rule, ...rows.map(line)].join('\n');
}

function row(
  { title, threads, perUnit },
  { title: system, ms, gflops, percentOfPeak, ratio, failure, agreement, threads: used },
) {
  const name = `${system}${used < threads ? ', one thread' : ''}`;
  if (failure) return [title, name, String(threads), failure, '', '', '', '', '', ''];
  return [
    title,
    name,
    String(threads),
    digits(ms.median),
    `${digits(ms.lower)} to ${digits(ms.upper)}`,
    perUnit ? `${duration(ms.median / perUnit.count)} a ${perUnit.of}` : '',
    gflops ? digits(gflops) : '',
    percentOfPeak ? `${digits(percentOfPeak)} %` : '',
    ratio ? digits(ratio) : '',
    agreement ? (agreement.agrees ? 'yes' : `NO: ${agreement.by}`) : '',
  ];
}

/** One line a workload: our time and share of the peak, and how many times longer each of the others takes. */
export function summaryTable(results) {
  const others = new Map(
    results.flatMap(({ entries }) => entries.map(({ system, title }) => [system, title])),
  );
  others.delete(OURS);
  const theirs = (entries, system) => {
    const entry = entries.find((one) => one.system === system);
    return entry?.ratio ? digits(entry.ratio) : (entry?.failure ?? '');
  };
  const rows = results.map(({ title, entries }) => {
    const ours = entries.find(({ system }) => system === OURS);
    return [
      title,
      ours?.ms ? digits(ours.ms.median) : (ours?.failure ?? ''),
      ours?.gflops ? digits(ours.gflops) : '',
      ours?.percentOfPeak ? `${digits(ours.percentOfPeak)} %` : '',
      ...[...others.keys()].map((system) => theirs(entries, system)),
    ];
  });
  return table(['workload', 'scorefield, ms', 'GFLOP/s', 'of peak', ...others.values()], rows, 1);
}

const HEAD = [
  'workload',
  'system',
  'threads',
  'ms',
  'quartiles',
  'each',
  'GFLOP/s',
  'of peak',
  'time / ours',
  'agrees',
];

/** One workload after another, ours first. */
export function timesTable(results) {
  const rows = results.flatMap((result) =>
    result.entries.map((entry, i) => row({ ...result, title: i === 0 ? result.title : '' }, entry)),
  );
  return table(HEAD, rows, 2);
}

/** One line a system, one column a size: milliseconds. */
export function growthTable(results, by) {
  const of = results.filter(({ growth }) => growth === by);
  const systems = [...new Set(of.flatMap(({ entries }) => entries.map(({ title }) => title)))];
  const cell = ({ entries }, title) => {
    const entry = entries.find((one) => one.title === title);
    return entry?.ms ? digits(entry.ms.median) : (entry?.failure ?? '');
  };
  const rows = systems.map((title) => [title, ...of.map((result) => cell(result, title))]);
  return table([`ms by ${by}`, ...of.map(({ size }) => String(size))], rows, 1);
}

const kilobytes = ({ bytes, gzipped }) => `${digits(bytes / 1000)} kB (${digits(gzipped / 1000)} gzipped)`;

export function shippedTable(entries) {
  const rows = entries.map(({ system, javascript, wasm }) => [
    system,
    kilobytes(javascript),
    wasm.map((file) => `${file.name} ${kilobytes(file)}`).join('; ') || 'made as it runs',
  ]);
  return table(['system', 'JavaScript', 'WebAssembly'], rows, 3);
}

/** One line a sampler and target. */
export function samplersTable(rows) {
  const round = (v) => (v ? Math.round(v).toLocaleString('en') : '');
  const cells = rows.map(({ target, name, stepsPerSecond, scoresPerSecond, effectivePerSecond }) => [
    target,
    name,
    ...[stepsPerSecond, scoresPerSecond, effectivePerSecond].map(round),
  ]);
  return table(['target', 'sampler', 'chain-steps/s', 'scores/s', 'effective samples/s'], cells, 2);
}
