// How long one pass over the article network's weights takes that does nothing but read them: what a step of a single
// chain, which needs each weight once, cannot be faster than. Beside it, such steps. `node bench/reading.mjs`, after
// `npm run build`.
import { key, langevin, loadCore, network } from '../dist/index.js';

/** f32 weights of 2-(256+256)-128-128-128-2, biases left out. */
const WEIGHTS = 514 * 128 + 2 * 128 * 128 + 128 * 2;
const LOADS = 12;
const BYTES = Math.ceil((4 * WEIGHTS) / (16 * LOADS)) * 16 * LOADS;
const PAGES = Math.ceil(BYTES / 65_536);

const unsigned = (n) => (n < 128 ? [n] : [(n & 127) | 128, ...unsigned(n >>> 7)]);
/** The two's complement of a positive number: its last group of seven bits must not look negative. */
const signed = (n) => (n < 64 ? [n] : [(n & 127) | 128, ...signed(n >>> 7)]);
const section = (id, ...body) => [id, ...unsigned(body.flat().length), ...body.flat()];

/** A module that exports `run(passes)`: every pass loads all vectors and joins them by exclusive or. */
function moduleBytes() {
  const [at, first] = [1, 2];
  const loads = Array.from({ length: LOADS }, (_, i) => [
    ...[0x20, first + i, 0x20, at],
    ...[0xfd, 0x00, 4, ...unsigned(16 * i)], // v128.load
    ...[0xfd, 0x51, 0x21, first + i], // v128.xor
  ]).flat();
  const forward = [0x20, at, 0x41, ...signed(16 * LOADS), 0x6a, 0x22, at];
  const code = [
    ...[2, 1, 0x7f, LOADS, 0x7b],
    ...[0x03, 0x40, 0x41, 0, 0x21, at],
    ...[0x03, 0x40, ...loads, ...forward, 0x41, ...signed(BYTES), 0x49, 0x0d, 0, 0x0b],
    ...[0x20, 0, 0x41, 1, 0x6b, 0x22, 0, 0x0d, 0, 0x0b],
    ...[0x20, first],
    ...Array.from({ length: LOADS - 1 }, (_, i) => [0x20, first + 1 + i, 0xfd, 0x51]).flat(),
    ...[0xfd, 0x1b, 0, 0x0b], // i32x4.extract_lane
  ];
  const name = [...'run'].map((c) => c.charCodeAt(0));
  return Uint8Array.from([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [1, 0x60, 1, 0x7f, 1, 0x7f]),
    ...section(3, [1, 0]),
    ...section(5, [1, 0, PAGES]),
    ...section(7, [1, 3, ...name, 0, 0]),
    ...section(10, [1, ...unsigned(code.length), ...code]),
  ]);
}

const median = (values) => values.sort((a, b) => a - b)[values.length >> 1];
const { run } = new WebAssembly.Instance(new WebAssembly.Module(moduleBytes())).exports;
const core = await loadCore();
const score = network(core, {}, { key: key(0) }).at(17);

async function chain(steps) {
  for await (const _ of langevin(score, { key: key(1), steps, stepSize: 1e-3 }));
}

for (let i = 0; i < 300; i++) run(10);
await chain(20_000);
const [reads, steps] = [[], []];
for (let round = 0; round < 15; round++) {
  let start = performance.now();
  run(5000);
  reads.push((performance.now() - start) / 5);
  start = performance.now();
  await chain(5000);
  steps.push((performance.now() - start) / 5);
}
const [read, step] = [median(reads), median(steps)];
console.log(
  `one pass that reads ${BYTES} bytes: ${read.toFixed(2)} us (${(BYTES / read / 1e3).toFixed(1)} GB/s)`,
);
console.log(
  `one step of one chain: ${step.toFixed(2)} us; reading is ${((100 * read) / step).toFixed(0)} % of it`,
);
