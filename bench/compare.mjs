import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { open } from './systems/ours.mjs';
import { growth, workloads } from './workloads/index.mjs';

const all = [...workloads, ...growth];
const first = workloads.slice(0, 9);
const HELP = `node bench/compare.mjs BEFORE AFTER [OPTIONS]

Times two builds of the library on the benchmark's workloads, interleaved in one process. BEFORE and AFTER are checkouts,
both built. A line a workload: the medians, and the median of the ratios of neighbouring samples, AFTER over BEFORE, so
that below 1 AFTER is faster.

  --only WORKLOAD  one of them, or several separated by commas (default: the first ten):
                   ${all.map(({ name }) => name).join(', ')}
  --threads LIST   default 1,2
  --kernel NAME    for loadCore (default auto)
  --rounds N       samples of each side (default 25)
  --clock NAME     wall (default), or processor: the time that all threads of the process compute, for a machine shared with
                   others. Of several threads that is their sum
  --help           this

MNIST_DIR: as npm run bench has it.
`;

const clocks = {
  wall: () => performance.now(),
  processor: () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1000;
  },
};

/** Length of a sample. */
const SAMPLE_MS = 60;
/** Engines compile WebAssembly better as a function is called more often: warm by many short calls. */
const WARM_MS = 600;

const median = (numbers) => [...numbers].sort((a, b) => a - b)[numbers.length >> 1];

/** One build on one workload: `sample()` gives milliseconds a unit. */
async function prepare(checkout, workload, options, clock) {
  const library = await import(pathToFileURL(resolve(checkout, 'dist/index.js')).href);
  const core = await library.loadCore({ kernel: 'strict' });
  const problem = await workload.problem(library, core);
  core.dispose();
  const system = await open(library, options);
  const { run } = await system[workload.kind](problem);
  const timed = async (count) => {
    const start = clock();
    // A run of chains makes at least as many steps as asked for, and says how many.
    const units = (await run(count)) ?? count;
    return { units, ms: clock() - start };
  };
  for (const start = performance.now(); performance.now() - start < WARM_MS; ) await timed(1);
  const { units, ms } = await timed(1);
  const count = Math.max(1, Math.round((SAMPLE_MS * units) / ms));
  return async () => {
    const sample = await timed(count);
    return sample.ms / sample.units;
  };
}

async function compare(checkouts, workload, options, rounds, clock) {
  const sides = [];
  for (const checkout of checkouts) sides.push(await prepare(checkout, workload, options, clock));
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
    only: { type: 'string', default: first.map(({ name }) => name).join() },
    threads: { type: 'string', default: '1,2' },
    kernel: { type: 'string', default: 'auto' },
    rounds: { type: 'string', default: '25' },
    clock: { type: 'string', default: 'wall' },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  console.log(HELP);
  process.exit();
}
const only = values.only.split(',');
const unknown = only.find((name) => !all.some((workload) => workload.name === name));
const threadCounts = values.threads.split(',').map(Number);
const rounds = Number(values.rounds);
const clock = clocks[values.clock];
const mistake =
  positionals.length !== 2
    ? `two checkouts are wanted, got ${positionals.length}`
    : unknown
      ? `--only: no workload ${unknown}`
      : ![...threadCounts, rounds].every((n) => Number.isInteger(n) && n > 0)
        ? '--threads and --rounds must be positive integers'
        : clock
          ? undefined
          : `--clock: one of ${Object.keys(clocks).join(', ')}, got ${values.clock}`;
if (mistake) {
  console.error(`bench/compare.mjs: ${mistake}; see --help`);
  process.exit(2);
}
console.log('workload            threads   before ms    after ms   after / before');
for (const threads of threadCounts) {
  for (const workload of all.filter(({ name }) => only.includes(name))) {
    const options = { kernel: values.kernel, threads };
    const { before, after, ratio } = await compare(positionals, workload, options, rounds, clock);
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
