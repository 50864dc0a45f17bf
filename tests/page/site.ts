// What the tests of the page's chapters share: its server, files to open, and what a visit must not have done.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'puppeteer-core';
import { afterAll, beforeAll, expect } from 'vitest';
import { dist, isWanted, serve, start, type Tab } from './help.js';

/** A network that is trained in a second, in a link. */
export const SMALL = 'features=16&width=16&levels=9&batch=16&kernel=strict';

/**
 * The page's server and a folder for files, while the tests of the calling file run.
 * @param first answers before the page's files where it gives a text
 */
export function usePage(first?: Parameters<typeof serve>[1]) {
  const site = { origin: '', folder: '', write };
  function write(name: string, bytes: Uint8Array): string {
    const path = join(site.folder, name);
    writeFileSync(path, bytes);
    return path;
  }
  let server: Awaited<ReturnType<typeof serve>>['server'];
  beforeAll(async () => {
    const served = await serve(dist('page'), first);
    server = served.server;
    site.origin = served.origin;
    site.folder = mkdtempSync(join(tmpdir(), 'scorefield-page-'));
  });
  afterAll(() => {
    server.close();
    rmSync(site.folder, { recursive: true });
  });
  return site;
}

/** Runs in a page before its own scripts: whoever reads it asked for less motion. */
export function askForStillness(): void {
  // Firefox takes the wish only as a preference of its own; here it is put into the page's mouth.
  const ask = matchMedia;
  globalThis.matchMedia = (query: string) => {
    const list = ask.call(globalThis, query);
    if (query.includes('reduced-motion')) Object.defineProperty(list, 'matches', { value: true });
    return list;
  };
}

/** A browser that is wanted, while the tests of the calling suite run. */
export function useBrowser(name: Parameters<typeof start>[0], path: string) {
  const own = {} as { browser: Browser };
  const wanted = isWanted(path);
  beforeAll(async () => {
    if (wanted) own.browser = await start(name, path);
  }, 120_000);
  afterAll(async () => {
    if (wanted) await own.browser.close();
  });
  return own;
}

export const isWeights = (url: string, origin: string) =>
  url.startsWith(origin) && /\/(\w+)\.safetensors$/.test(url);

/** Whether this is the address of a file of the page. */
export function isOwn(url: string, origin: string): boolean {
  const own = [
    '',
    'page.css',
    'math.woff2',
    'page.js',
    'worker.js',
    'thread.js',
    'relaxed.wasm',
    'strict.wasm',
  ];
  const asked = url.replace(origin, '');
  return own.includes(asked) || /^(?:below|chunk|encoder)-\w+\.js$/.test(asked) || isWeights(url, origin);
}

/** Fails if a tab asked for something that is not of the page, broke the policy, or logged anything. */
export async function expectQuiet(tab: Tab, origin: string): Promise<void> {
  expect(tab.requests.filter((url) => !isOwn(url, origin))).toEqual([]);
  expect(await tab.violations()).toEqual([]);
  expect(tab.problems).toEqual([]);
}

/** Presses "Copy as code" where the page may not write to the clipboard, and reads what it shows. */
export async function copiedCode(tab: Tab): Promise<string> {
  await tab.page.evaluate(() => {
    Object.defineProperty(navigator, 'clipboard', { value: undefined, configurable: true });
  });
  await tab.press('Copy as code');
  await tab.page.waitForSelector(`${tab.scope} textarea:not([hidden])`);
  return tab.page.$eval(`${tab.scope} textarea:not([hidden])`, (area) => (area as HTMLTextAreaElement).value);
}
