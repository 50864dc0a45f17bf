// What the tests of the element share: pages that have it, and what a page does with it.
import type { Page } from 'puppeteer-core';
import { afterAll, beforeAll, expect } from 'vitest';
import { dist, distText, serve } from './help.js';

const bare = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>A blog</title>
<link rel="icon" href="data:,"></head><body style="--figure-particle: #ff0000">
<score-field id="a" chains="200" density="ring" trail="0"></score-field>
<score-field id="b" chains="100" density="rings" seed="3"></score-field>
<score-field id="c" density="nothing"></score-field>
<div style="height: 4000px"></div><score-field id="far" chains="50"></score-field>
<script type="module" src="score-field.js"></script></body></html>`;

/** A page whose policy lets no worker run but from a file. */
const strictPage = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>A strict page</title>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; img-src data:">
<link rel="icon" href="data:,"></head><body><score-field id="a" worker="score-field.worker.js" density="rings"></score-field>
<script type="module" src="score-field.js"></script></body></html>`;

/** A page that has the element and two places for it. */
const emptyPage = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Two places</title>
<link rel="icon" href="data:,"></head><body><div id="left"></div><div id="right"></div>
<script type="module" src="score-field.js"></script></body></html>`;

/**
 * A server of the element and of these pages, while the tests of the calling file run.
 * @param others what it answers beside them
 */
export function useElement(
  others: (path: string) => { type: string; text: string; bytes?: Uint8Array } | undefined,
) {
  const site = { origin: '' };
  let server: Awaited<ReturnType<typeof serve>>['server'];
  beforeAll(async () => {
    const served = await serve(dist('page'), (path) => {
      if (path === '/bare.html') return { type: 'text/html', text: bare };
      if (path === '/strict.html') return { type: 'text/html', text: strictPage };
      if (path === '/empty.html') return { type: 'text/html', text: emptyPage };
      if (path === '/score-field.js') return { type: 'text/javascript', text: distText('score-field.js') };
      if (path === '/score-field.worker.js')
        return { type: 'text/javascript', text: distText('score-field.worker.js') };
      return others(path);
    });
    server = served.server;
    site.origin = served.origin;
  });
  afterAll(() => {
    server.close();
  });
  return site;
}

/** The picture of an element's moving layer. */
export const drawn = (page: Page, id: string) =>
  page.evaluate(
    (name) => document.getElementById(name)?.shadowRoot?.querySelectorAll('canvas')[1]?.toDataURL() ?? '',
    id,
  );
export const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
/** Waits until an element draws another picture, and then another: one alone may be a start. */
export async function moves(page: Page, id: string): Promise<void> {
  for (let turn = 0; turn < 2; turn++) {
    const before = await drawn(page, id);
    for (let i = 0; i < 100 && (await drawn(page, id)) === before; i++) await wait(50);
    expect(await drawn(page, id)).not.toBe(before);
  }
}
/** What an element says is wrong: empty when nothing is. */
export const problem = (page: Page, id: string) =>
  page.evaluate((name) => {
    const alert = document.getElementById(name)?.shadowRoot?.querySelector<HTMLElement>('[role=alert]');
    return alert?.hidden === false ? (alert.textContent ?? '') : '';
  }, id);
/** Puts an element with these attributes into a place of the page. */
export const add = (page: Page, attributes: Record<string, string>, place = '#left') =>
  page.evaluate(
    (given, where) => {
      const element = document.createElement('score-field');
      for (const [name, value] of Object.entries(given)) element.setAttribute(name, value);
      document.querySelector(where)?.append(element);
    },
    attributes,
    place,
  );
export const set = (page: Page, id: string, attributes: Record<string, string>) =>
  page.evaluate(
    (name, given) => {
      for (const [key, value] of Object.entries(given))
        document.getElementById(name)?.setAttribute(key, value);
    },
    id,
    attributes,
  );
