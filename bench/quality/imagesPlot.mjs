// Errors on unseen digits against seconds of training, as SVG from what images.mjs found:
// node bench/quality/imagesPlot.mjs IMAGES.json OUT.svg
import { readFile, writeFile } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';

/** One line a noise, and dashed the error of the best linear denoiser, which a network has to beat. */
export function imagesPlot({ sigmas, points, linear, clock, threads }) {
  const noises = sigmas.map((sigma) => `noise ${sigma}`);
  const seen = points.flatMap(({ seconds, errors }) =>
    errors.map((error, i) => ({ seconds, error, noise: noises[i] })),
  );
  const rules = linear.map((error, i) => ({ error, noise: noises[i] }));
  const { document } = parseHTML('<html><body></body></html>');
  const figure = Plot.plot({
    document,
    width: 560,
    height: 360,
    marginLeft: 55,
    marginTop: 30,
    marginRight: 75,
    marginBottom: 40,
    style: { background: 'white', fontFamily: 'sans-serif', fontSize: '12px' },
    x: {
      type: 'log',
      grid: true,
      ticks: 5,
      tickFormat: '~s',
      label: `seconds of training, ${threads} thread${threads === 1 ? '' : 's'}${clock === 'processor' ? ", processor's time" : ''}`,
      labelAnchor: 'center',
    },
    y: {
      type: 'log',
      grid: true,
      ticks: 5,
      tickFormat: '~g',
      label: 'mean squared error a pixel on unseen digits; dashed: best linear denoiser',
      labelAnchor: 'top',
    },
    color: { type: 'categorical', scheme: 'dark2', domain: noises },
    marks: [
      Plot.ruleY(rules, { y: 'error', stroke: 'noise', strokeDasharray: '4 4' }),
      Plot.line(seen, { x: 'seconds', y: 'error', stroke: 'noise' }),
      Plot.dot(seen, { x: 'seconds', y: 'error', fill: 'noise', r: 3 }),
      Plot.text(
        seen,
        Plot.selectLast({
          x: 'seconds',
          y: 'error',
          z: 'noise',
          text: 'noise',
          fill: 'noise',
          textAnchor: 'start',
          dx: 8,
        }),
      ),
    ],
  });
  const svg = figure.tagName.toLowerCase() === 'svg' ? figure : figure.querySelector('svg');
  svg.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  return `${svg.outerHTML}\n`;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const [from, to] = process.argv.slice(2);
  await writeFile(to, imagesPlot(JSON.parse(await readFile(from, 'utf8'))));
}
