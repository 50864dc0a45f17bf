// A system in a Chromium of its own, so that no two systems share a process; every workload in a new page of it.
import puppeteer from 'puppeteer-core';
import { answers } from './answers.mjs';
import { pack, unpack } from './pack.mjs';
import { startServer } from './server.mjs';

const path = process.env.BENCH_CHROMIUM ?? '/usr/bin/chromium';

/** System -> the promise of its browser. */
const browsers = new Map();

function browserOf(system) {
  if (!browsers.has(system)) {
    const asRoot = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
    browsers.set(system, puppeteer.launch({ executablePath: path, args: [...asRoot, '--disable-gpu'] }));
  }
  return browsers.get(system);
}

/** Ends a system's browser, whatever it is doing. */
async function endBrowser(system) {
  const browser = await browsers.get(system);
  browsers.delete(system);
  await browser?.close();
}

export async function chromiumVersion() {
  return (await browserOf('version')).version();
}

export async function closeBrowsers() {
  await Promise.all([...browsers.keys()].map(endBrowser));
}

/**
 * @param threads with more than one, the page is cross-origin isolated
 * @param cores what navigator.hardwareConcurrency says
 */
export async function chromiumHost(system, threads, cores) {
  const server = await startServer(threads > 1);
  const browser = await browserOf(system);
  const context = await browser.createBrowserContext();
  const page = await context.newPage();
  await page.evaluateOnNewDocument((value) => {
    Object.defineProperty(Navigator.prototype, 'hardwareConcurrency', { get: () => value });
  }, cores);
  await page.goto(server.address, { waitUntil: 'load' });
  await page.waitForFunction('typeof call === "function"');
  const pending = answers();
  page.on('error', (error) => pending.fail(`the page ended: ${error.message}`));

  async function evaluate(name, argument) {
    if (argument?.problem) server.setProblem(pack(argument.problem));
    const sent = argument?.problem ? { ...argument, problem: '/problem' } : argument;
    const { value, error } = await page.evaluate((n, a) => globalThis.call(n, a), name, sent);
    const outputs = server.takeOutputs();
    return { error, value: value && { ...value, ...(outputs && { outputs: unpack(outputs) }) } };
  }

  return {
    assets: '/tfjs/',
    call: (name, argument, limitMs) =>
      pending.ask(
        () =>
          evaluate(name, argument).then(pending.answer, ({ message }) => pending.answer({ error: message })),
        limitMs,
      ),
    /** @param busy the page does not answer: only ending the browser stops it */
    async close(busy) {
      server.close();
      if (busy) await endBrowser(system);
      else await context.close();
    },
  };
}
