// Mean squared errors of a U-Net on digits that it has not seen, by steps of training and by noise, beside those of a linear
// denoiser, the exact score of what it was trained on, a blur and the mean: MNIST_DIR=... node bench/heldOut.mjs after
// npm run build. --keys 0,1,2: one training a key; --steps 300,1000,3000: when to measure; --threads N.
// On two cores a training of 3,000 steps takes several minutes.
import { parseArgs } from 'node:util';
import * as library from '../dist/index.js';
import { errorsOf, mnistDigits, simpleDenoisers, trainOnDigits } from './quality/heldOutDigits.mjs';

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

const digits = await mnistDigits(library);
const core = await library.loadCore({ threads });
const print = (name, mse) => console.log(`| ${name} | ${mse.map((e) => e.toFixed(5)).join(' | ')} |`);
console.log(
  `| mean squared error at sigma | ${SIGMAS.join(' | ')} |\n| --- | ${SIGMAS.map(() => '--:').join(' | ')} |`,
);
const simple = await errorsOf(library, digits, SIGMAS, simpleDenoisers(library, core, digits));
for (const [name, mse] of Object.entries(simple)) print(name, mse);

const found = new Map();
for (const seed of keys) {
  const run = trainOnDigits(library, core, digits, { seed, steps: Math.max(...marks) });
  for await (const { step, seconds, errors } of run) {
    if (!marks.includes(step)) continue;
    const mse = await errors(SIGMAS);
    print(`${step} steps, key ${seed}, ${seconds.toFixed(0)} s`, mse);
    found.set(step, [...(found.get(step) ?? []), mse]);
  }
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
