// Posteriors of posteriordb sampled by nuts with its default options, against posteriordb's published reference means: node
// bench/posteriors.mjs after npm run build. Ends with 1 unless every |z|, R-hat and number of divergences is within the limits below.
// --only NAME,NAME: posteriors whose names hold one of these; --draws N and --chains N; --seed N; --all: a line for each parameter.
// Stan's column is what posteriors/run_stan.py measured, with the same numbers of chains, steps of warm-up and draws.
import { parseArgs } from 'node:util';
import * as library from '../dist/index.js';
import { measuredStan } from './posteriors/data.mjs';
import { posteriors } from './posteriors/index.mjs';
import { samplePosterior } from './posteriors/sample.mjs';
import { digits } from './report/numbers.mjs';
import { table } from './report/table.mjs';

const { values } = parseArgs({
  options: {
    only: { type: 'string', default: '' },
    draws: { type: 'string', default: '1000' },
    chains: { type: 'string', default: '4' },
    seed: { type: 'string', default: '1' },
    all: { type: 'boolean', default: false },
  },
});
const [draws, chains, seed] = [values.draws, values.chains, values.seed].map(Number);

/** The largest |z| of a mean against its reference, from the Monte-Carlo errors of both. */
const Z = 4;
const RHAT = 1.01;
/** The largest share of draws whose trajectory diverged: some do of gp_pois_regr's, Stan's too. */
const DIVERGENT = 0.02;

const chosen = posteriors.filter(({ name }) => values.only.split(',').some((part) => name.includes(part)));
if (chosen.length === 0) throw new Error(`--only ${values.only}: no such posterior`);
const core = await library.loadCore();
const stan = measuredStan();
const rows = [];
const wrong = [];
for (const model of chosen) {
  const found = await samplePosterior(library, core, model, { key: library.key(seed), draws, chains });
  const { z, rhat, divergences, leapfrogs, seconds, coordinates } = found;
  const perThousand = (run) => digits((1000 * run.ess) / run.leapfrogs);
  if (!(z < Z && rhat < RHAT && divergences <= DIVERGENT * found.draws)) wrong.push(model.name);
  rows.push([
    model.name,
    model.kind,
    String(model.dim),
    z.toFixed(1),
    rhat.toFixed(4),
    String(divergences),
    digits(leapfrogs / found.draws),
    perThousand(found),
    stan[model.name] ? perThousand(stan[model.name]) : '',
    digits(seconds),
  ]);
  if (!values.all) continue;
  for (const { name, mean, mcseMean, reference, z: own } of coordinates)
    console.log(`${model.name} ${name}: ${mean} ± ${mcseMean}, reference ${reference}, z ${own.toFixed(2)}`);
}
core.dispose();
const head = [
  'posterior',
  'kind',
  'dimensions',
  'largest z',
  'R-hat',
  'divergences',
  'leapfrogs a draw',
  'effective samples per 1,000 leapfrogs',
  "Stan's",
  'seconds',
];
console.log(table(head, rows, 2));
if (wrong.length > 0) {
  console.error(
    `Not within |z| < ${Z}, R-hat < ${RHAT}, ${100 * DIVERGENT} % divergences: ${wrong.join(', ')}`,
  );
  process.exitCode = 1;
}
