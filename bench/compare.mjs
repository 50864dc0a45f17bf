// Times two builds of the library on the benchmark's workloads, interleaved in one process:
//
//   node bench/compare.mjs BEFORE AFTER [--only WORKLOAD,...] [--threads 1,2] [--kernel auto] [--rounds 25]
//
// BEFORE and AFTER are checkouts, both built. A line a workload: the medians, and the median of the ratios of neighbouring
// samples, AFTER over BEFORE: below 1, AFTER is faster.
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { open } from './systems/ours.mjs';
import { growth, workloads } from './workloads/index.mjs';

/** Length of a sample. */
const SAMPLE_MS = 60;
/** Engines compile WebAssembly better as a function is called more often: warm by many short calls. */
const WARM_MS = 600;

const median = (numbers) => [...numbers].sort((a, b) => a - b)[numbers.length >> 1];

/** One build on one workload: `sample()` gives milliseconds a unit. */
async function prepare(checkout, workload, options) {
  const library = await import(pathToFileURL(resolve(checkout, 'dist/index.js')).href);
  const core = await library.loadCore({ kernel: 'strict' });
  const problem = await workload.problem(library, core);
  core.dispose();
  const system = await open(library, options);
  const { run } = await system[workload.kind](problem);
  const timed = async (count) => {
    const start = performance.now();
    // A run of chains makes at least as many steps as asked for, and says how many.
    const units = (await run(count)) ?? count;
    return { units, ms: performance.now() - start };
  };
  for (const start = performance.now(); performance.now() - start < WARM_MS; ) await timed(1);
  const { units, ms } = await timed(1);
  const count = Math.max(1, Math.round((SAMPLE_MS * units) / ms));
  return async () => {
    const sample = await timed(count);
    return sample.ms / sample.units;
  };
}

async function compare(checkouts, workload, options, rounds) {
  const sides = [];
  for (const checkout of checkouts) sides.push(await prepare(checkout, workload, options));
  const times = [[], []];
  for (let round = 0; round < rounds; round++) {
    // Who begins alternates too.
    for (const side of round % 2 ? [1, 0] : [0, 1]) times[side].push(await sides[side]());
  }
  return {
    before: median(times[0]),
    after: median(times[1]),
    ratio: median(times[1].map((ms, i) => ms / times[0][i])),
  };
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    only: { type: 'string' },
    threads: { type: 'string', default: '1,2' },
    kernel: { type: 'string', default: 'auto' },
    rounds: { type: 'string', default: '25' },
  },
});
const all = [...workloads, ...growth];
const only = values.only?.split(',') ?? workloads.map(({ name }) => name);
const unknown = only.find((name) => !all.some((workload) => workload.name === name));
if (positionals.length !== 2 || unknown) {
  console.error(
    unknown
      ? `--only: no workload ${unknown}; there are ${all.map(({ name }) => name).join(', ')}`
      : 'usage: node bench/compare.mjs BEFORE AFTER [--only WORKLOAD,...] [--threads 1,2] [--kernel auto] [--rounds 25]',
  );
  process.exit(2);
}
console.log('workload            threads   before ms    after ms   after / before');
for (const threads of values.threads.split(',').map(Number)) {
  for (const workload of all.filter(({ name }) => only.includes(name))) {
    const options = { kernel: values.kernel, threads };
    const { before, after, ratio } = await compare(positionals, workload, options, Number(values.rounds));
    const cells = [before, after].map((ms) => ms.toPrecision(4).padStart(11));
    console.log(
      workload.name.padEnd(20),
      String(threads).padStart(6),
      ...cells,
      ratio.toFixed(3).padStart(10),
    );
  }
}
process.exit();
