// A fuzzer of the readers that is led by coverage: files that reach code which none reached before are kept and changed further.
//
//   npm run fuzz -- [--seconds 60] [--seed 1] [--out fuzz] [TARGET ...]
//
// A target is an entry of targets.ts; without one all have their turn. It looks for what is no Error of one line meant for people
// (a TypeError, an engine's own words), for more than a second of computing, for 500 MB over a file of kilobytes, and for NaN
// where there is none. OUT/TARGET gets the files that were kept, which the next run begins with, and OUT/faults those that are
// faults. The exit status is 1 when there is a fault.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { build } from 'esbuild';

const here = fileURLToPath(new URL('.', import.meta.url));
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seconds: { type: 'string', default: '60' },
    seed: { type: 'string', default: '1' },
    out: { type: 'string', default: join(tmpdir(), 'scorefield-fuzz') },
    list: { type: 'boolean', default: false },
  },
});

/** Loads what is imported as `NAME?raw` as text, as the build does. */
const rawFiles = {
  name: 'raw-files',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /\?raw$/ }, ({ path, resolveDir }) => ({
      path: join(resolveDir, path.replace(/\?raw$/, '')),
      namespace: 'raw',
    }));
    onLoad({ filter: /.*/, namespace: 'raw' }, ({ path }) => ({
      contents: readFileSync(path, 'utf8'),
      loader: 'text',
    }));
  },
};

/** A reader that gives no answer for so long hangs, even where other work takes most of the machine. */
const HANG_MS = 20_000;
const MOST_FILE = 1 << 16;

// Below node_modules, so that what is not bundled is found.
const cache = join(here, '../../node_modules/.cache');
mkdirSync(cache, { recursive: true });
const built = mkdtempSync(join(cache, 'fuzz-'));
const bundle = join(built, 'targets.mjs');
try {
  await build({
    entryPoints: [join(here, 'targets.ts')],
    outfile: bundle,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    external: ['@jsquash/jpeg'],
    plugins: [rawFiles],
    loader: { '.wasm': 'binary' },
    define: { 'process.env.SCOREFIELD_VERSION': '"0"' },
    banner: {
      js: "import { createRequire as fuzzRequire } from 'node:module'; const require = fuzzRequire(import.meta.url);",
    },
    logLevel: 'error',
  });
  const { targets } = await import(pathToFileURL(bundle).href);
  const names = positionals.length > 0 ? positionals : Object.keys(targets);
  if (values.list) {
    console.log(Object.keys(targets).join('\n'));
  } else {
    const unknown = names.find((name) => !Object.hasOwn(targets, name));
    if (unknown) throw new Error(`no target ${unknown}: give some of ${Object.keys(targets).join(', ')}`);
    let faults = 0;
    for (const name of names) faults += await fuzz(name);
    process.exitCode = faults > 0 ? 1 : 0;
  }
} finally {
  rmSync(built, { recursive: true, force: true });
}

/** Runs one target for its time; begins again behind a file over which it hangs. Resolves to the number of faults. */
async function fuzz(name) {
  const out = resolve(values.out);
  const [kept, found] = [join(out, name), join(out, 'faults')];
  mkdirSync(kept, { recursive: true });
  mkdirSync(found, { recursive: true });
  const end = performance.now() + 1000 * Number(values.seconds);
  const total = { runs: 0, reached: 0, faults: 0, kept: 0 };
  for (let seed = Number(values.seed); performance.now() < end; seed++) {
    const shared = {
      state: new Int32Array(new SharedArrayBuffer(8)),
      bytes: new Uint8Array(new SharedArrayBuffer(MOST_FILE)),
    };
    const worker = new Worker(join(here, 'loop.mjs'), {
      workerData: {
        bundle: pathToFileURL(bundle).href,
        ...{ name, seed, shared, fixtures: join(here, '../fixtures/cases'), corpus: kept },
        seconds: (end - performance.now()) / 1000,
      },
    });
    let runs = 0;
    const tell = ({ reader, problem, bytes }) => {
      const file = join(found, `${name}-${values.seed}-${++total.faults}`);
      writeFileSync(file, bytes);
      console.log(`${name}: ${reader} ${problem}\n  ${file}`);
    };
    worker.on('message', ({ fault, kept: bytes, ...now }) => {
      if (fault) tell(fault);
      if (bytes) writeFileSync(join(kept, `${values.seed}-${String(++total.kept).padStart(5, '0')}`), bytes);
      if (now.runs) [runs, total.reached] = [now.runs, now.reached];
    });
    const ended = new Promise((done, fail) => worker.once('exit', done).once('error', fail));
    let last = { run: -1, at: performance.now() };
    const watch = setInterval(() => {
      const run = Atomics.load(shared.state, 0);
      if (run !== last.run) last = { run, at: performance.now() };
      else if (run > 0 && performance.now() - last.at > HANG_MS) {
        clearInterval(watch);
        tell({
          reader: 'one of the readers',
          problem: 'hangs',
          bytes: shared.bytes.slice(0, Atomics.load(shared.state, 1)),
        });
        worker.terminate();
      }
    }, 500);
    await ended.finally(() => clearInterval(watch));
    total.runs += runs;
  }
  console.log(
    `${name}: ${total.runs} files in ${values.seconds} s, ${total.kept} of them new; ${total.reached} places and counts reached; ` +
      `${total.faults} fault${total.faults === 1 ? '' : 's'}`,
  );
  return total.faults;
}
