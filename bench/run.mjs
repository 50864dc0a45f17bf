// npm run bench: see README.md beside this file.

import { chromiumVersion, closeBrowsers } from './hosts/chromium.mjs';
import { findPython } from './hosts/python.mjs';
import { page, save } from './report/save.mjs';
import { bytesShipped } from './report/shipped.mjs';
import { choose } from './setup/choose.mjs';
import { machine, versions } from './setup/machine.mjs';
import { effort, HELP, readOptions } from './setup/options.mjs';
import { OURS } from './systems/index.mjs';
import { timeDigits } from './timing/digits.mjs';
import { timeSamplers } from './timing/samplers.mjs';
import { timeStartup } from './timing/startup.mjs';
import { finish, timeWorkload } from './timing/timed.mjs';
import { growth, growthWithThreads, workloads } from './workloads/index.mjs';

const say = (text) => process.stderr.write(`${text}\n`);

async function loadLibrary() {
  try {
    return await import('../dist/index.js');
  } catch (error) {
    throw new Error(`dist/index.js cannot be loaded: run npm run build first (${error.message})`);
  }
}

/** How many threads the library uses when it may use `threads`; one when it knows of none. */
async function threadsOf(library, threads) {
  const core = await library.loadCore({ threads });
  core.dispose?.();
  return core.threads ?? 1;
}

/** All that is asked for, one after another. */
async function measure(bench, chosen, environment, threads) {
  const { library, options } = bench;
  const wanted = (name) => !options.only || options.only.includes(name);
  const time = (workload, who, on, how) => {
    say(`${workload.name}, ${on} thread${on === 1 ? '' : 's'} ...`);
    return timeWorkload(bench, workload, who, on, how);
  };
  const ours = await threadsOf(library, threads);
  const able = threads > 1 ? chosen.filter(({ several }) => several(environment, ours)) : [];

  const results = [];
  const whole = options.only || !options.quick;
  for (const workload of workloads.filter(({ name, long }) => wanted(name) && (whole || !long))) {
    const one = await time(workload, chosen, 1);
    results.push(one);
    if (able.length > 0) results.push(carry(one, await time(workload, able, threads)));
  }
  if (wanted('digits') && whole && !options.browser && (options.only || process.env.MNIST_DIR)) {
    const known = results.find((result) => result.workload === 'unet-step' && result.threads === threads);
    const [unetStep] = workloads.filter(({ name }) => name === 'unet-step');
    const step = known ?? (await time(unetStep, able.length > 0 ? able : chosen, threads));
    say('digits ...');
    results.push(await timeDigits(bench, step, threads));
  }
  const grown = [];
  if (wanted('growth') && whole) {
    const peers = chosen.filter(({ grows }) => grows);
    const brief = { ...bench.effort, rounds: 3, leastRounds: 1, budgetMs: 3000 };
    for (const workload of growth) grown.push(await time(workload, peers, 1, brief));
    const alone = able.filter(({ name }) => name === OURS);
    for (const workload of alone.length > 0 ? growthWithThreads(threads) : []) {
      grown.push(await time(workload, alone, workload.threads));
    }
  }
  if (wanted('startup')) {
    say('startup ...');
    results.push(await timeStartup(bench, chosen));
  }
  let samplers;
  if (wanted('samplers') && whole) {
    say('samplers ...');
    const found = options.native ? await findPython('blackjax') : undefined;
    if (options.native && !found)
      say('BENCH_PYTHON names no Python that has blackjax: its samplers are left out');
    samplers = await timeSamplers(library, found);
  }
  return {
    results,
    growth: grown,
    ...(samplers && { samplers }),
    ...(wanted('shipped') && { shipped: await bytesShipped() }),
  };
}

/** Puts the systems that have one thread only beside those that have several, with their one-thread time. */
function carry(one, several) {
  const entries = one.entries.map(
    (entry) => several.entries.find(({ system }) => system === entry.system) ?? { ...entry },
  );
  return { ...several, entries };
}

async function main() {
  const options = readOptions(process.argv.slice(2));
  if (options.help) {
    process.stdout.write(HELP);
    return;
  }
  const started = Date.now();
  const library = await loadLibrary();
  const { chosen, absent } = await choose(options);
  const environment = options.browser ? 'chromium' : 'node';
  const about = machine();
  const peaks = [];
  const bench = {
    library,
    core: await library.loadCore({ threads: 1 }),
    options,
    effort: effort(options.quick),
    peaks,
  };
  const measured = await measure(bench, chosen, environment, options.threads ?? about.cores);

  const most = (name) => Math.max(0, ...peaks.map((peak) => peak[name]));
  const peak = { fused: most('fused'), separate: most('separate') };
  for (const result of [...measured.results, ...measured.growth]) finish(result, peak.fused);
  const natives = chosen.filter(({ version }) => version).map(({ name, version }) => [name, version]);
  const browser = options.browser ? { chromium: await chromiumVersion() } : {};
  const data = process.env.MNIST_DIR ? ['MNIST_DIR=...'] : [];
  const report = {
    command: [...data, 'npm run bench --', ...process.argv.slice(2)].join(' '),
    date: new Date(started).toISOString(),
    seconds: Math.round((Date.now() - started) / 1000),
    environment,
    machine: about,
    versions: { ...(await versions()), ...browser, ...Object.fromEntries(natives) },
    peak,
    effort: bench.effort,
    absent,
    ...measured,
  };
  process.stdout.write(page(report));
  say(`Written: ${await save(report, options)}`);
  if (report.results.some(({ entries }) => entries.some(({ agreement }) => agreement?.agrees === false))) {
    throw new Error('some results do not agree: see the table');
  }
}

await main()
  .catch((error) => {
    say(`bench: ${error.message}`);
    process.exitCode = 1;
  })
  .finally(closeBrowsers);
