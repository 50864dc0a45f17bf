// The element among the elements of a page: workers they share, places they move to, and what they leave.
import { describe, expect, it } from 'vitest';
import { add, drawn, moves, problem, set, useElement, wait } from './elements.js';
import { browsers, distText, isWanted, Tab } from './help.js';
import { useBrowser } from './site.js';

/** Whether the server has /late.worker.js yet. */
let isLate = true;
const site = useElement((path) =>
  path === '/late.worker.js' && !isLate
    ? { type: 'text/javascript', text: distText('score-field.worker.js') }
    : undefined,
);

describe.each(browsers)('elements of a page, in $name', { retry: 1 }, ({ name, path }) => {
  const wanted = isWanted(path);
  const own = useBrowser(name, path);

  it.runIf(wanted)(
    'elements in a bare page share one worker, move while they are seen, and leave no globals',
    async () => {
      let workers = 0;
      const tab = await Tab.open(own.browser, `${site.origin}bare.html`, async (page) => {
        await page.evaluateOnNewDocument(() => {
          const made = Worker;
          const counter = globalThis as typeof globalThis & { workers: number; before: string[] };
          counter.workers = 0;
          globalThis.Worker = class extends made {
            constructor(url: string | URL, options?: WorkerOptions) {
              super(url, options);
              counter.workers++;
            }
          };
          counter.before = [...Object.getOwnPropertyNames(globalThis), 'before'];
        });
      });
      const { page } = tab;
      const waitForMoves = async (id: string) => {
        const before = await drawn(page, id);
        for (let i = 0; i < 100 && (await drawn(page, id)) === before; i++) await wait(50);
        expect(await drawn(page, id)).not.toBe(before);
      };
      await page.waitForFunction(
        () => document.querySelector('#b')?.shadowRoot?.querySelectorAll('canvas').length === 2,
      );
      await waitForMoves('a');
      await waitForMoves('b');
      workers = await page.evaluate(() => (globalThis as unknown as { workers: number }).workers);
      expect(workers).toBe(1);
      const added = await page.evaluate(() => {
        const { before } = globalThis as unknown as { before: string[] };
        return Object.getOwnPropertyNames(globalThis).filter(
          (property) => !before.includes(property) && !/^\d+$/.test(property),
        );
      });
      // Elements with an id are named by the browser itself, and the tests' driver leaves two of its own.
      expect(added.filter((property) => !/^(a|b|c|far|(puppeteer_)?__aria.*)$/.test(property))).toEqual([]);
      const problem = await page.$eval(
        '#c',
        (element) => element.shadowRoot?.querySelector('[role=alert]')?.textContent,
      );
      expect(problem).toMatch(
        /^score-field: density must be one of mixture, apart, ring, five, .* got "nothing"$/,
      );

      // Out of sight it stands still, and starts when it is scrolled to.
      const far = await drawn(page, 'far');
      await wait(300);
      expect(await drawn(page, 'far')).toBe(far);
      await page.evaluate(() => document.querySelector('#far')?.scrollIntoView());
      await waitForMoves('far');
      await wait(300);
      const hidden = await drawn(page, 'a');
      await wait(300);
      expect(await drawn(page, 'a')).toBe(hidden);
      // Its colours are custom properties.
      await page.evaluate(() => document.querySelector('#a')?.scrollIntoView());
      await waitForMoves('a');
      const red = await page.evaluate(() => {
        const canvas = document
          .querySelector('#a')
          ?.shadowRoot?.querySelectorAll('canvas')[1] as HTMLCanvasElement;
        const { data } = (canvas.getContext('2d') as CanvasRenderingContext2D).getImageData(
          0,
          0,
          canvas.width,
          canvas.height,
        );
        let count = 0;
        for (let i = 0; i < data.length; i += 4)
          count += Number(data[i] === 255 && data[i + 1] === 0 && data[i + 3] === 255);
        return count;
      });
      expect(red).toBeGreaterThan(100);
      // Another density by an attribute, and the button.
      await page.evaluate(() => document.querySelector('#a')?.setAttribute('means', '0,0'));
      await waitForMoves('a');
      await page.evaluate(() => document.querySelector('#a')?.shadowRoot?.querySelector('button')?.click());
      await wait(200);
      const paused = await drawn(page, 'a');
      await wait(200);
      expect(await drawn(page, 'a')).toBe(paused);
      await page.evaluate(() => {
        for (const element of document.querySelectorAll('score-field')) element.remove();
      });
      expect(tab.problems).toEqual([]);
      await page.close();
    },
  );

  it.runIf(wanted)('an element runs where the policy lets no worker run but from a file', async () => {
    const tab = await Tab.open(own.browser, `${site.origin}strict.html`);
    const before = await drawn(tab.page, 'a');
    for (let i = 0; i < 100 && (await drawn(tab.page, 'a')) === before; i++) await wait(50);
    const moved = await drawn(tab.page, 'a');
    for (let i = 0; i < 100 && (await drawn(tab.page, 'a')) === moved; i++) await wait(50);
    expect(await drawn(tab.page, 'a')).not.toBe(moved);
    expect(await tab.violations()).toEqual([]);
    await tab.page.close();
  });

  it.runIf(wanted)('an element moved within the page goes on', async () => {
    const tab = await Tab.open(own.browser, `${site.origin}empty.html`);
    const { page } = tab;
    await page.evaluate(() => {
      const element = document.createElement('score-field');
      element.id = 'a';
      document.querySelector('#left')?.append(element);
      document.querySelector('#right')?.append(element);
    });
    await moves(page, 'a');
    expect(await problem(page, 'a')).toBe('');
    for (let turn = 0; turn < 6; turn++) {
      await page.evaluate(
        (at) => document.querySelector(at)?.append(document.querySelector('#a') as Element),
        turn % 2 ? '#right' : '#left',
      );
      if (turn % 2) await moves(page, 'a');
      expect(await problem(page, 'a')).toBe('');
    }
    expect(tab.problems).toEqual([]);
    await page.close();
  });

  it.runIf(wanted)('a worker that cannot be started concerns only the elements that ask for it', async () => {
    const strict = await Tab.open(own.browser, `${site.origin}strict.html`);
    await strict.page.evaluate(() => document.querySelector('#a')?.remove());
    await strict.page.evaluate(() => {
      for (const [id, worker] of [
        ['own', ''],
        ['file', 'score-field.worker.js'],
      ]) {
        const element = document.createElement('score-field');
        element.id = id;
        if (worker) element.setAttribute('worker', worker);
        document.body.append(element);
      }
    });
    await moves(strict.page, 'file');
    expect(await problem(strict.page, 'own')).toMatch(/^score-field: ./);
    await strict.page.close();

    isLate = true;
    const tab = await Tab.open(own.browser, `${site.origin}empty.html`);
    const { page } = tab;
    await add(page, { id: 'early', worker: 'late.worker.js' });
    for (let i = 0; i < 100 && (await problem(page, 'early')) === ''; i++) await wait(50);
    expect(await problem(page, 'early')).toMatch(/^score-field: ./);
    isLate = false;
    await add(page, { id: 'late', worker: 'late.worker.js' }, '#right');
    await moves(page, 'late');
    // One that leaves takes no more than itself.
    await page.evaluate(() => document.querySelector('#early')?.remove());
    await moves(page, 'late');
    await page.close();
  });

  it.runIf(wanted)('a worker of another origin gives a message', async () => {
    const tab = await Tab.open(own.browser, `${site.origin}empty.html`);
    const { page } = tab;
    await add(page, { id: 'good' }, '#right');
    const away = `${site.origin.replace('127.0.0.1', 'localhost')}score-field.worker.js`;
    await add(page, { id: 'bad', worker: away });
    for (let i = 0; i < 100 && (await problem(page, 'bad')) === ''; i++) await wait(50);
    expect(await problem(page, 'bad')).toMatch(/^score-field: ./);
    await page.evaluate(() => document.querySelector('#bad')?.remove());
    await moves(page, 'good');
    expect(tab.problems.filter((text) => !/origin|Security Error/.test(text))).toEqual([]);
    await page.close();
  });

  // Only Chromium's driver can count objects after a collection of garbage.
  if (name === 'chrome') {
    it.runIf(wanted)('elements and figures that are gone leave no memory taken', async () => {
      const tab = await Tab.open(own.browser, `${site.origin}empty.html`);
      const { page } = tab;
      const count = async (of: 'score-field' | 'canvas') => {
        const prototype = await page.evaluateHandle(
          (tag) => Object.getPrototypeOf(document.createElement(tag)),
          of,
        );
        const objects = await page.queryObjects(prototype);
        return objects.evaluate((list) => (list as unknown as unknown[]).length);
      };
      await add(page, { id: 'a', chains: '50' });
      await moves(page, 'a');
      for (let i = 1; i <= 5; i++) {
        await set(page, 'a', { limits: `-${i},${i}` });
        await moves(page, 'a');
      }
      expect(await count('canvas')).toBe(2);
      for (let i = 0; i < 5; i++) {
        await add(page, { id: 'b', chains: '50' }, '#right');
        await moves(page, 'b');
        await page.evaluate(() => document.querySelector('#b')?.remove());
      }
      await moves(page, 'a');
      expect(await count('score-field')).toBe(1);
      expect(await count('canvas')).toBe(2);
      await page.close();
    });
  }
});
