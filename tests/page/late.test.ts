// Answers of a worker that come after the particles they are about are gone.
import type { Page } from 'puppeteer-core';
import { describe, expect, it } from 'vitest';
import { browsers, distText, isWanted, Tab } from './help.js';
import { useBrowser, usePage } from './site.js';

interface Post {
  /** Whether answers to `swarmMove` wait. */
  isHeld: boolean;
  waiting: ((x?: number[]) => void)[];
}
type Posted = typeof globalThis & { post: Post };

/** Runs in the page before its own scripts. */
function holdAnswers() {
  const post: Post = { isHeld: false, waiting: [] };
  (globalThis as Posted).post = post;
  const Made = Worker;
  globalThis.Worker = class extends Made {
    readonly moves = new Set<number>();
    constructor(url: string | URL, options?: WorkerOptions) {
      super(url, options);
      this.addEventListener('message', (event) => {
        if (!post.isHeld || !this.moves.has(event.data.call)) return;
        event.stopImmediatePropagation();
        post.waiting.push((x) => {
          const data = x ? { ...event.data, result: Float32Array.from(x) } : event.data;
          this.dispatchEvent(new MessageEvent('message', { data }));
        });
      });
    }
    override postMessage(message: { verb?: string; call: number }) {
      if (message.verb === 'swarmMove') this.moves.add(message.call);
      super.postMessage(message);
    }
  };
}

/** Waits until an answer is held back. */
async function hold(page: Page): Promise<void> {
  await page.evaluate(() => {
    (globalThis as Posted).post.isHeld = true;
  });
  await page.waitForFunction(() => (globalThis as Posted).post.waiting.length > 0, { polling: 20 });
}

/** Delivers what was held back. @param x in place of the positions in it */
const release = (page: Page, x?: number[]) =>
  page.evaluate((positions) => {
    const { post } = globalThis as Posted;
    post.isHeld = false;
    for (const deliver of post.waiting.splice(0)) deliver(positions);
  }, x);

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

const elementPage = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>An element</title>
<link rel="icon" href="data:,"></head><body><score-field chains="200" trail="0"></score-field>
<script type="module" src="score-field.js"></script></body></html>`;

const site = usePage((url) => {
  if (url === '/element.html') return { type: 'text/html', text: elementPage };
  if (url !== '/score-field.js') return undefined;
  return { type: 'text/javascript', text: distText('score-field.js') };
});

describe.each(browsers)('late answers in $name', { retry: 1 }, ({ name, path }) => {
  const wanted = isWanted(path);
  const own = useBrowser(name, path);
  const open = (address: string) =>
    Tab.open(own.browser, `${site.origin}${address}`, (page) => page.evaluateOnNewDocument(holdAnswers));

  it.runIf(wanted)('a chain begun anew counts no move of the one before', async () => {
    const tab = await open('#density');
    await tab.press('Trap a chain');
    await tab.see('.reading', /One chain: 0 moves/);
    await hold(tab.page);
    await tab.press('Restart');
    await wait(300);
    // The chain before had come to the other hill.
    await release(tab.page, [-1.2, -1.2]);
    await tab.moves();
    // The reading follows every twenty frames.
    await tab.page.evaluate(async () => {
      for (let frame = 0; frame < 40; frame++) await new Promise(requestAnimationFrame);
    });
    expect(await tab.page.$eval('#chapter-density .reading', (reading) => reading.textContent)).toBe(
      'One chain: 0 moves from hill to hill',
    );
    expect(tab.problems).toEqual([]);
    await tab.page.close();
  });

  it.runIf(wanted)('an element with other chains draws none of those before', async () => {
    const tab = await open('element.html');
    const { page } = tab;
    const drawn = () =>
      page.$eval('score-field', (element) => element.shadowRoot?.querySelectorAll('canvas')[1]?.toDataURL());
    await hold(page);
    const before = await drawn();
    await page.evaluate(() => {
      const element = document.querySelector('score-field');
      element?.shadowRoot?.querySelector('button')?.click();
      element?.setAttribute('seed', '7');
    });
    for (let i = 0; i < 100 && (await drawn()) === before; i++) await wait(50);
    await wait(300);
    const anew = await drawn();
    expect(anew).not.toBe(before);
    await release(page);
    await wait(300);
    expect(await drawn()).toBe(anew);
    expect(tab.problems).toEqual([]);
    await page.close();
  });
});
