// The command line of the benchmark.
import { parseArgs } from 'node:util';
import { OURS, systems } from '../systems/index.mjs';
import { names } from '../workloads/index.mjs';

const peers = systems.map(({ name }) => name).filter((name) => name !== OURS);

export const HELP = `npm run bench [-- OPTIONS]

Times scorefield against other frameworks on the same work, prints a table, and writes bench/results.

  --quick          in a few minutes: few samples; without growth, digits, samplers, the large picture, the largest training of a
                   U-Net and TensorFlow.js's cpu backend, unless they are named
  --browser        in Chromium (BENCH_CHROMIUM, default /usr/bin/chromium) instead of Node
  --native         also JAX and PyTorch, from the Python named by BENCH_PYTHON (or several, as in PATH)
  --only WORKLOAD  one of them, or several separated by commas:
                   ${names.slice(0, 9).join(', ')},
                   ${names.slice(9).join(', ')}
  --system SYSTEM  only these against scorefield, separated by commas:
                   ${peers.join(', ')}
  --kernel NAME    for scorefield's loadCore (default auto)
  --threads N      what "all threads" means (default: what the system has)
  --out DIR        default bench/results
  --help           this

MNIST_DIR: a folder with t10k-images-idx3-ubyte (or .gz), for the workloads empirical-score and digits; without it the first
takes made-up points and the second is left out. BENCH_PYTHON with blackjax: also its HMC and NUTS, for samplers.
`;

/** @throws Error on an option it does not know */
export function readOptions(args) {
  const { values } = parseArgs({
    args,
    options: {
      quick: { type: 'boolean', default: false },
      browser: { type: 'boolean', default: false },
      native: { type: 'boolean', default: false },
      only: { type: 'string' },
      system: { type: 'string' },
      kernel: { type: 'string', default: 'auto' },
      threads: { type: 'string' },
      out: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  const list = (text) => text?.split(',').map((part) => part.trim());
  const only = list(values.only);
  const unknown = only?.find((name) => !names.includes(name));
  if (unknown) throw new Error(`--only: no workload ${unknown}; there are ${names.join(', ')}`);
  const system = list(values.system);
  const stranger = system?.find((name) => !peers.includes(name));
  if (stranger) throw new Error(`--system: no system ${stranger}; there are ${peers.join(', ')}`);
  const threads = values.threads === undefined ? undefined : Number(values.threads);
  if (threads !== undefined && !(Number.isInteger(threads) && threads > 0)) {
    throw new Error(`--threads: a positive integer, got ${values.threads}`);
  }
  return { ...values, only, system, threads };
}

/** How long everything takes. Times in milliseconds. */
export function effort(quick) {
  return quick
    ? { warmMs: 150, sampleMs: 60, rounds: 5, leastRounds: 1, budgetMs: 1500, limitMs: 20_000, starts: 3 }
    : {
        warmMs: 1000,
        sampleMs: 250,
        rounds: 15,
        leastRounds: 3,
        budgetMs: 20_000,
        limitMs: 120_000,
        starts: 11,
      };
}
