// Where the time of a network goes: see HELP. After npm run build.
import { parseArgs } from 'node:util';
import { measurePeak } from './hosts/peak.mjs';
import { internals } from './plan/library.mjs';
import { place } from './plan/placed.mjs';
import { processorMs, stopwatch } from './plan/stopwatch.mjs';
import { digits } from './report/numbers.mjs';
import { table } from './report/table.mjs';

const HELP = `node bench/plan.mjs [OPTIONS]

The operations of a network's plan: milliseconds of processor time of each for one block of samples, forward and backward
(medians), its arithmetic a second, and how much that is of the processor's peak as WebAssembly of 128 bits reaches it. Arithmetic
is that of the direct computation, two operations a multiply-add, whatever a kernel really does: Winograd's convolution needs
fewer, so it may exceed the peak. Then totals by kind, and of what is not one operation's.

  --network NAME   unet (default): 28 x 28 pictures; article: the article's network
  --channels LIST  of the U-Net's levels; one number C means C,2C,2C (default: 16,32,32)
  --blocks N       of a level of the U-Net (default 1)
  --side N         pixels of a picture's side (default 28)
  --batch N        samples of the block (default 8, or 128 for the article's network)
  --kernel NAME    for loadCore (default auto)
  --rounds N       calls of each (default 40)
  --all            also operations below a two-hundredth of the whole
  --help           this
`;

