import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Browser, launch, type Page } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { imageFigure, toRgba } from '../src/plots/index.js';
import { type Bits, golden } from './golden.js';

const dist = new URL('../dist/', import.meta.url);
const browsers = [
  { name: 'chrome', path: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium' },
  { name: 'firefox', path: process.env.FIREFOX_PATH ?? '/usr/bin/firefox-esr' },
] as const;
const policy =
  "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; img-src 'self' data: blob:; connect-src 'none'";

const load = async (name: string) => await import(String(new URL(`./golden/${name}.mjs`, import.meta.url)));
const { bits } = (await load('bits')) as { bits: Bits };
const { numbers } = (await load('numbers')) as { numbers: Bits };

let server: Server;
let origin: string;
beforeAll(async () => {
  server = createServer(async (request, response) => {
    const name = String(request.url).slice(1);
    response.setHeader('Content-Security-Policy', policy);
    // A worker of an isolated page must ask for the same; that of another page may.
    if (name !== '') response.setHeader('Cross-Origin-Embedder-Policy', 'require-corp');
    if (name === 'isolated') response.setHeader('Cross-Origin-Opener-Policy', 'same-origin');
    try {
      if (name === '' || name === 'isolated') {
        response.setHeader('Content-Type', 'text/html');
        response.end('<!doctype html><title>scorefield</title><link rel="icon" href="data:,">');
        return;
      }
      const bytes = await readFile(new URL(name, dist));
      response.setHeader(
        'Content-Type',
        name.endsWith('.js') ? 'text/javascript' : 'application/octet-stream',
      );
      response.end(bytes);
    } catch {
      response.statusCode = 404;
      response.end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => server.close());

describe.each(browsers)('$name, with a strict content security policy', ({ name, path }) => {
  // In CI the browsers must be there; elsewhere the tests run where they are.
  const wanted = process.env.BROWSERS === 'required' || existsSync(path);
  let browser: Browser | undefined;
  let page: Page;
  const problems: string[] = [];

  beforeAll(async () => {
    if (!wanted) return;
    browser = await launch({
      browser: name,
      executablePath: path,
      args:
        name === 'chrome'
          ? ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-sync']
          : [],
    });
    page = await browser.newPage();
    page.on('console', (message) => problems.push(message.text()));
    page.on('pageerror', (error) => problems.push(String(error)));
    await page.goto(origin);
  }, 120_000);
  afterAll(async () => await browser?.close());

  it.runIf(wanted).each([
    ['in a page', '', false],
    ['in an isolated one, where they share a memory', 'isolated', true],
  ])(
    'gives the bits of version 0.1.0 on two threads with the strict kernel, and chooses relaxed by itself, %s',
    async (_, path, isShared) => {
      const own = await (browser as Browser).newPage();
      own.on('console', (message) => problems.push(message.text()));
      own.on('pageerror', (error) => problems.push(String(error)));
      await own.goto(`${origin}/${path}`);
      // The bundler of the tests renames imports inside functions, so the function goes over as text without any.
      const there = await own.evaluate(`import('/index.js').then(async (lib) => {
        const options = { threads: 2, worker: '/worker.js' };
        const { kernel, memory } = await lib.loadCore(options);
        return {
          isIsolated: crossOriginIsolated,
          isShared: memory.memory.buffer.constructor.name === 'SharedArrayBuffer',
          strict: {
            ...(await (${bits.toString()})(lib, options)),
            ...(await (${numbers.toString()})(lib, options)),
          },
          auto: kernel,
        };
      })`);
      expect(there).toEqual({ isIsolated: isShared, isShared, strict: golden('bits'), auto: 'relaxed' });
      expect(problems).toEqual([]);
      await own.close();
    },
  );

  it.runIf(wanted)('draws the same SVG as Node, makes a PNG of it, and reads that back', async () => {
    const options = { pictures: [{ title: 'one pixel', height: 2, width: 2, values: [0, 1, 0, 0] }] };
    const script = `(async (options) => {
      const plots = await import('/plots.browser.js');
      const images = await import('/images.browser.js');
      const svg = plots.imageFigure(options);
      const { height, width } = await images.decodeImage(await plots.toPng(svg));
      return { svg, size: [width, height] };
    })(${JSON.stringify(options)})`;
    const there = (await page.evaluate(script)) as { svg: string; size: number[] };
    expect(there.svg).toBe(imageFigure(options));
    const { width, height } = await toRgba(there.svg);
    expect(there.size).toEqual([width, height]);
    expect(problems).toEqual([]);
  });
});
