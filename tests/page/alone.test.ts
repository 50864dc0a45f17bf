// The single file, the element, and engines that lack something.
import { createHash } from 'node:crypto';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeWeights, key, loadCore, network } from '../../src/index.js';
import { browsers, dist, distText, isWanted, serve, start, Tab } from './help.js';

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

/** Every kind of figure, by a classic script: browsers load no module from a disk. */
const classicPage = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>From a disk</title></head><body>
<score-field id="path" figure="path" density="ring" sigma="0.3"></score-field>
<score-field id="histogram" figure="histogram" density="five"></score-field>
<score-field id="jumps" figure="jumps" density="rings" chains="100" slider></score-field>
<score-field id="anneal" figure="anneal" density="moons" chains="100"></score-field>
<script src="score-field.js"></script></body></html>`;

/** Whether the server has /late.worker.js yet. */
let isLate = true;
/** Weights of a network, untrained. */
let weights: Uint8Array;
let folder: string;
let site: Awaited<ReturnType<typeof serve>>;
beforeAll(async () => {
  const core = await loadCore();
  const net = network(core, { features: 16, width: 16, levels: 9, output: 'noise' }, { key: key(0) });
  weights = encodeWeights(net, 1);
  core.dispose();
  folder = mkdtempSync(join(tmpdir(), 'scorefield-element-'));
  copyFileSync(dist('score-field.js'), join(folder, 'score-field.js'));
  writeFileSync(join(folder, 'index.html'), classicPage);
  site = await serve(dist('page'), (path) => {
    if (path === '/bare.html') return { type: 'text/html', text: bare };
    if (path === '/strict.html') return { type: 'text/html', text: strictPage };
    if (path === '/empty.html') return { type: 'text/html', text: emptyPage };
    if (path === '/score-field.worker.js' || (path === '/late.worker.js' && !isLate))
      return { type: 'text/javascript', text: distText('score-field.worker.js') };
    if (path === '/five.safetensors') return { type: 'application/octet-stream', text: '', bytes: weights };
    if (path === '/score-field.js') return { type: 'text/javascript', text: distText('score-field.js') };
    // The engine says it cannot compile the binary with relaxed SIMD, as one without it does.
    if (path === '/strict/worker.js') {
      const stub =
        'const ask = WebAssembly.validate; let first; WebAssembly.validate = (bytes) => (first ??= bytes) !== bytes && ask(bytes);';
      return { type: 'text/javascript', text: `${stub}${distText('page/worker.js')}` };
    }
    if (path === '/none/worker.js') {
      return {
        type: 'text/javascript',
        text: `WebAssembly.validate = () => false;${distText('page/worker.js')}`,
      };
    }
    const [, file] = /^\/(?:strict|none)\/(.*)$/.exec(path) ?? [];
    if (file === undefined) return undefined;
    if (file.endsWith('.wasm'))
      return { type: 'application/wasm', text: '', bytes: readFileSync(dist(`page/${file}`)) };
    const type = file.endsWith('.js') ? 'text/javascript' : file.endsWith('.css') ? 'text/css' : 'text/html';
    return { type, text: distText(`page/${file || 'index.html'}`) };
  });
});
afterAll(() => {
  site.server.close();
  rmSync(folder, { recursive: true });
});

/** The picture of an element's moving layer. */
const drawn = (page: Page, id: string) =>
  page.evaluate(
    (name) => document.getElementById(name)?.shadowRoot?.querySelectorAll('canvas')[1]?.toDataURL() ?? '',
    id,
  );
const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
/** Waits until an element draws another picture, and then another: one alone may be a start. */
async function moves(page: Page, id: string): Promise<void> {
  for (let turn = 0; turn < 2; turn++) {
    const before = await drawn(page, id);
    for (let i = 0; i < 100 && (await drawn(page, id)) === before; i++) await wait(50);
    expect(await drawn(page, id)).not.toBe(before);
  }
}
/** What an element says is wrong: empty when nothing is. */
const problem = (page: Page, id: string) =>
  page.evaluate((name) => {
    const alert = document.getElementById(name)?.shadowRoot?.querySelector<HTMLElement>('[role=alert]');
    return alert?.hidden === false ? (alert.textContent ?? '') : '';
  }, id);
/** Puts an element with these attributes into a place of the page. */
const add = (page: Page, attributes: Record<string, string>, place = '#left') =>
  page.evaluate(
    (given, where) => {
      const element = document.createElement('score-field');
      for (const [name, value] of Object.entries(given)) element.setAttribute(name, value);
      document.querySelector(where)?.append(element);
    },
    attributes,
    place,
  );
const set = (page: Page, id: string, attributes: Record<string, string>) =>
  page.evaluate(
    (name, given) => {
      for (const [key, value] of Object.entries(given))
        document.getElementById(name)?.setAttribute(key, value);
    },
    id,
    attributes,
  );

describe.each(browsers)('without its folder, in $name', { retry: 1 }, ({ name, path }) => {
  const wanted = isWanted(path);
  let browser: Browser;
  beforeAll(async () => {
    if (wanted) browser = await start(name, path);
  }, 120_000);
  afterAll(async () => {
    if (wanted) await browser.close();
  });

  it.runIf(wanted)('one file opens from the disk, moves, trains, and asks for nothing', async () => {
    const tab = await Tab.open(browser, `${pathToFileURL(dist('scorefield.html'))}#density`);
    await tab.moves();
    await tab.visit(
      `${pathToFileURL(dist('scorefield.html'))}#learning&features=16&width=16&levels=9&batch=16&steps=20`,
    );
    await tab.press('Train');
    await tab.see('', /Trained: 20 steps/);
    expect(tab.requests).toEqual([]);
    expect(await tab.violations()).toEqual([]);
    expect(tab.problems).toEqual([]);
    await tab.page.close();
  });

  it.runIf(wanted)(
    'elements in a bare page share one worker, move while they are seen, and leave no globals',
    async () => {
      let workers = 0;
      const tab = await Tab.open(browser, `${site.origin}bare.html`, async (page) => {
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
    const tab = await Tab.open(browser, `${site.origin}strict.html`);
    const before = await drawn(tab.page, 'a');
    for (let i = 0; i < 100 && (await drawn(tab.page, 'a')) === before; i++) await wait(50);
    const moved = await drawn(tab.page, 'a');
    for (let i = 0; i < 100 && (await drawn(tab.page, 'a')) === moved; i++) await wait(50);
    expect(await drawn(tab.page, 'a')).not.toBe(moved);
    expect(await tab.violations()).toEqual([]);
    await tab.page.close();
  });

  it.runIf(wanted)('an element moves again once its attributes are right', async () => {
    const tab = await Tab.open(browser, `${site.origin}empty.html`);
    const { page } = tab;
    await add(page, { id: 'a', chains: '50', means: '0.5,0.5;-0.5,-0.5', weights: '1,3' });
    await moves(page, 'a');
    // Wrong for as long as one attribute is set and the other is not.
    await set(page, 'a', { means: '0,0;1,1;-1,-1' });
    await set(page, 'a', { weights: '1,1,1' });
    await moves(page, 'a');
    expect(await problem(page, 'a')).toBe('');
    await set(page, 'a', { density: 'nothing' });
    expect(await problem(page, 'a')).toMatch(/density must be one of/);
    await set(page, 'a', { density: 'ring' });
    await moves(page, 'a');
    expect(await problem(page, 'a')).toBe('');
    // A step so long that positions run away: it stands still with a message, and Play begins anew.
    await set(page, 'a', { means: '0,0', sds: '0.01', weights: '1', 'step-size': '10' });
    for (let i = 0; i < 100 && (await problem(page, 'a')) === ''; i++) await wait(50);
    expect(await problem(page, 'a')).toMatch(/not finite|stepSize/);
    await set(page, 'a', { 'step-size': '0.00001' });
    await moves(page, 'a');
    expect(tab.problems).toEqual([]);
    await page.close();
  });

  it.runIf(wanted)('an element moved within the page goes on', async () => {
    const tab = await Tab.open(browser, `${site.origin}empty.html`);
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
    const strict = await Tab.open(browser, `${site.origin}strict.html`);
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
    const tab = await Tab.open(browser, `${site.origin}empty.html`);
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
    const tab = await Tab.open(browser, `${site.origin}empty.html`);
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

  it.runIf(wanted)(
    'every kind of figure moves in a page opened from a disk, by a classic script',
    async () => {
      const tab = await Tab.open(browser, `${pathToFileURL(join(folder, 'index.html'))}`);
      const { page } = tab;
      for (const id of ['path', 'histogram', 'jumps', 'anneal']) {
        await page.evaluate((name) => document.getElementById(name)?.scrollIntoView(), id);
        await moves(page, id);
        expect(await problem(page, id), id).toBe('');
      }
      // The slider smooths the density.
      const ground = () =>
        page.evaluate(() =>
          document.querySelector('#jumps')?.shadowRoot?.querySelector('canvas')?.toDataURL(),
        );
      const before = await ground();
      const said = await page.evaluate(() => {
        const root = document.querySelector('#jumps')?.shadowRoot as ShadowRoot;
        const input = root.querySelector('input') as HTMLInputElement;
        input.value = '1';
        input.dispatchEvent(new Event('input'));
        return root.querySelector('output')?.textContent;
      });
      expect(said).toBe('0.50');
      for (let i = 0; i < 100 && (await ground()) === before; i++) await wait(50);
      expect(await ground()).not.toBe(before);
      expect(tab.problems).toEqual([]);
      await page.close();
    },
  );

  it.runIf(wanted)('an element follows trained weights, and says which it cannot load', async () => {
    const tab = await Tab.open(browser, `${site.origin}empty.html`);
    const { page } = tab;
    await add(page, { id: 'a', density: 'five', network: 'five.safetensors', sigma: '0.1' });
    await moves(page, 'a');
    expect(await problem(page, 'a')).toBe('');
    await set(page, 'a', { network: 'none.safetensors' });
    for (let i = 0; i < 100 && (await problem(page, 'a')) === ''; i++) await wait(50);
    expect(await problem(page, 'a')).toBe(
      'score-field: network: none.safetensors could not be loaded: status 404',
    );
    await set(page, 'a', { network: 'score-field.js' });
    for (let i = 0; i < 100 && !/score-field.js/.test(await problem(page, 'a')); i++) await wait(50);
    expect(await problem(page, 'a')).toMatch(/score-field.js/);
    await page.close();
  });

  it.runIf(wanted)('an element fills its box as a square, and follows the theme of the page', async () => {
    const tab = await Tab.open(browser, `${site.origin}empty.html`);
    const { page } = tab;
    const box = (style: string) =>
      page.evaluate((text) => {
        const element = document.querySelector('score-field') as HTMLElement;
        element.style.cssText = text;
        const canvas = element.shadowRoot?.querySelector('canvas') as HTMLCanvasElement;
        return new Promise<number[]>((done) =>
          setTimeout(() => {
            const { width, height } = canvas.getBoundingClientRect();
            done([width, height, canvas.width, canvas.height]);
          }, 150),
        );
      }, style);
    await add(page, { id: 'a', chains: '20' });
    await moves(page, 'a');
    // 300 is the width of a canvas that nobody has sized yet.
    expect(await box('width: 300px')).toEqual([300, 300, 300, 300]);
    expect(await box('width: 200px')).toEqual([200, 200, 200, 200]);
    // The canvas is as large as the box, and shows its square picture in the middle.
    expect(await box('width: 200px; height: 100px')).toEqual([200, 100, 100, 100]);
    const paper = () =>
      page.evaluate(() => {
        const figure = document.querySelector('score-field')?.shadowRoot?.querySelector('.figure') as Element;
        return getComputedStyle(figure).backgroundColor;
      });
    expect(await paper()).toBe('rgb(255, 255, 255)');
    await page.evaluate(() => {
      document.body.style.color = '#eee';
    });
    for (let i = 0; i < 40 && (await paper()) === 'rgb(255, 255, 255)'; i++) await wait(50);
    expect(await paper()).toBe('rgb(13, 17, 23)');
    expect(tab.problems).toEqual([]);
    await page.close();
  });

  // Only Chromium's driver can count objects after a collection of garbage.
  if (name === 'chrome') {
    it.runIf(wanted)('elements and figures that are gone leave no memory taken', async () => {
      const tab = await Tab.open(browser, `${site.origin}empty.html`);
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

  it.runIf(wanted)(
    'an engine without relaxed SIMD runs the strict kernel; one without SIMD gets a message',
    async () => {
      const tab = await Tab.open(browser, `${site.origin}strict/#density`);
      await tab.moves();
      expect(await tab.page.evaluate(() => document.documentElement.dataset.kernel)).toBe('strict');
      await tab.visit(`${site.origin}none/#density`);
      await tab.see('', /This browser cannot run the page: .* no WebAssembly SIMD/);
      await tab.page.close();
    },
  );

  it.runIf(wanted)('a GIF is filmed where the engine has no encoder', async () => {
    const tab = await Tab.open(browser, `${site.origin}#density&particles=100`, (page) =>
      page.evaluateOnNewDocument(() => {
        Reflect.deleteProperty(globalThis, 'VideoEncoder');
      }),
    );
    await tab.moves();
    const film = await tab.saved(() => tab.press('Film'));
    expect(film.name).toBe('density.gif');
    expect(new TextDecoder().decode(film.bytes.slice(0, 6))).toBe('GIF89a');
    expect(film.bytes.at(-1)).toBe(0x3b);
    await tab.page.close();
  });

  it.runIf(wanted)(
    'who asked for less movement sees figures that stand still until they are started',
    async () => {
      const tab = await Tab.open(browser, 'about:blank');
      // Firefox takes the wish only as a preference of its own; there it is put into the page's mouth.
      await tab.page.evaluateOnNewDocument(() => {
        const ask = matchMedia;
        globalThis.matchMedia = (query: string) => {
          const list = ask.call(globalThis, query);
          if (query.includes('reduced-motion')) Object.defineProperty(list, 'matches', { value: true });
          return list;
        };
      });
      await tab.visit(`${site.origin}#density`);
      await tab.see('.reading', /Particles nearest/);
      await wait(300);
      const still = await tab.pixels();
      await wait(300);
      expect(await tab.pixels()).toBe(still);
      await tab.press('Play');
      await tab.moves();
      await tab.page.close();
    },
  );
});

describe('dist/scorefield.html', () => {
  const html = distText('scorefield.html');

  it('allows its script and its style by their hashes, and no other', () => {
    const [, policy] = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(html) ?? [];
    const hash = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
    const [, script] = /<script type="module">([\s\S]*?)<\/script>/.exec(html) ?? [];
    const [, style] = /<style>([\s\S]*?)<\/style>/.exec(html) ?? [];
    expect(policy).toContain(`script-src ${hash(script)} 'wasm-unsafe-eval';`);
    expect(policy).toContain(`style-src ${hash(style)};`);
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toMatch(/unsafe-inline|'unsafe-eval'|https?:/);
    const markup = html.replace(script, '').replace(style, '');
    expect(markup.match(/ (src|href)="(?!data:,|#)[^"]*/g)).toBe(null);
    expect(markup.match(/<[a-z][^>]* (on[a-z]+|style)=/g)).toBe(null);
  });
});
