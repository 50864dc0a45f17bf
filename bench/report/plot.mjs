// How many times longer the others take, workload by workload, as SVG from a results file:
// node bench/report/plot.mjs RESULTS.json OUT.svg
import { readFile, writeFile } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';
import { OURS } from '../systems/index.mjs';

const WIDTH = 900;
const MARGINS = { marginTop: 60, marginRight: 30, marginBottom: 45, marginLeft: 390 };
const ROW = 32;
const SYMBOLS = ['circle', 'square', 'triangle', 'diamond', 'star', 'wye', 'cross'];

/** One point a system and workload, each on as many threads as it has. */
export function points({ results }) {
  const last = new Map(results.map((result) => [result.workload, result]));
  return [...last.values()].flatMap(({ title, entries }) =>
    entries
      .filter(({ system, ratio }) => system !== OURS && ratio)
      .map(({ title: system, ratio }) => ({ workload: title, system, ratio })),
  );
}

/** The systems' names above the frame, beside their symbols: Plot's own legend is HTML, which no SVG file can hold. */
function legend(systems) {
  const left = 12 - MARGINS.marginLeft;
  let x = left;
  let y = -46;
  return systems.flatMap((system) => {
    const width = 30 + 7 * system.length;
    if (x + width > left + WIDTH) {
      x = left;
      y += 20;
    }
    const at = { frameAnchor: 'top-left', dx: x, dy: y };
    x += width;
    return [
      Plot.dot([system], { ...at, fill: [system], symbol: [system], r: 5 }),
      Plot.text([system], { ...at, dx: at.dx + 10, textAnchor: 'start', lineAnchor: 'middle' }),
    ];
  });
}

export function ratioPlot(report) {
  const data = points(report);
  const { document } = parseHTML('<html><body></body></html>');
  const systems = [...new Set(data.map(({ system }) => system))];
  const workloads = [...new Set(data.map(({ workload }) => workload))];
  const threads = Math.max(...report.results.map((result) => result.threads));
  const how = threads === 1 ? 'one thread each' : `up to ${threads} threads each`;
  const ratios = data.map(({ ratio }) => ratio);
  const powers = {
    from: Math.floor(Math.log10(Math.min(1, ...ratios))),
    to: Math.ceil(Math.log10(Math.max(...ratios))),
  };
  const ticks = Array.from({ length: powers.to - powers.from + 1 }, (_, i) => 10 ** (powers.from + i));
  const figure = Plot.plot({
    document,
    width: WIDTH,
    height: MARGINS.marginTop + MARGINS.marginBottom + ROW * workloads.length,
    ...MARGINS,
    style: { background: 'white', fontFamily: 'sans-serif', fontSize: '12px' },
    x: {
      type: 'log',
      domain: [ticks[0], ticks.at(-1)],
      ticks,
      tickFormat: String,
      grid: true,
      label: `time / scorefield's time, ${how}`,
      labelAnchor: 'center',
    },
    y: { domain: workloads, label: null },
    color: { type: 'categorical', scheme: 'dark2', domain: systems },
    symbol: { domain: systems, range: SYMBOLS.slice(0, systems.length) },
    marks: [
      Plot.ruleX([1], { stroke: 'black' }),
      Plot.dot(data, { x: 'ratio', y: 'workload', fill: 'system', symbol: 'system', r: 5 }),
      ...legend(systems),
    ],
  });
  const svg = figure.tagName.toLowerCase() === 'svg' ? figure : figure.querySelector('svg');
  svg.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  return `${svg.outerHTML}\n`;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const [from, to] = process.argv.slice(2);
  await writeFile(to, ratioPlot(JSON.parse(await readFile(from, 'utf8'))));
}
