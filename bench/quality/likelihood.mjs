// Learning the distribution itself against learning its score: total variation from the exact distribution of the built-in five at
// the article's level 17 (sigma 0.022), by processor seconds of training. Writes bench/quality/likelihood.json:
//
//   node bench/quality/likelihood.mjs [--threads N] [--only ROUTE,...] [--steps N,N,...]
//
// Routes: `likelihood`, a gradient network fitted by trainLikelihood; `energy`, the same network by least-squares denoising at that
// noise alone; `free`, the network of preset `quick`, which is no gradient, by the same; `quick`, the preset, which learns all 30
// levels. Each row is a run of that length. Of each, a million samples or more are counted, by MALA where there is a density, else by
// Langevin dynamics, of 256 chains that start at (0.5, 0.5), as the article's; of a density also its own masses, integrated over the
// cells. The exact score sampled by both says what the chains themselves cost. Rows of the same route and steps are replaced.
import { readFile, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import {
  builtInImage,
  denoiserScores,
  densityHistogram,
  empirical,
  energyNetwork,
  geomspace,
  imageDistribution,
  key,
  langevin,
  learnedDenoiser,
  loadCore,
  mala,
  network,
  presets,
  smoothedHistogram,
  totalVariation,
  train,
  trainDenoiser,
  trainLikelihood,
} from '../../dist/index.js';

const { values } = parseArgs({
  options: { threads: { type: 'string', default: '1' }, only: { type: 'string' }, steps: { type: 'string' } },
});
const core = await loadCore({ threads: Number(values.threads) });
const data = imageDistribution(builtInImage('five'));
const grid = { bins: 50, xlim: [0, 1], ylim: [0, 1] };
const LEVEL = 17;
const sigma = geomspace(1e-4, 1, 30)[LEVEL];
const exact = smoothedHistogram(data, sigma, grid);
const SHAPE = { height: 1, width: 1, channels: 2 };
const sigmaData = 0.3;

const clock = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};

/** Total variation of a million samples or more, those after a third or a fifth of each chain. */
async function sampled(score, sampler = 'logProb' in score ? mala : langevin) {
  // Unadjusted steps must be short: those of the article, 1e-3, alone cost 0.046.
  const [stepSize, before, steps] = sampler === mala ? [1e-3, 1000, 4000] : [2e-4, 5000, 10000];
  const options = { chains: 256, stepSize };
  let state;
  const init = Float32Array.of(0.5, 0.5);
  for await (state of sampler(score, { ...options, key: key(1), steps: before, init }));
  for await (state of sampler(score, { ...options, key: key(2), steps, init: state.x, histogram: grid }));
  return totalVariation(state.histogram, exact);
}

/** What a score or density at the level is worth. */
async function quality(score, isDensity) {
  const integrated = isDensity && totalVariation(densityHistogram(score, grid), exact);
  return { sampled: await sampled(score), ...(isDensity && { integrated }) };
}

/** A run of so many steps: its seconds, and what it is worth. */
async function measured(steps, training, scoreOf, isDensity) {
  let seconds = -clock();
  for await (const _ of training);
  seconds += clock();
  const score = scoreOf();
  const row = { steps, seconds, ...(await quality(score, isDensity)) };
  score.dispose();
  return row;
}

const denoising = { noise: { kind: 'fixed', sigma }, batch: 1024, learningRate: 1e-2, schedule: 'cosine' };
const energy = () => learnedDenoiser(energyNetwork(core, SHAPE, { features: 128 }), { sigmaData });

const routes = {
  exact: {
    steps: [0],
    async run() {
      const score = empirical(core, data, sigma);
      const row = {
        steps: 0,
        seconds: 0,
        sampled: await sampled(score),
        langevin: await sampled(score, langevin),
      };
      score.dispose();
      return row;
    },
  },
  likelihood: {
    steps: [60, 125, 250, 500, 1000, 2000],
    async run(steps) {
      const denoiser = energy();
      const training = trainLikelihood(denoiser, data, { sigma, steps });
      const row = await measured(steps, training, () => denoiserScores(denoiser).at(sigma), true);
      denoiser.dispose();
      return row;
    },
  },
  energy: {
    steps: [125, 250, 500, 1000, 2000],
    async run(steps) {
      const denoiser = energy();
      const training = trainDenoiser(denoiser, data, { ...denoising, steps });
      const row = await measured(steps, training, () => denoiserScores(denoiser).at(sigma), true);
      denoiser.dispose();
      return row;
    },
  },
  free: {
    steps: [125, 250, 500, 1000, 2000],
    async run(steps) {
      const net = network(core, { ...presets.quick.network, levels: 1, sigmaMin: sigma, sigmaMax: sigma });
      const { drawing, learningRate, schedule } = presets.quick.training;
      const training = train(net, data, { drawing, learningRate, schedule, batch: 1024, steps });
      const row = await measured(steps, training, () => net.at(0), false);
      net.dispose();
      return row;
    },
  },
  quick: {
    steps: [250, 500, 1000, 2000, 4000, 8000],
    async run(steps) {
      const preset = presets.quick;
      const net = network(core, preset.network);
      const row = await measured(
        steps,
        train(net, data, { ...preset.training, steps }),
        () => net.at(LEVEL),
        false,
      );
      net.dispose();
      return row;
    },
  },
};

const names = values.only?.split(',') ?? Object.keys(routes);
const unknown = names.find((name) => !(name in routes));
if (unknown) throw new Error(`--only: routes are ${Object.keys(routes).join(', ')}, got ${unknown}`);
const file = new URL('likelihood.json', import.meta.url);
for (const route of names) {
  for (const steps of values.steps?.split(',').map(Number) ?? routes[route].steps) {
    const row = { route, threads: core.threads, ...(await routes[route].run(steps)) };
    console.log(JSON.stringify(row));
    const before = await readFile(file, 'utf8').then(JSON.parse, () => []);
    const kept = before.filter((other) => other.route !== route || other.steps !== steps);
    await writeFile(file, `${JSON.stringify([...kept, row], null, 1)}\n`);
  }
}
core.dispose();
