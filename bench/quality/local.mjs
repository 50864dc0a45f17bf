// Local scores of MNIST's digits beside the exact score and a U-Net trained on the same 9,000:
//
//   MNIST_DIR=... node bench/quality/local.mjs [--steps N] [--threads N|auto] [--kernel NAME] [--what errors,samples,times]
//
// errors: on 40 held-out digits, by sigma and size of patch, and how much of the U-Net's estimates local scores explain; samples: the
// share of copies among 64, and how much of the U-Net's samples from the same noise is explained; times: processor milliseconds of a
// score. --steps: of the U-Net's training (default 600). r2 is 1 - |u - l|^2 / |u - mean of u|^2 of an image u, the median over images.
import { parseArgs } from 'node:util';
import * as library from '../../dist/index.js';
import { mnistDigits, processor } from './heldOutDigits.mjs';

const SIGMAS = [0.1, 0.25, 0.5, 1, 2];
const SIZES = [3, 5, 7, 9, 11, 13, 21, Number.POSITIVE_INFINITY];
const LOOKED_AT = 40;
/** sigma: size, as the default has it. */
const TIMED = [0.1, 0.2, 0.4, 0.8, 1.3, 2, 4];

const { values } = parseArgs({
  options: {
    steps: { type: 'string', default: '600' },
    threads: { type: 'string', default: 'auto' },
    kernel: { type: 'string', default: 'auto' },
    what: { type: 'string', default: 'errors,samples,times' },
  },
});
const threads = values.threads === 'auto' ? 'auto' : Number(values.threads);
const core = await library.loadCore({ threads, kernel: values.kernel });
const { training, heldOut } = await mnistDigits(library);
const points = library.imagePoints(training);
const report = (what) => console.log(JSON.stringify(what));
const what = values.what.split(',');

const unet =
  what.includes('errors') || what.includes('samples') ? await trained(Number(values.steps)) : undefined;
if (what.includes('errors')) await errors();
if (what.includes('samples')) await samples();
if (what.includes('times')) times();
core.dispose();

/** A U-Net after so many steps of batch 32: the moving average of its weights. */
async function trained(steps) {
  const { key, learnedDenoiser, loadDenoiser, trainDenoiser } = library;
  const model = learnedDenoiser(library.unet(core, training, { key: key(0) }), { sigmaData: 0.31 });
  const options = {
    steps,
    batch: 32,
    noise: { kind: 'logNormal', mean: -1, sd: 1.2 },
    halfLife: (32 * Math.log(0.5)) / Math.log(0.99),
    key: key(1000),
  };
  const began = processor();
  let last;
  for await (const { step, checkpoint } of trainDenoiser(model, training, options))
    if (step === steps - 1) last = checkpoint();
  report({ steps, seconds: processor() - began });
  return loadDenoiser(core, last);
}

/** Share of the variance of each image of u that v explains: the median over images of `dim`. */
function explained(u, v, dim) {
  const shares = [];
  for (let from = 0; from < u.length; from += dim) {
    const image = u.subarray(from, from + dim);
    const mean = image.reduce((sum, x) => sum + x, 0) / dim;
    const left = image.reduce((sum, x, i) => sum + (x - v[from + i]) ** 2, 0);
    shares.push(1 - left / image.reduce((sum, x) => sum + (x - mean) ** 2, 0));
  }
  return shares.sort((a, b) => a - b)[shares.length >> 1];
}

async function errors() {
  const looked = library.takeImages(heldOut, [...Array(LOOKED_AT).keys()]);
  const options = { sigmas: SIGMAS, sizes: SIZES };
  const towards = library.denoiserScores(unet);
  const own = await library.calibratePatches(core, training, looked, options);
  const near = await library.calibratePatches(core, training, looked, { ...options, towards });
  report({ sizes: SIZES.map(String) });
  const x = library.imageRows(looked);
  const dim = x.length / LOOKED_AT;
  const keys = library.split(library.key(0), SIGMAS.length);
  for (const [i, sigma] of SIGMAS.entries()) {
    const z = library.normal(core, keys[i], [LOOKED_AT, dim]);
    const y = x.map((v, j) => v + sigma * z[j]);
    const learned = unet.denoise(y, sigma);
    const squares = learned.reduce((sum, v, j) => sum + (v - x[j]) ** 2, 0) / x.length;
    const share = ({ patches }) => {
      const score = library.localScores(core, training, { patch: patches }).at(sigma);
      const r2 = explained(learned, library.denoiser(score, sigma).denoise(y), dim);
      score.dispose();
      return r2;
    };
    report({
      sigma,
      errors: own.errors[i],
      unet: squares,
      towards: near.errors[i],
      best: String(near.patches.find(({ below }) => sigma < below).size),
      r2: share(near),
      r2Exact: share({ patches: Number.POSITIVE_INFINITY }),
    });
  }
}

async function samples() {
  const process = library.varianceExploding({ sigmaMin: 0.05, sigmaMax: 8 });
  const options = { key: library.key(0), process, steps: 16, chains: 64, moments: library.momentsOf(points) };
  const families = {
    exact: library.dataScores(core, points),
    local: library.localScores(core, training),
    unet: library.denoiserScores(unet),
  };
  const drawn = {};
  for (const [name, family] of Object.entries(families)) {
    const began = processor();
    drawn[name] = (await library.collect(library.probabilityFlow(family, options))).x;
    const seconds = processor() - began;
    const { copied, meanDistance } = library.memorisation(drawn[name], points);
    report({ name, seconds, copied, meanDistance });
  }
  const real = library.memorisation(library.imageRows(heldOut), points);
  report({ name: 'held out', copied: real.copied, meanDistance: real.meanDistance });
  const [r2, r2Exact] = [drawn.local, drawn.exact].map((x) => explained(drawn.unet, x, points.dim));
  report({ r2OfSamples: r2, r2OfSamplesExact: r2Exact });
}

/** Each noise after the other, eight places, three times; the median. */
function times() {
  const family = library.localScores(core, training);
  const x = library.imageRows(heldOut, [...Array(8).keys()]);
  const z = library.normal(core, library.key(1), [x.length]);
  const found = TIMED.map(() => []);
  for (let round = 0; round < 3; round++) {
    for (const [i, sigma] of TIMED.entries()) {
      const score = family.at(sigma);
      const y = x.map((v, j) => v + sigma * z[j]);
      const began = processor();
      score.score(y);
      found[i].push((1000 * (processor() - began)) / 8);
      score.dispose();
    }
  }
  for (const [i, sigma] of TIMED.entries())
    report({ sigma, milliseconds: found[i].sort((a, b) => a - b)[1] });
}
