// A report as a page of tables, and as files.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { OURS } from '../systems/index.mjs';
import { points, ratioPlot } from './plot.mjs';
import { growthTable, samplersTable, shippedTable, summaryTable, timesTable } from './table.mjs';

/** The report for people, in Markdown. */
export function page(report) {
  const { command, date, seconds, machine, versions, peak, absent, results, growth, shipped, samplers } =
    report;
  const { processor, cores, system } = machine;
  const known = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  const grown = [...new Set(growth.map(({ growth: by }) => by))];
  const parts = [
    `\`${command}\`, ${date.slice(0, 10)}, ${seconds} s. ${processor}, ${cores} cores, ${system}. ${known.join(', ')}.`,
    `Multiply-add peak of one thread: ${peak.fused.toFixed(1)} GFLOP/s fused, ${peak.separate.toFixed(1)} separate.`,
    absent.map(({ system: name, reason }) => `${name}: ${reason}.`).join(' '),
    ...[...new Set(results.map(({ threads }) => threads))].flatMap((threads) => summary(results, threads)),
    ...grown.map((by) => growthTable(growth, by)),
    largePicture(results),
    samplers ? `Samplers, 64 chains, one thread:\n\n${samplersTable(samplers)}` : '',
    shipped ? shippedTable(shipped) : '',
    results.length > 0 ? timesTable(results) : '',
  ];
  return `${parts.filter(Boolean).join('\n\n')}\n`;
}

/** Our steps a second on a large picture over those on a small one, by threads. */
function largePicture(results) {
  const ratios = results
    .filter(({ workload }) => workload === 'large-picture')
    .flatMap((large) => {
      const small = results.find(
        ({ workload, threads }) => workload === 'training-step' && threads === large.threads,
      );
      const [slow, fast] = [large, small].map(
        (one) => one?.entries.find(({ system }) => system === OURS)?.ms,
      );
      return slow && fast
        ? [
            `${(fast.median / slow.median).toFixed(3)} on ${large.threads} thread${large.threads === 1 ? '' : 's'}`,
          ]
        : [];
    });
  return ratios.length > 0
    ? `Steps a second on a picture of 1,000 x 1,000 over those on one of 28 x 28: ${ratios.join(', ')}.`
    : '';
}

/** One thread each, or all of them. */
function summary(results, threads) {
  const how = threads === 1 ? 'One thread each' : `${threads} threads each, where a system has them`;
  return [
    `${how}; how many times our time the others take:`,
    summaryTable(results.filter((result) => result.threads === threads)),
  ];
}

/**
 * Writes the report, its page and its plot as node.json, .md and .svg, or under a longer name that says what else was
 * asked for. Returns where.
 */
export async function save(report, { quick, native, only, system, out }) {
  const marks = [report.environment, native && 'native', quick && 'quick', (only || system) && 'partial'];
  const folder = out ?? fileURLToPath(new URL('../results/', import.meta.url));
  const path = join(folder, marks.filter(Boolean).join('-'));
  await mkdir(folder, { recursive: true });
  await writeFile(`${path}.json`, `${JSON.stringify(report, null, 2)}\n`);
  await writeFile(`${path}.md`, page(report));
  if (points(report).length > 0) await writeFile(`${path}.svg`, ratioPlot(report));
  return `${path}.json`;
}
