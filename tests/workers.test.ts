// Threads where workers are hard to start: pages from files, sandboxed frames, pages with Trusted Types, service workers.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import type { Browser, Page } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { browsers, distText, isWanted, start } from './page/help.js';
import { scripts } from './workerScripts.js';

/** Asks for two threads, then twice for as many as there may be; each trains, and is disposed of. */
const PROGRAM = `(async () => {
  const warnings = [];
  console.warn = (warning) => warnings.push(warning);
  const results = [];
  for (const threads of [2, 'auto', 'auto']) {
    try {
      const core = await lib.loadCore({ threads, kernel: 'strict' });
      const net = lib.network(core, { features: 4, width: 4, depth: 1, levels: 3 });
      const data = lib.imageDistribution(lib.builtInImage('five'));
      for await (const { loss } of lib.train(net, data, { steps: 2, batch: 4 })) {
        if (loss > 0 && loss < 10) results.push(core.threads > 1 ? 'many' : 'one');
      }
      core.dispose();
    } catch (error) {
      results.push(error.message);
    }
  }
  return { results, warnings };
})()`;

const STARTED = { results: Array(6).fill('many'), warnings: [] };

/** What happens where no thread can be started. */
function without(reason: RegExp) {
  const message = expect.stringMatching(
    new RegExp(
      `^loadCore: threads cannot be started here \\(${reason.source}\\): give option worker, the address of scorefield/worker.js, or threads: 1$`,
    ),
  );
  const warning = expect.stringMatching(
    new RegExp(`^loadCore: threads cannot be started here \\(${reason.source}\\); one thread does all work$`),
  );
  return { results: [message, ...Array(4).fill('one')], warnings: [warning] };
}

let server: Server;
let origin: string;
let folder: string;
beforeAll(async () => {
  const { outputFiles } = await build({
    stdin: {
      contents: "export * from './dist/index.js'",
      resolveDir: fileURLToPath(new URL('..', import.meta.url)),
    },
    bundle: true,
    minify: true,
    format: 'iife',
    globalName: 'lib',
    write: false,
    logLevel: 'warning',
  });
  const script = outputFiles[0].text;
  const page = `<!doctype html><link rel="icon" href="data:,"><script>${script.replaceAll('</script', '<\\/script')}</script>`;
  const types = "require-trusted-types-for 'script'; trusted-types scorefield";
  const answers: Record<string, { type?: string; policy?: string; text: string }> = {
    '/types': { policy: types, text: page },
    '/element': {
      policy: types,
      text: `<!doctype html><link rel="icon" href="data:,"><score-field chains="5"></score-field><script type="module">${distText('score-field.js').replaceAll('</script', '<\\/script')}</script>`,
    },
    '/no-blob': { policy: "worker-src 'self'", text: page },
    '/frame': {
      policy: types,
      text: `${page}<script>${PROGRAM}.then((r) => parent.postMessage(r, '*'))</script>`,
    },
    '/sandbox': {
      text: `<!doctype html><link rel="icon" href="data:,"><script>
        globalThis.heard = new Promise((resolve) => { onmessage = ({ data }) => resolve(data); });
        </script><iframe sandbox="allow-scripts" src="/frame"></iframe>`,
    },
    ...scripts(script, PROGRAM),
  };
  server = createServer((request, response) => {
    const { type = 'text/html', policy, text } = answers[String(request.url)];
    response.setHeader('Content-Type', type);
    if (policy) response.setHeader('Content-Security-Policy', policy);
    response.end(text);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  folder = mkdtempSync(join(tmpdir(), 'scorefield-'));
  writeFileSync(join(folder, 'page.html'), page);
});
afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true });
});

