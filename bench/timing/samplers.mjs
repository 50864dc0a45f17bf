// Chain-steps, scores and effective samples a second of samplers, one thread. Effective samples are those of the coordinate, or
// square of one, that has the fewest.
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { CHAINS, covariance, DRAWS, samplers, targets } from '../workloads/samplers.mjs';
import { summary } from './measure.mjs';

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

/** Effective samples a chain-step of a run of DRAWS steps over chains that start at one place: of its last three quarters. */
async function effectiveShare(states, dim) {
  const first = DRAWS / 4;
  const path = new Float32Array((DRAWS - first) * CHAINS * dim);
  for await (const state of states) {
    if (state.step <= 0) continue;
    const at = (state.step - first) * CHAINS * dim - state.path.length;
    path.set(state.path.subarray(Math.max(0, -at)), Math.max(0, at));
  }
  return least(path, dim) / ((DRAWS - first) * CHAINS);
}

/** What a run took from its first state on: the steps before it, which may adapt, do not count. */
async function timed(states) {
  let first;
  let last;
  for await (const { step, leapfrogs } of states) {
    if (step <= 0) continue;
    const at = performance.now();
    last = { step, at, leapfrogs: leapfrogs?.reduce((x, y) => x + y, 0) };
    first ??= last;
  }
  return {
    steps: (last.step - first.step) * CHAINS,
    seconds: (last.at - first.at) / 1000,
    ...(last.leapfrogs && { scores: last.leapfrogs - first.leapfrogs }),
  };
}

/** BlackJAX's HMC and NUTS with the same settings. */
async function blackjax(python, rounds) {
  const script = fileURLToPath(new URL('../systems/native/blackjax_samplers.py', import.meta.url));
  const hmc = targets.map(({ size, leapfrogs }) => ({ size, leapfrogs }));
  const settings = JSON.stringify({ chains: CHAINS, draws: DRAWS, covariance, hmc, rounds });
  const { stdout } = await promisify(execFile)(python, [script, settings], { maxBuffer: 2 ** 24 });
  return JSON.parse(stdout).map(({ steps, seconds, scores, ess, ...who }) => ({
    ...who,
    stepsPerSecond: steps / seconds,
    scoresPerSecond: scores / seconds,
    effectivePerSecond: ess / seconds,
  }));
}

/**
 * @param python a Python that has blackjax; left out: ours alone
 * @returns rows { target, name, stepsPerSecond, scoresPerSecond, effectivePerSecond }
 */
export async function timeSamplers(library, { python, rounds = 5 } = {}) {
  const core = await library.loadCore();
  const rows = [];
  for (const target of targets) {
    const density = target.density(library, core);
    for (const [name, { run, times }] of Object.entries(samplers)) {
      const states = (steps) =>
        run(library, density, { key: library.key(1), steps, chains: CHAINS, thin: 1 }, target);
      // The engine compiles and optimises meanwhile.
      const share = await effectiveShare(states(DRAWS), density.dim);
      const runs = [];
      for (let i = 0; i < rounds; i++) runs.push(await timed(states(times * DRAWS)));
      const median = (rate) => summary(runs.map(rate)).median;
      const stepsPerSecond = median(({ steps, seconds }) => steps / seconds);
      rows.push({
        target: target.name,
        name,
        stepsPerSecond,
        scoresPerSecond: median(({ scores = 0, seconds }) => scores / seconds),
        effectivePerSecond: share * stepsPerSecond,
      });
    }
    density.dispose();
  }
  core.dispose();
  return python ? [...rows, ...(await blackjax(python, rounds))] : rows;
}
