// Writes bench/article.md from two finished runs of the article on the same digit, ours and JAX's:
//
//   node bench/article/table.mjs RUN JAX
//
// RUN: made by `scorefield train --preset article --idx FILE --index 0 --json --out RUN > RUN/events.jsonl`, then
// `scorefield sample RUN --json > RUN/samples.jsonl` and `scorefield evaluate RUN --json > RUN/evaluation.jsonl`.
// JAX: made by article.py beside this file; with RUN/data.safetensors copied into it, `scorefield sample` and
// `scorefield evaluate` read it too, into JAX/samples.jsonl and JAX/evaluation.jsonl.
import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  decodePointSet,
  decodeWeights,
  loadCore,
  loadNetwork,
  readNpy,
  smoothedHistogram,
} from '../../dist/index.js';
import { imageFigure, shortNumber, toPng } from '../../dist/plots.js';

const [run, jax] = process.argv.slice(2);
if (!jax) throw new Error('usage: node bench/article/table.mjs RUN JAX');

const text = (folder, name) => readFile(join(folder, name), 'utf8');
const events = async (folder, name) => (await text(folder, name)).trim().split('\n').map(JSON.parse);
const losses = async (folder, name) =>
  (await text(folder, name))
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => Number(line.split(',')[1]));

/** What the article printed, every 5,000 steps. */
const printed = [
  1.0177688598632812, 0.7470076084136963, 0.6700457334518433, 0.6010410785675049, 0.5470178127288818,
  0.5063308477401733, 0.47549256682395935, 0.4591177701950073, 0.4523712992668152, 0.43943890929222107,
];

const ours = await losses(run, 'loss.csv');
const theirs = await losses(jax, 'losses.csv');
const percent = (value, reference) => `${((value / reference - 1) * 100).toFixed(2)} %`;
const fixed = (value, digits = 4) => value.toFixed(digits);

/** Mean and standard deviation of the losses in the 200 steps around one. */
function around(all, step) {
  const near = all.slice(Math.max(0, step - 100), step + 100);
  const mean = near.reduce((sum, loss) => sum + loss, 0) / near.length;
  return { mean, sd: Math.sqrt(near.reduce((sum, loss) => sum + (loss - mean) ** 2, 0) / near.length) };
}

const lossRows = printed.map((loss, i) => {
  const step = 5000 * i;
  const [a, b] = [around(ours, step), around(theirs, step)];
  return `| ${step} | ${fixed(loss, 5)} | ${fixed(ours[step], 5)} | ${percent(ours[step], loss)} | ${fixed(theirs[step], 5)} | ${percent(theirs[step], loss)} | ${fixed(a.mean)} ± ${fixed(a.sd)} | ${fixed(b.mean)} ± ${fixed(b.sd)} |`;
});

const levels = async (folder) =>
  (await events(folder, 'evaluation.jsonl')).filter(({ event }) => event === 'level');
const [ourLevels, theirLevels] = [await levels(run), await levels(jax)];
const levelRows = ourLevels.map(
  ({ level, sigma, bestLoss, excess }, i) =>
    `| ${level} | ${sigma.toPrecision(3)} | ${fixed(bestLoss)} | ${fixed(excess)} | ${fixed(theirLevels[i].excess)} |`,
);
const mean = (all, name) => all.reduce((sum, row) => sum + row[name], 0) / all.length;

const distance = async (folder) =>
  (await events(folder, 'samples.jsonl')).find((e) => e.totalVariation !== undefined);
const [ourDistance, theirDistance] = [await distance(run), await distance(jax)];
const done = (await events(run, 'events.jsonl')).find(({ event }) => event === 'done');
const jaxDone = JSON.parse(await text(jax, 'done.json'));

// The digit itself stays out of the repository: its samples, and the digit smoothed by the level's noise.
const bins = 50;
const { data } = decodePointSet(await readFile(join(run, 'data.safetensors')));
const network = loadNetwork(
  await loadCore(),
  decodeWeights(await readFile(join(run, 'weights.safetensors'))),
);
const sigma = network.sigmas[17];
const truth = smoothedHistogram(data, sigma, { bins, xlim: [0, 1], ylim: [0, 1] });
const picture = (title, values) => ({ title, height: bins, width: bins, values });
const histogram = imageFigure({
  pictures: [
    picture('400,000 samples, level 17', readNpy(await readFile(join(run, 'histogram.npy'))).data),
    picture(`exact at sigma ${shortNumber(sigma)}`, truth.counts),
  ],
});
await writeFile(new URL('histogram.png', import.meta.url), await toPng(histogram, { scale: 2 }));
await copyFile(join(run, 'field.png'), new URL('field.png', import.meta.url));

await writeFile(
  new URL('../article.md', import.meta.url),
  `# The article's run

Preset \`article\` on MNIST's training image 0: 50,000 steps, 128 points a step at 30 levels, the article's keys. Beside
it the losses the article printed, and JAX 0.4.24 on the same machine running the article's model from the same keys
([article.py](article/article.py)). Written by [table.mjs](article/table.mjs), which says with which commands.

![400,000 samples from the learned score at level 17; the exact distribution at that noise](article/histogram.png)

## Losses

| step | article | ours | off by | JAX here | off by | ours, 200 steps around | JAX, 200 steps around |
| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
${lossRows.join('\n')}

A printed loss is that of one batch. The batches are the same in all three runs, but after some thousand steps the
networks are not: rounding differs, and training amplifies it, so that each run is at another point of the same noisy
path. The last two columns show how far one step's loss is from its neighbours'. At step 10,000 our run and JAX's on
this machine are still together, and the article's, computed elsewhere, has left; at step 20,000 ours is off by
${percent(ours[20_000], printed[4])} and JAX's by ${percent(theirs[20_000], printed[4])}, and the means around that step by
${percent(around(ours, 20_000).mean, printed[4])} and ${percent(around(theirs, 20_000).mean, printed[4])}.

## How good the learned score is

Excess is the loss above the best possible at that level, sigma² E (s − s*)², by \`scorefield evaluate\` for both.

| level | sigma | best loss | excess, ours | excess, JAX |
| ---: | ---: | ---: | ---: | ---: |
${levelRows.join('\n')}
| mean | | ${fixed(mean(ourLevels, 'bestLoss'))} | ${fixed(mean(ourLevels, 'excess'))} | ${fixed(mean(theirLevels, 'excess'))} |

Total variation between the histogram of the article's 400,000 samples (level 17, step 0.001, 50x50 cells) and the
digit smoothed by that level's noise: ours ${fixed(ourDistance.totalVariation)}, JAX's weights sampled by our loop
${fixed(theirDistance.totalVariation)}, JAX's weights sampled by JAX ${fixed(jaxDone.totalVariation)}.

![The learned score at nine noise levels](article/field.png)

## Time

On one core of a shared two-core machine, not a quiet one: training took ${fixed(done.seconds / 60, 0)} minutes, JAX's
${fixed(jaxDone.trainSeconds / 60, 0)}.
`,
);