describe.each(browsers)('$name', ({ name, path }) => {
  const wanted = isWanted(path);
  let browser: Browser;
  let page: Page;
  beforeAll(async () => {
    if (!wanted) return;
    browser = await start(name, path);
    page = await browser.newPage();
  }, 120_000);
  afterAll(async () => await browser?.close());

  it.runIf(wanted)('starts threads in a page from a file, and they end when asked', async () => {
    await page.goto(String(pathToFileURL(join(folder, 'page.html'))));
    expect(await page.evaluate(PROGRAM)).toEqual(STARTED);
    // Only Chromium says which workers a page has.
    if (name === 'chrome') await expect.poll(() => page.workers().length).toBe(0);
  });

  it.runIf(wanted)('starts them under Trusted Types, in a page and in a sandboxed frame', async () => {
    await page.goto(`${origin}/types`);
    expect(await page.evaluate(PROGRAM)).toEqual(STARTED);
    await page.goto(`${origin}/sandbox`);
    expect(await page.evaluate('heard')).toEqual(STARTED);
  });

  it.runIf(wanted)('a page lends threads to its worker, which gives the bits of one thread', async () => {
    await page.goto(`${origin}/sandbox`);
    const ask = (ports: string) =>
      page.evaluate(`(async () => {
        const worker = new Worker('/worker.js');
        const answer = new Promise((resolve) => { worker.onmessage = ({ data }) => resolve(data); });
        const ports = ${ports};
        worker.postMessage({ ports }, ports ?? []);
        const found = await answer;
        worker.terminate();
        return found;
      })()`) as Promise<{ threads: number; losses: number[]; warnings: string[] }>;
    await page.addScriptTag({ url: '/library.js' });
    const [three, one] = [await ask('await lib.threadPorts({ threads: 3 })'), await ask('[]')];
    expect(three).toEqual({ ...one, threads: 3 });
    expect(one).toEqual({ threads: 1, losses: expect.any(Array), warnings: [] });
    expect(one.losses).toHaveLength(3);
    // Threads that cannot read what they are sent at first.
    expect(await ask("await lib.threadPorts({ threads: 3, worker: '/reads-late.js' })")).toEqual(three);
    if (name === 'chrome') await expect.poll(() => page.workers().length).toBe(0);
    // By itself a worker of Firefox takes one thread, since it may freeze when it starts another.
    const own = await ask('undefined');
    expect(own.losses).toEqual(one.losses);
    expect(own.warnings).toEqual(
      name === 'firefox'
        ? [
            'loadCore: a worker of Firefox may freeze when it starts threads; one does all work: see threadPorts',
          ]
        : [],
    );
    expect(own.threads > 1).toBe(name === 'chrome');
  });

  it.runIf(wanted)('a lent thread that fails or ends while it works fails the work in one line', async () => {
    await page.goto(`${origin}/sandbox`);
    await page.addScriptTag({ url: '/library.js' });
    const found = await page.evaluate(`(async () => {
      const found = {};
      for (const how of ['throws', 'rejects', 'ends']) {
        const worker = new Worker('/trains.js');
        const heard = () => new Promise((resolve) => { worker.onmessage = ({ data }) => resolve(data); });
        const ports = await lib.threadPorts({ threads: 3, worker: '/dies.js' });
        const begun = heard();
        worker.postMessage(ports, ports);
        if (await begun === 'trains') {
          const ended = heard();
          new BroadcastChannel('end').postMessage(how);
          found[how] = await ended;
        }
        worker.terminate();
      }
      return found;
    })()`);
    const lost = (reason: string) => expect.stringMatching(`^core: a worker thread was lost: ${reason}$`);
    expect(found).toEqual({
      throws: lost('(Uncaught )?Error: out of luck'),
      rejects: lost('Error: out of luck'),
      ends: lost('it ended'),
    });
  });

  it.runIf(wanted)('the element starts its worker under Trusted Types too', async () => {
    await page.goto(`${origin}/element`);
    const root = "document.querySelector('score-field').shadowRoot";
    await page.waitForFunction(`${root}.querySelector('canvas')`);
    expect(await page.evaluate(`${root}.querySelector('[role=alert]').hidden`)).toBe(true);
  });

  it.runIf(wanted)(
    "goes without where a policy forbids them and in a service worker: 'auto' warns once, a number is an error",
    async () => {
      await page.goto(`${origin}/no-blob`);
      expect(await page.evaluate(PROGRAM)).toEqual(without(/.*could not be started/));
      await expect(page.evaluate('lib.threadPorts({ threads: 2 })')).rejects.toThrow(
        /threadPorts: threads cannot be started here \(.*\): give option worker, the address of scorefield\/worker.js/,
      );
      await page.goto(`${origin}/sandbox`);
      const answer = await page.evaluate(`(async () => {
        await navigator.serviceWorker.register('/service.js');
        const { active } = await navigator.serviceWorker.ready;
        const answer = new Promise((resolve) => {
          navigator.serviceWorker.onmessage = ({ data }) => resolve(data);
        });
        active.postMessage('');
        return answer;
      })()`);
      expect(answer).toEqual(without(/.+/));
    },
  );
});
