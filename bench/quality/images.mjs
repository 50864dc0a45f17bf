// How well a U-Net denoises digits that it has not seen, against the seconds of training it took, along one run:
//
//   MNIST_DIR=... node bench/quality/images.mjs [--seconds S] [--threads N|auto] [--kernel NAME] [--clock NAME] [--out DIR]
//
// It looks after 25 steps and then whenever training has taken twice as long, until --seconds (default 90), and writes
// images.json, a table (images.md) and a plot (images.svg) to --out (default bench/results). --clock: wall (default), or
// processor, the time all threads computed, for a machine shared with others. A look takes seconds too, which do not count.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import * as library from '../../dist/index.js';
import { table } from '../report/table.mjs';
import { errorsOf, mnistDigits, processor, simpleDenoisers, trainOnDigits, wall } from './heldOutDigits.mjs';
import { imagesPlot } from './imagesPlot.mjs';

const SIGMAS = [0.1, 0.25, 0.5, 1];
const FIRST_LOOK = 25;
/** From one look to the next, the seconds grow by this factor. */
const GROWTH = 2;
/** So many steps do not end before the time does. */
const STEPS = 1_000_000;

async function main() {
  const { values } = parseArgs({
    options: {
      seconds: { type: 'string', default: '90' },
      threads: { type: 'string', default: 'auto' },
      kernel: { type: 'string', default: 'auto' },
      clock: { type: 'string', default: 'wall' },
      out: { type: 'string', default: fileURLToPath(new URL('../results/', import.meta.url)) },
    },
  });
  const clocks = { wall, processor };
  const clock = clocks[values.clock];
  if (!clock) throw new Error(`--clock: one of ${Object.keys(clocks).join(', ')}, got ${values.clock}`);
  const limit = Number(values.seconds);
  if (!(limit > 0)) throw new Error(`--seconds: a positive number, got ${values.seconds}`);
  const threads = values.threads === 'auto' ? 'auto' : Number(values.threads);

  const digits = await mnistDigits(library);
  const core = await library.loadCore({ threads, kernel: values.kernel });
  const { linear, exact } = await errorsOf(library, digits, SIGMAS, simpleDenoisers(library, core, digits));
  const points = [];
  let next = 0;
  for await (const { step, seconds, errors } of trainOnDigits(library, core, digits, {
    seed: 0,
    steps: STEPS,
    clock,
  })) {
    const isLast = seconds >= limit;
    if (!isLast && (step < FIRST_LOOK || seconds < next)) continue;
    next = GROWTH * seconds;
    points.push({ step, seconds, errors: await errors(SIGMAS) });
    console.log(JSON.stringify(points.at(-1)));
    if (isLast) break;
  }
  const found = {
    date: new Date().toISOString(),
    threads: core.threads,
    kernel: core.kernel,
    clock: values.clock,
    node: process.version,
    sigmas: SIGMAS,
    points,
    linear,
    exact,
  };
  core.dispose();

  const row = (name, seconds, errors) => [name, seconds, ...errors.map((error) => error.toFixed(5))];
  const page = table(
    ['steps', 'seconds', ...SIGMAS.map((sigma) => `noise ${sigma}`)],
    [
      ...points.map(({ step, seconds, errors }) =>
        row(step.toLocaleString('en'), seconds.toFixed(1), errors),
      ),
      row('best linear denoiser', '', linear),
      row('exact score of the training set', '', exact),
    ],
    1,
  );
  await mkdir(values.out, { recursive: true });
  const write = (name, text) => writeFile(join(values.out, name), text);
  await write('images.json', `${JSON.stringify(found, null, 1)}\n`);
  await write('images.md', `${page}\n`);
  await write('images.svg', imagesPlot(found));
  console.log(page);
}

await main().catch((error) => {
  process.stderr.write(`bench/quality/images.mjs: ${error.message}\n`);
  process.exitCode = 1;
});
