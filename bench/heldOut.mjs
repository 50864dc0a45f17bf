// Mean squared errors of a U-Net on digits that it has not seen, by steps of training and by noise, beside those of a linear
// denoiser, the exact score of what it was trained on, a blur and the mean: MNIST_DIR=... node bench/heldOut.mjs after
// npm run build. --keys 0,1,2: one training a key; --steps 300,1000,3000: when to measure; --threads N.
// The first 9,000 images of MNIST's test file are trained on, the last 1,000 are held out. On two cores a training of 3,000
// steps takes several minutes.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import {
  blurDenoiser,
  denoiser,
  empirical,
  gunzip,
  heldOutErrors,
  imagePoints,
  imageRows,
  key,
  learnedDenoiser,
  linearDenoisers,
  loadCore,
  loadDenoiser,
  meanDenoiser,
  readIdxImages,
  splitImages,
  trainDenoiser,
  unet,
} from '../dist/index.js';

const { values } = parseArgs({
  options: {
    keys: { type: 'string', default: '0,1,2' },
    steps: { type: 'string', default: '300,1000,3000' },
    threads: { type: 'string', default: 'auto' },
  },
});
const keys = values.keys.split(',').map(Number);
const marks = values.steps.split(',').map(Number);
const threads = values.threads === 'auto' ? 'auto' : Number(values.threads);
const SIGMAS = [0.1, 0.25, 0.5, 1];

const folder = process.env.MNIST_DIR;
if (!folder) throw new Error('MNIST_DIR must name a folder with t10k-images-idx3-ubyte.gz');
const core = await loadCore({ threads });
const file = readFileSync(join(folder, 't10k-images-idx3-ubyte.gz'));
const { training, heldOut } = splitImages(readIdxImages(await gunzip(file)), 1000);
const rows = imageRows(
  heldOut,
  Uint32Array.from({ length: heldOut.count }, (_, i) => i),
);
const dim = rows.length / heldOut.count;

/** Errors by name at each noise: [names, noises]. */
async function errors(denoisers) {
  const table = {};
  const points = { dim, points: rows };
  for await (const { errors } of heldOutErrors(points, { sigmas: SIGMAS, denoisers, key: key(1) })) {
    for (const [name, error] of Object.entries(errors)) table[name] = [...(table[name] ?? []), error];
  }
  return table;
}

const print = (name, mse) => console.log(`| ${name} | ${mse.map((e) => e.toFixed(5)).join(' | ')} |`);
console.log(
  `| mean squared error at sigma | ${SIGMAS.join(' | ')} |\n| --- | ${SIGMAS.map(() => '--:').join(' | ')} |`,
);

const seen = imagePoints(training);
const linear = linearDenoisers(core, seen);
const simple = await errors((sigma) => {
  const exact = empirical(core, seen, sigma);
  const tweedie = denoiser(exact, sigma);
  return {
    linear: linear.at(sigma),
    exact: { core, dim, denoise: (y) => tweedie.denoise(y), dispose: () => exact.dispose() },
    blur: blurDenoiser(core, heldOut),
    mean: meanDenoiser(core, linear.mean),
  };
});
for (const [name, mse] of Object.entries(simple)) print(name, mse);

const found = new Map();
for (const seed of keys) {
  const net = unet(core, training, { key: key(seed) });
  const model = learnedDenoiser(net, { sigmaData: 0.31 });
  const options = {
    steps: Math.max(...marks),
    batch: 32,
    noise: { kind: 'logNormal', mean: -1, sd: 1.2 },
    // A decay of .999 a step of 32.
    halfLife: (32 * Math.log(0.5)) / Math.log(0.999),
    key: key(1000 + seed),
  };
  const began = performance.now();
  for await (const { step, checkpoint } of trainDenoiser(model, training, options)) {
    if (!marks.includes(step + 1)) continue;
    const seconds = (performance.now() - began) / 1000;
    const averaged = loadDenoiser(core, checkpoint());
    const { mse } = await errors((sigma) => ({ mse: averaged.at(sigma) }));
    averaged.dispose();
    print(`${step + 1} steps, key ${seed}, ${seconds.toFixed(0)} s`, mse);
    found.set(step + 1, [...(found.get(step + 1) ?? []), mse]);
  }
  model.dispose();
}
if (keys.length > 1) {
  for (const [step, all] of found) {
    print(
      `${step} steps, mean`,
      SIGMAS.map((_, i) => all.reduce((sum, mse) => sum + mse[i] / all.length, 0)),
    );
  }
}
core.dispose();
