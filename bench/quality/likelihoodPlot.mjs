// Total variation against seconds of training, from what likelihood.mjs measured: writes bench/figures/likelihood.png, and prints the
// table of docs/energies.md.
//
//   node bench/quality/likelihoodPlot.mjs
import { readFile, writeFile } from 'node:fs/promises';
import { chartFigure, toPng } from '../../dist/plots.js';

const rows = JSON.parse(await readFile(new URL('likelihood.json', import.meta.url)));
const NAMES = {
  likelihood: 'gradient network, by likelihood',
  energy: 'gradient network, by denoising',
  free: 'free network, by denoising',
  quick: 'preset quick, 30 noises',
};
const exact = rows.find(({ route }) => route === 'exact');
const routes = Object.keys(NAMES).map((route) =>
  rows.filter((row) => row.route === route).sort((a, b) => a.steps - b.steps),
);
const seconds = routes.flat().map((row) => row.seconds);
const ends = [Math.min(...seconds), Math.max(...seconds)];

const svg = chartFigure({
  ...{ width: 640, height: 380 },
  title: 'The five at sigma 0.022: distance of a million samples from the exact distribution',
  panels: [
    {
      x: { name: 'seconds of training, time of one processor (log scale)', scale: 'log' },
      y: { name: 'total variation (log scale)', scale: 'log' },
      series: [
        ...routes.map((of, colour) => ({
          ...{ name: NAMES[of[0].route], kind: 'both', colour },
          x: of.map((row) => row.seconds),
          y: of.map((row) => row.sampled),
        })),
        {
          ...{ name: 'samples of the exact density, by MALA', dashed: true, colour: 'ink' },
          x: ends,
          y: ends.map(() => exact.sampled),
        },
      ],
    },
  ],
});
await writeFile(new URL('../figures/likelihood.png', import.meta.url), await toPng(svg, { scale: 2 }));

console.log('| learned by | steps | seconds | total variation of samples | of the density itself |');
console.log('| --- | ---: | ---: | ---: | ---: |');
for (const row of routes.flat()) {
  const own = row.integrated === undefined ? '' : row.integrated.toFixed(3);
  console.log(
    `| ${NAMES[row.route]} | ${row.steps} | ${row.seconds.toFixed(1)} | ${row.sampled.toFixed(3)} | ${own} |`,
  );
}
