// How good a learned score is against the seconds of training it took. Adds rows to bench/quality/measured.json:
//
//   node bench/quality/measure.mjs PRESET [--threads N] [--steps N,N,...] [--idx FILE] [--clock NAME]
//   node bench/quality/measure.mjs --weights FILE --system NAME --seconds S [--threads N] [--idx FILE] [--clock NAME]
//
// The first trains a preset, the second takes weights trained elsewhere. --steps: where to look along the way; where the
// rate falls to an end, each is a run of that length instead. --idx: the first picture of a file of MNIST, for the
// built-in five. --clock: wall (default), or processor, the time all threads computed, for a machine shared with others.
// What was measured before of the same system, picture, threads, clock and steps is replaced: after a change of a
// preset, begin with no measured.json.
import { readFile, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import {
  builtInImage,
  decodeWeights,
  evaluate,
  imageDistribution,
  key,
  langevin,
  loadCore,
  loadNetwork,
  network,
  presets,
  readIdx,
  smoothedHistogram,
  split,
  totalVariation,
  train,
} from '../../dist/index.js';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    threads: { type: 'string', default: '1' },
    steps: { type: 'string' },
    idx: { type: 'string' },
    weights: { type: 'string' },
    system: { type: 'string' },
    seconds: { type: 'string' },
    clock: { type: 'string', default: 'wall' },
  },
});
const [preset] = positionals;
if (!presets[preset] && !values.weights) {
  throw new Error(`give a preset (${Object.keys(presets).join(', ')}) or --weights`);
}
const clocks = {
  wall: () => performance.now() / 1000,
  processor: () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1e6;
  },
};
const clock = clocks[values.clock];
if (!clock) throw new Error(`--clock: one of ${Object.keys(clocks).join(', ')}, got ${values.clock}`);
const threads = Number(values.threads);
const core = await loadCore({ threads });
const image = values.idx ? readIdx(await readFile(values.idx)).image(0) : builtInImage('five');
const data = imageDistribution(image);
const { sampling } = presets.article;

/** Mean excess, excess at the level of sampling, and how far the article's 400,000 samples are from the truth. */
async function quality(net) {
  const excess = [];
  for await (const level of evaluate(net, data)) excess.push(level.excess);
  const grid = { bins: 50, xlim: [0, 1], ylim: [0, 1] };
  const { level, init, ...options } = sampling;
  const score = net.at(level);
  const [noise] = split(key(0), 3);
  let counted;
  for await (const { histogram } of langevin(score, {
    key: noise,
    ...options,
    init: Float32Array.from(init),
    histogram: grid,
  })) {
    counted = histogram;
  }
  score.dispose();
  return {
    meanExcess: excess.reduce((a, b) => a + b) / excess.length,
    excess: excess[level],
    totalVariation: totalVariation(counted, smoothedHistogram(data, net.sigmas[level], grid)),
    levels: excess.map((value) => Number(value.toPrecision(4))),
  };
}

/** Trains a preset for `steps`; the clock stops while the network is looked at. Returns a row for each of `looks`. */
async function trained({ network: config, training }, steps, looks) {
  const rows = [];
  const net = network(core, config);
  let seconds = 0;
  let began = clock();
  for await (const { step } of train(net, data, { ...training, steps })) {
    if (!looks.includes(step + 1)) continue;
    seconds += clock() - began;
    rows.push({ step: step + 1, seconds, ...(await quality(net)) });
    console.log(JSON.stringify(rows.at(-1)));
    began = clock();
  }
  net.dispose();
  return rows;
}

async function rowsOf() {
  if (values.weights) {
    const weights = decodeWeights(await readFile(values.weights));
    const net = loadNetwork(core, weights);
    return [{ step: weights.step, seconds: Number(values.seconds), ...(await quality(net)) }];
  }
  const { training } = presets[preset];
  const looks = values.steps?.split(',').map(Number) ?? [training.steps];
  if (training.schedule === 'constant') return trained(presets[preset], Math.max(...looks), looks);
  const runs = [];
  for (const steps of looks) runs.push(...(await trained(presets[preset], steps, [steps])));
  return runs;
}

const file = new URL('measured.json', import.meta.url);
const entry = {
  system: values.system ?? preset,
  picture: values.idx ? 'MNIST digit 0' : 'five',
  threads,
  clock: values.clock,
};
const rows = await rowsOf();
core.dispose();
const before = await readFile(file, 'utf8').then(JSON.parse, () => []);
const isSame = (other) =>
  ['system', 'picture', 'threads', 'clock'].every((name) => other[name] === entry[name]);
const isNew = ({ step }) => rows.every((row) => row.step !== step);
const kept = (before.find(isSame)?.rows ?? []).filter(isNew);
const all = [...kept, ...rows].sort((a, b) => a.step - b.step);
const entries = [...before.filter((other) => !isSame(other)), { ...entry, rows: all }];
await writeFile(file, `${JSON.stringify(entries, null, 1)}\n`);
