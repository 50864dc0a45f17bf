// Runs the programs of the hashes in a page that shares memory between threads: Chromium and Firefox by puppeteer, WebKitGTK by
// its WebDriver.

import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { launch } from 'puppeteer-core';

const root = new URL('../../', import.meta.url);
const PORT = 4600 + (process.pid % 400);
const MOST_MS = 600_000;

/** Serves dist and the programs to a page of its own, isolated from others. */
async function serve() {
  const server = createServer(async (request, response) => {
    response.setHeader('Cross-Origin-Embedder-Policy', 'require-corp');
    response.setHeader('Cross-Origin-Opener-Policy', 'same-origin');
    const name = String(request.url).slice(1);
    const isScript = /^(?:dist|tests\/golden)\/\w+\.m?js$/.test(name);
    response.setHeader('Content-Type', isScript ? 'text/javascript' : 'text/html');
    if (isScript) return response.end(await readFile(new URL(name, root)));
    response.end('<!doctype html><title>engines</title><link rel="icon" href="data:,">');
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { origin: `http://127.0.0.1:${server.address().port}/`, close: () => server.close() };
}

const script = (threads) => `Promise.all([
  import('/dist/index.js'), import('/tests/golden/bits.mjs'), import('/tests/golden/numbers.mjs'),
]).then(async ([lib, { bits }, { numbers }]) => {
  const options = { threads: ${threads}, worker: '/dist/worker.js' };
  return { ...(await bits(lib, options)), ...(await numbers(lib, options)) };
})`;

/** A browser that puppeteer knows: its version, and what runs a script in the page. */
async function opened({ browser: kind, path }, origin) {
  const args = kind === 'chrome' ? ['--no-sandbox', '--disable-gpu'] : [];
  const browser = await launch({ browser: kind, executablePath: path, args, protocolTimeout: MOST_MS });
  const page = await browser.newPage();
  await page.goto(origin);
  return {
    version: (await browser.version()).split('/')[1],
    run: (threads) => page.evaluate(script(threads)),
    close: () => browser.close(),
  };
}

/** WebKitGTK's browser, on a display of its own where there is none. */
async function openedWebKit({ path, driver, xvfb }, origin) {
  const display = process.env.DISPLAY ?? ':97';
  const processes = [];
  const start = (command, args) => {
    processes.push(spawn(command, args, { stdio: 'ignore', env: { ...process.env, DISPLAY: display } }));
  };
  if (!process.env.DISPLAY) start(xvfb, [display, '-screen', '0', '800x600x24']);
  start(driver, [`--port=${PORT}`]);
  await wait(2000);
  const post = async (url, body) => {
    const response = await fetch(`http://127.0.0.1:${PORT}${url}`, {
      method: 'POST',
      body: JSON.stringify(body),
    });
    const { value } = await response.json();
    if (!response.ok) throw new Error(value.message);
    return value;
  };
  const binary = { 'webkitgtk:browserOptions': { binary: path, args: ['--automation'] } };
  const { sessionId, capabilities } = await post('/session', { capabilities: { alwaysMatch: binary } });
  await post(`/session/${sessionId}/timeouts`, { script: MOST_MS });
  await post(`/session/${sessionId}/url`, { url: origin });
  const evaluate = async (promise) => {
    const text = `const [done] = arguments;
      ${promise}.then((value) => done({ value }), (error) => done({ error: String(error.stack ?? error) }));`;
    const { value, error } = await post(`/session/${sessionId}/execute/async`, { script: text, args: [] });
    if (error) throw new Error(error);
    return value;
  };
  return {
    version: capabilities.browserVersion,
    evaluate,
    run: (threads) => evaluate(script(threads)),
    async close() {
      await fetch(`http://127.0.0.1:${PORT}/session/${sessionId}`, { method: 'DELETE' });
      for (const child of processes) child.kill();
    },
  };
}

/** Opens a browser on a page of the programs: { version, run(threads), close() }. */
export async function openBrowser(engine) {
  const server = await serve();
  try {
    const page = await (engine.browser === 'webkit' ? openedWebKit : opened)(engine, server.origin);
    return {
      ...page,
      async close() {
        await page.close();
        server.close();
      },
    };
  } catch (error) {
    server.close();
    throw error;
  }
}
