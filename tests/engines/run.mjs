// npm run engines: all hashes of tests/golden/bits.json in every engine that can be had, on 1, 2, 3 and 8 threads. It prints a
// table of engine by threads, how many hashes are equal of how many, and says by name which engines were left out and why.

import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { openBrowser } from './browsers.mjs';
import { engines } from './engines.mjs';

const HELP = `npm run engines [-- OPTIONS]
  --only NAMES     engines whose names begin so, separated by commas, e.g. node,bun (default: all)
  --threads LIST   numbers of threads (default: 1,2,3,8; emulated engines: 1,2)
  --into FOLDER    where engines are installed, and kept (default: a temporary folder, removed at the end)
It needs npm run build before.`;

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    threads: { type: 'string' },
    into: { type: 'string' },
    help: { type: 'boolean' },
  },
});
if (values.help) {
  console.log(HELP);
  process.exit(0);
}

const say = (text) => process.stderr.write(`${text}\n`);
const golden = JSON.parse(readFileSync(new URL('../golden/bits.json', import.meta.url)));
const names = Object.keys(golden);
const MOST_MS = 1_800_000;

/** Opens an engine: { version, run(threads), close() }. */
async function open(engine, into) {
  const { command, ...rest } = engine.open(into);
  if (!command) return await openBrowser(rest);
  const run = promisify(execFile);
  const bare = command.slice(0, command.indexOf('run') < 0 ? -1 : command.indexOf('run'));
  const { stdout } = await run(bare[0], [...bare.slice(1), '--version']);
  return {
    version: stdout
      .trim()
      .replace(/^v|^deno /g, '')
      .split(/\s/)[0],
    async run(threads) {
      const [file, ...args] = command;
      const options = { timeout: MOST_MS, maxBuffer: 1e8 };
      const { stdout: text } = await run(file, [...args, String(threads)], options);
      return JSON.parse(text.trim().split('\n').at(-1));
    },
    close() {},
  };
}

const into = values.into ? resolve(values.into) : mkdtempSync(join(tmpdir(), 'engines-'));
mkdirSync(into, { recursive: true });
const only = values.only?.toLowerCase().split(',');
const chosen = engines.filter(
  ({ name }) => !only || only.some((text) => name.toLowerCase().startsWith(text)),
);
const columns = (values.threads ?? '1,2,3,8').split(',').map(Number);
const rows = [];
const left = [];
let isEqual = true;
for (const engine of chosen) {
  let opened;
  try {
    say(`${engine.name} ...`);
    opened = await open(engine, into);
    const cells = [];
    for (const threads of columns) {
      if (engine.isSlow && !values.threads && threads > 2) {
        cells.push('not run');
        continue;
      }
      let hashes;
      try {
        hashes = await opened.run(threads);
      } catch (error) {
        isEqual = false;
        say(`${engine.name}, ${threads} threads, failed: ${String(error.message ?? error).split('\n')[0]}`);
        cells.push('failed');
        continue;
      }
      const different = names.filter((name) => hashes[name] !== golden[name]);
      if (different.length > 0) {
        isEqual = false;
        say(`${engine.name}, ${threads} threads, differs in: ${different.slice(0, 20).join(', ')}`);
      }
      cells.push(`${names.length - different.length}/${names.length}`);
    }
    rows.push([engine.name, engine.engine, opened.version, ...cells]);
  } catch (error) {
    left.push(`${engine.name}: ${String(error.message ?? error).split('\n')[0]}`);
  } finally {
    await opened?.close();
  }
}
if (!values.into) rmSync(into, { recursive: true });

const head = ['where', 'engine', 'version', ...columns.map((n) => `${n} thread${n === 1 ? '' : 's'}`)];
const line = (cells) => `| ${cells.join(' | ')} |`;
console.log(
  `${new Date().toISOString().slice(0, 10)}, ${process.platform} ${process.arch}, ${availableParallelism()} processors\n`,
);
for (const cells of [head, head.map(() => '---'), ...rows]) console.log(line(cells));
for (const text of left) console.log(`\nLeft out: ${text}`);
if (rows.length === 0) console.error('\nengines: no engine was compared');
process.exitCode = isEqual && rows.length > 0 ? 0 : 1;
