// Writes bench/quality.md and bench/figures/quality.png from what measure.mjs gathered:
//
//   node bench/quality/report.mjs
import { readFile, writeFile } from 'node:fs/promises';
import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';
import { presets } from '../../dist/index.js';
import { toPng } from '../../dist/plots.js';

const entries = JSON.parse(await readFile(new URL('measured.json', import.meta.url)));
/** Total variation of samples drawn from the exact score itself, at the article's step size. */
const FLOOR = { five: 0.061, 'MNIST digit 0': 0.052 };

const rows = entries
  .flatMap(({ rows: all, ...entry }) => all.map((row) => ({ ...entry, ...row })))
  .sort((a, b) => a.system.localeCompare(b.system) || a.picture.localeCompare(b.picture) || a.step - b.step);
const table = rows.map(
  ({ system, picture, threads, clock, step, seconds, meanExcess, excess, totalVariation }) =>
    `| ${system} | ${picture} | ${threads} | ${clock} | ${step} | ${seconds.toFixed(1)} | ${meanExcess.toFixed(4)} | ${excess.toFixed(4)} | ${totalVariation.toFixed(4)} |`,
);

/** The row of most steps of each system and picture. */
const ends = [...new Map(rows.map((row) => [`${row.system}, ${row.picture}`, row])).entries()].filter(
  ([, { levels }]) => levels,
);
const levelTable = ends[0][1].levels.map(
  (_, level) => `| ${level} | ${ends.map(([, { levels }]) => levels[level].toFixed(4)).join(' | ')} |`,
);

const WIDTH = 340;
const HEIGHT = 300;
const series = rows.map((row) => ({ ...row, series: `${row.system}, ${row.picture}` }));
const names = [...new Set(series.map((row) => row.series))];
const symbols = ['circle', 'square', 'triangle', 'diamond', 'star', 'wye', 'cross'];

/** One measure against seconds. */
function panel(measure, label) {
  const { document } = parseHTML('<html><body></body></html>');
  const figure = Plot.plot({
    document,
    width: WIDTH,
    height: HEIGHT,
    marginLeft: 50,
    marginTop: 30,
    marginBottom: 40,
    style: { background: 'white', fontFamily: 'sans-serif', fontSize: '12px' },
    x: {
      type: 'log',
      grid: true,
      ticks: 5,
      tickFormat: '~s',
      label: 'seconds of training',
      labelAnchor: 'center',
    },
    y: { type: 'log', grid: true, ticks: 5, tickFormat: '~g', label, labelAnchor: 'top' },
    color: { type: 'categorical', scheme: 'dark2', domain: names },
    symbol: { domain: names, range: symbols.slice(0, names.length) },
    marks: [
      Plot.line(series, { x: 'seconds', y: measure, stroke: 'series', z: 'series' }),
      Plot.dot(series, { x: 'seconds', y: measure, fill: 'series', symbol: 'series', r: 4 }),
    ],
  });
  const svg = figure.tagName.toLowerCase() === 'svg' ? figure : figure.querySelector('svg');
  svg.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  return svg;
}

/** The systems' names, beside their symbols: Plot's own legend is HTML, which no SVG file can hold. */
function legend() {
  const { document } = parseHTML('<html><body></body></html>');
  const figure = Plot.plot({
    document,
    width: 3 * WIDTH,
    height: 40,
    margin: 0,
    style: { background: 'white', fontFamily: 'sans-serif', fontSize: '12px' },
    x: { axis: null, domain: [0, names.length] },
    y: { axis: null, domain: [0, 1] },
    color: { type: 'categorical', scheme: 'dark2', domain: names },
    symbol: { domain: names, range: symbols.slice(0, names.length) },
    marks: [
      Plot.dot(names, { x: (_, i) => i + 0.06, y: 0.5, fill: (name) => name, symbol: (name) => name, r: 5 }),
      Plot.text(names, { x: (_, i) => i + 0.1, y: 0.5, text: (name) => name, textAnchor: 'start' }),
    ],
  });
  return figure.tagName.toLowerCase() === 'svg' ? figure : figure.querySelector('svg');
}

const panels = [
  panel('meanExcess', 'mean excess loss'),
  panel('excess', 'excess loss at level 17'),
  panel('totalVariation', 'total variation at level 17'),
];
const placed = [...panels.map((svg, i) => [svg, i * WIDTH, 40]), [legend(), 0, 0]].map(([svg, x, y]) => {
  svg.setAttribute('x', x);
  svg.setAttribute('y', y);
  return svg.outerHTML;
});
const [width, height] = [3 * WIDTH, HEIGHT + 40];
const figure = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"><rect width="${width}" height="${height}" fill="white"/>${placed.join('')}</svg>\n`;
await writeFile(new URL('../figures/quality.png', import.meta.url), await toPng(figure, { scale: 2 }));

const floors = Object.entries(FLOOR).map(
  ([picture, floor]) => `${floor} for ${picture === 'five' ? 'the five' : picture}`,
);
await writeFile(
  new URL('../quality.md', import.meta.url),
  `# Quality against seconds

How good a learned score is after so many seconds of training: presets \`quick\` and \`article\`, and JAX running the
article's code ([article.py](article/article.py)). Written by [report.mjs](quality/report.mjs) from what
[measure.mjs](quality/measure.mjs) gathered; both say with which commands.

![Mean excess, excess at level 17 and total variation against seconds](figures/quality.png)

Excess is the loss above the best possible, sigma² E (s − s*)², the mean over all 30 levels and at level 17, where
samples are drawn. Total variation is between the histogram of the article's 400,000 samples and the exact distribution
at that noise; the exact score sampled likewise comes to ${floors.join(', ')}. Each row of \`quick\` is a run of that
length, since its rate falls to zero at the end; those of the others are looks at a run (the time of JAX after 300 steps includes compiling). Clock \`wall\` is the time
that passed; \`processor\` the time the threads computed, read where the machine was shared with other work, which is
close to the wall time of an idle one on one thread. All times of this table were taken on a shared two-core machine, those of
two threads while it was quiet.

What \`quick\` fixes was chosen by about fifty shorter and longer runs on the five, with these three measures in view; the
digit was only looked at afterwards. Each row is one network and one chain. Total variation does not follow the loss: it
differs by 0.02 between networks of equal excess, and by 0.005 between chains, and on the digit it grew with the length
of the run while the excess fell. \`quick\` ends below the article in both losses and not in this.

| system | picture | threads | clock | steps | seconds | mean excess | excess, level 17 | total variation |
| --- | --- | ---: | --- | ---: | ---: | ---: | ---: | ---: |
${table.join('\n')}

Excess by level, of the most steps of each (\`quick\` itself takes ${presets.quick.training.steps}):

| level | ${ends.map(([name]) => name).join(' | ')} |
| ---: | ${ends.map(() => '---:').join(' | ')} |
${levelTable.join('\n')}
`,
);
