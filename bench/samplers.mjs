// Chain-steps and effective samples a second of each sampler on two targets, one thread: node bench/samplers.mjs after
// npm run build. With BENCH_PYTHON, a Python that has blackjax, beside BlackJAX's HMC and NUTS with the same settings.
// Effective samples are those of the coordinate, or square of one, that has the fewest.
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { banana, gaussian, hmc, key, langevin, loadCore, mala, nuts, underdamped } from '../dist/index.js';

const CHAINS = 64;
const DRAWS = 1000;
const core = await loadCore();

/** Variances from 1 to 1e-4 along axes turned by a reflection. */
function illConditioned(dim) {
  const v = Array.from({ length: dim }, (_, i) => Math.sin(i + 1));
  const norm = v.reduce((sum, a) => sum + a * a, 0);
  const turn = v.map((a, i) => v.map((b, j) => (i === j ? 1 : 0) - (2 * a * b) / norm));
  const variances = v.map((_, i) => 10 ** ((-4 * i) / (dim - 1)));
  return turn.map((row) => turn.map((other) => row.reduce((s, a, k) => s + a * other[k] * variances[k], 0)));
}

const covariance = illConditioned(10);
const targets = {
  'gaussian, 10 d': {
    density: gaussian(core, { mean: covariance.map(() => 0), covariance }),
    size: 0.01,
    leapfrogs: 50,
  },
  banana: { density: banana(core, { bend: 0.3 }), size: 0.2, leapfrogs: 8 },
};
const samplers = {
  langevin: (d, o, { size }) => langevin(d, { ...o, stepSize: size ** 2 }),
  underdamped: (d, o, { size }) => underdamped(d, { ...o, stepSize: size }),
  mala: (d, o, { size }) => mala(d, { ...o, stepSize: size ** 2 }),
  hmc: (d, o, { size, leapfrogs }) => hmc(d, { ...o, stepSize: size, leapfrogs, jitter: 0.2 }),
  nuts: (d, o) => nuts(d, o),
};

/** Effective sample size of values [draws, chains]: Geyer's initial positive sequence, as tests/samplers/ess.ts has it. */
function effective(values) {
  const total = values.length;
  const mean = values.reduce((sum, v) => sum + v, 0) / total;
  const covarianceAt = (lag) => {
    let sum = 0;
    for (let i = 0; i + lag * CHAINS < total; i++)
      sum += (values[i] - mean) * (values[i + lag * CHAINS] - mean);
    return sum / total;
  };
  const variance = covarianceAt(0);
  let time = -1;
  let least = Infinity;
  for (let lag = 0; lag + 1 < total / CHAINS; lag += 2) {
    const pair = Math.min(least, (covarianceAt(lag) + covarianceAt(lag + 1)) / variance);
    if (!(pair > 0)) break;
    time += 2 * pair;
    least = pair;
  }
  return total / Math.max(time, 1 / Math.log10(total));
}

function least(path, dim) {
  const sizes = Array.from({ length: dim }, (_, d) => {
    const x = Float64Array.from({ length: path.length / dim }, (_, i) => path[i * dim + d]);
    return [effective(x), effective(x.map((v) => v * v))];
  });
  return Math.min(...sizes.flat());
}

function print(target, name, { steps, seconds, ess, scores }) {
  const round = (v) => (v === undefined ? '' : Math.round(v).toLocaleString('en'));
  const cells = [
    target,
    name,
    round(steps / seconds),
    round(scores && scores / seconds),
    round(ess / seconds),
  ];
  console.log(`| ${cells.join(' | ')} |`);
}

console.log('| target | sampler | chain-steps/s | scores/s | effective samples/s |');
console.log('| --- | --- | --: | --: | --: |');
for (const [target, at] of Object.entries(targets)) {
  const { density } = at;
  for (const [name, run] of Object.entries(samplers)) {
    const options = { key: key(1), steps: DRAWS, chains: CHAINS, thin: 1 };
    // Once to let the engine compile and optimise.
    const parts = [];
    let started;
    let scores;
    for await (const state of run(density, { ...options, steps: 4 * DRAWS }, at)) scores = state.leapfrogs;
    for await (const state of run(density, options, at)) {
      if (state.step <= 0 || started === undefined) started = performance.now();
      if (state.step > 0) parts.push({ ...state, at: performance.now() });
    }
    // From the first state on, whose steps do not count.
    const [first, last] = [parts[0], parts[parts.length - 1]];
    const seconds = (last.at - first.at) / 1000;
    const path = Float32Array.from(parts.slice(1).flatMap((part) => [...part.path]));
    const sum = (a) => a?.reduce((x, y) => x + y, 0);
    scores = last.leapfrogs && sum(last.leapfrogs) - sum(first.leapfrogs);
    print(target, name, {
      steps: (last.step - first.step) * CHAINS,
      seconds,
      ess: least(path, density.dim),
      scores,
    });
  }
}

if (process.env.BENCH_PYTHON) {
  const script = fileURLToPath(new URL('systems/native/blackjax_samplers.py', import.meta.url));
  const settings = JSON.stringify(
    { chains: CHAINS, draws: DRAWS, covariance, hmc: Object.values(targets) },
    (k, v) => (k === 'density' ? undefined : v),
  );
  const { stdout } = await promisify(execFile)(process.env.BENCH_PYTHON, [script, settings]);
  for (const row of JSON.parse(stdout)) print(row.target, row.name, row);
}