const { values } = parseArgs({
  options: {
    network: { type: 'string', default: 'unet' },
    channels: { type: 'string', default: '16,32,32' },
    blocks: { type: 'string', default: '1' },
    side: { type: 'string', default: '28' },
    batch: { type: 'string' },
    kernel: { type: 'string', default: 'auto' },
    rounds: { type: 'string', default: '40' },
    all: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

/** @throws RangeError unless it is a positive integer */
function count(name, text) {
  const number = Number(text);
  if (Number.isInteger(number) && number > 0) return number;
  throw new RangeError(`--${name}: a positive integer, got ${text}`);
}

/** The network asked for, and the samples of a block by default. */
const networks = {
  unet(library, core) {
    const given = values.channels.split(',').map((text) => count('channels', text));
    const channels = given.length === 1 ? [given[0], 2 * given[0], 2 * given[0]] : given;
    const side = count('side', values.side);
    const options = { channels, blocks: count('blocks', values.blocks), key: library.key(1) };
    return { net: library.unet(core, { height: side, width: side, channels: 1 }, options), samples: 8 };
  },
  article: (library, core) => ({
    net: library.network(core, { dim: 2, features: 256, width: 128, depth: 3, levels: 30 }),
    samples: 128,
  }),
};

/** Times every operation, whole passes, and what surrounds them. */
function measure(placed, rounds) {
  const watch = stopwatch();
  const { operations } = placed;
  const round = () => {
    watch.time('nothing', placed.nothing);
    watch.time('pack', placed.pack);
    watch.time('one', placed.one);
    placed.fill();
    placed.fillGradient();
    watch.time('start', placed.start);
    watch.time('forward', () => placed.forward());
    placed.fillGradient();
    watch.time('backward', () => placed.backward());
    watch.time('finish', placed.finish);
    placed.fill();
    operations.forEach((_, i) => {
      watch.time(`forward ${i}`, () => placed.forward(i));
    });
    placed.fillGradient();
    for (let i = operations.length - 1; i >= 0; i--) watch.time(`backward ${i}`, () => placed.backward(i));
  };
  // Engines compile WebAssembly better as a function is called more often.
  for (let i = 0; i < Math.max(5, rounds / 4); i++) round();
  watch.clear();
  for (let i = 0; i < rounds; i++) round();
  return watch;
}

/** Too short a time, in milliseconds, for a rate. */
const LEAST_MS = 0.01;

/** Cells for times and what they are in arithmetic: forward, backward, both. */
function cells({ forward, backward, multiplyAdds, backwardMultiplyAdds }, peak) {
  const rate = (operations, ms) => (operations > 0 && ms >= LEAST_MS ? (2 * operations) / ms / 1e6 : 0);
  const share = (gflops) =>
    gflops > 0 && peak > 0 ? [digits(gflops), `${((100 * gflops) / peak).toFixed(0)} %`] : ['', ''];
  return [
    forward.toFixed(3),
    ...share(rate(multiplyAdds, forward)),
    backward.toFixed(3),
    ...share(rate(backwardMultiplyAdds, backward)),
  ];
}

const HEAD = ['forward ms', 'GFLOP/s', 'of peak', 'backward ms', 'GFLOP/s', 'of peak'];
const FIELDS = ['forward', 'backward', 'multiplyAdds', 'backwardMultiplyAdds'];

/** Sums of rows with the same kind, most time first. */
function byKind(rows) {
  const kinds = new Map();
  for (const row of rows) {
    const sum = kinds.get(row.kind) ?? {
      kind: row.kind,
      operations: 0,
      ...Object.fromEntries(FIELDS.map((name) => [name, 0])),
    };
    sum.operations++;
    for (const name of FIELDS) sum[name] += row[name];
    kinds.set(row.kind, sum);
  }
  return [...kinds.values()].sort((a, b) => b.forward + b.backward - a.forward - a.backward);
}

async function main() {
  if (values.help) {
    process.stdout.write(HELP);
    return;
  }
  const make = networks[values.network];
  if (!make)
    throw new RangeError(`--network: one of ${Object.keys(networks).join(', ')}, got ${values.network}`);
  const rounds = count('rounds', values.rounds);
  const { library, remove } = await internals();
  try {
    const core = await library.loadCore({ kernel: values.kernel });
    const { net, samples: own } = make(library, core);
    const samples = values.batch === undefined ? own : count('batch', values.batch);
    const placed = place(library, net, samples);
    const { fused, separate } = measurePeak(10, processorMs);
    const peak = core.kernel === 'strict' ? separate : fused;
    const watch = measure(placed, rounds);
    const rows = placed.operations.map((operation, i) => ({
      ...operation,
      forward: watch.ms(`forward ${i}`),
      backward: watch.ms(`backward ${i}`),
    }));
    const all = Object.fromEntries(
      FIELDS.map((name) => [name, rows.reduce((sum, row) => sum + row[name], 0)]),
    );
    const whole = { ...all, forward: watch.ms('forward'), backward: watch.ms('backward') };
    const sums = byKind(rows);
    const least = values.all ? 0 : (whole.forward + whole.backward) / 200;
    const shown = rows.filter((row) => row.forward + row.backward >= least);
    const other = [
      ['kernels packed, once an update', watch.ms('pack')],
      ['gradient begun and finished, once a leaf', watch.ms('start') + watch.ms('finish')],
      ['output of one sample at a fixed noise', watch.ms('one')],
    ].map(([name, ms]) => [name, ms.toFixed(3)]);
    const page = [
      `${values.network}, ${net.count.toLocaleString('en')} parameters, ${placed.multiplyAdds.toLocaleString('en')} multiply-adds a sample forward; ${samples} samples; kernel ${core.kernel}; node ${process.version}; peak ${peak.toFixed(1)} GFLOP/s.`,
      table(
        ['operation', 'of', 'size', ...HEAD],
        shown.map((row) => [row.kind, row.name, String(row.size), ...cells(row, peak)]),
        3,
      ),
      shown.length < rows.length
        ? `${rows.length - shown.length} operations below a two-hundredth of the whole are left out; --all lists them.`
        : '',
      table(
        ['kind', 'operations', ...HEAD],
        [
          ...sums.map((sum) => [sum.kind, String(sum.operations), ...cells(sum, peak)]),
          ['all, one by one', String(rows.length), ...cells(all, peak)],
          ['all in one pass', String(rows.length), ...cells(whole, peak)],
        ],
        1,
      ),
      table(['besides', 'ms'], other, 1),
    ];
    process.stdout.write(`${page.filter(Boolean).join('\n\n')}\n`);
  } finally {
    await remove();
  }
}

await main().catch((error) => {
  const isUsage = error instanceof RangeError;
  process.stderr.write(`bench/plan.mjs: ${error.message}${isUsage ? '; see --help' : ''}\n`);
  process.exitCode = isUsage ? 2 : 1;
});
