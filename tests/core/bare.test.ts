// Engines that have less than a page or Node, or whose built-in objects must not be changed.
import { execFileSync } from 'node:child_process';
import { createContext, runInContext } from 'node:vm';
import { build } from 'esbuild';
import { afterEach, expect, it, vi } from 'vitest';
import relaxed from '../../dist/relaxed.wasm';
import { bytesOfBase64 } from '../../src/core/base64.js';
import { loadCore } from '../../src/index.js';
import { dist } from '../page/help.js';

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

/** Loads a core, draws, trains a step and samples. */
const PROGRAM = `(async () => {
  const core = await lib.loadCore({ kernel: 'strict', threads: 'auto' });
  const net = lib.network(core, { features: 4, width: 4, depth: 1, levels: 3 });
  const losses = [];
  const data = lib.imageDistribution(lib.builtInImage('five'));
  for await (const { loss } of lib.train(net, data, { steps: 2, batch: 4 })) losses.push(loss);
  const { x } = await lib.collect(lib.nuts(lib.funnel(core, { dim: 2 }), { key: lib.key(1), steps: 10, chains: 2 }));
  core.dispose();
  return JSON.stringify([losses, [...x]]);
})()`;

function run(options: string[]): string {
  const program = `const lib = await import(${JSON.stringify(dist('index.js'))}); console.log(await ${PROGRAM});`;
  return execFileSync(process.execPath, [...options, '--input-type=module', '-e', program], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  }).trim();
}

it('works with frozen intrinsics, and in a context with no TextDecoder, atob, URL or Worker, to the same bits', async () => {
  const expected = run([]);
  expect(run(['--frozen-intrinsics'])).toBe(expected);

  const { outputFiles } = await build({
    entryPoints: [dist('index.js')],
    bundle: true,
    format: 'iife',
    globalName: 'lib',
    write: false,
    logLevel: 'warning',
  });
  const warn = vi.fn();
  const context = createContext({ performance, MessageChannel, console: { warn } });
  const before = 'Object.getOwnPropertyNames(Object).length';
  const names = runInContext(`delete Object.hasOwn; ${before}`, context);
  runInContext(outputFiles[0].text, context);
  expect(runInContext(before, context)).toBe(names);
  expect(await runInContext(PROGRAM, context)).toBe(expected);
});

it("'auto' warns once where there are no workers, as in jsdom; a number of threads is an error that names the option", async () => {
  // With a window this is a page.
  vi.stubGlobal('window', globalThis);
  vi.stubGlobal('navigator', { hardwareConcurrency: 4 });
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
  for (let i = 0; i < 2; i++) expect((await loadCore({ threads: 'auto' })).threads).toBe(1);
  expect(warn.mock.calls).toEqual([
    ['loadCore: threads cannot be started here (Worker is not defined); one thread does all work'],
  ]);
  await expect(loadCore({ threads: 3 })).rejects.toThrow(
    'loadCore: threads cannot be started here (Worker is not defined): give option worker, the address of scorefield/worker.js, or threads: 1',
  );
});

it('base64 is read to the bytes that it stands for, of every length', () => {
  for (const bytes of [
    relaxed.slice(0, 5000),
    ...Array.from({ length: 9 }, (_, n) => relaxed.slice(n, 2 * n)),
  ]) {
    expect(bytesOfBase64(Buffer.from(bytes).toString('base64'))).toEqual(new Uint8Array(bytes));
  }
});

it('the element can be imported where there are no elements, as on a server: it does nothing', async () => {
  const before = Object.getOwnPropertyNames(globalThis);
  expect(Object.keys(await import(dist('score-field.js')))).toEqual([]);
  expect(Object.getOwnPropertyNames(globalThis)).toEqual(before);
});
