// The page around its chapters: theme, links, files it saves, what axe finds, phones, and what it asks for.
import axe from 'axe-core';
import { decode } from 'fast-png';
import type { Browser } from 'puppeteer-core';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { presets } from '../../src/index.js';
import { readState } from '../../src/page/state/state.js';
import { browsers, isWanted, Tab } from './help.js';
import { expectQuiet, isOwn, isWeights, useBrowser, usePage } from './site.js';

const site = usePage();

// Once in a hundred loads Firefox under automation hangs in the constructor of a worker that a worker starts, as stacks
// show, probably because the driver's debugger is to take note of it: without a driver 2,500 loads had none. So a test
// may load its page again.
describe.each(browsers)('the page in $name', { retry: 1 }, ({ name, path }) => {
  const wanted = isWanted(path);
  const own = useBrowser(name, path);
  let tab: Tab;
  /** Requests until the page was there and its threads were started. */
  let loaded: string[];

  beforeAll(async () => {
    if (!wanted) return;
    tab = await Tab.open(own.browser, site.origin);
    await tab.moves();
    // The threads come a second later, the chapters below and the film encoder after three.
    const late = [/below-\w+\.js$/, /encoder-\w+\.js$/];
    const areThere = () => late.every((name) => tab.requests.some((url) => name.test(url)));
    await vi.waitUntil(areThere, { timeout: 30_000 });
    // What these import in turn.
    await tab.page.waitForNetworkIdle();
    loaded = [...tab.requests];
  }, 120_000);

  it.runIf(wanted)(
    'light or dark by a button, chapters by the browser’s own back, links copied',
    async () => {
      await tab.visit(`${site.origin}#density&theme=light`);
      await tab.moves();
      const ground = () => tab.page.evaluate(() => getComputedStyle(document.body).backgroundColor);
      expect(await ground()).toBe('rgb(255, 255, 255)');
      await tab.press('Dark theme', 'header');
      expect(await ground()).toBe('rgb(13, 17, 23)');
      expect(await tab.page.$eval('#theme', ({ textContent }) => textContent)).toBe('Light theme');
      await tab.page.waitForFunction(() => location.hash.includes('theme=dark'));
      // Settings of a link are kept beside its preset, in an open tab too; its kernel is loaded.
      await tab.chapter('learning');
      await tab.page.evaluate(() => {
        location.hash = 'learning&preset=article&steps=300&kernel=strict';
      });
      await tab.page.waitForFunction(() => document.documentElement.dataset.kernel === 'strict');
      await new Promise((resolve) => setTimeout(resolve, 400));
      expect(readState(await tab.fragment())).toMatchObject({ preset: 'article', steps: 300 });
      await tab.page.select('#chapter-learning select[id^="control-preset"]', 'quick');
      await tab.page.waitForFunction(() => !location.hash.includes('preset'));
      expect(readState(await tab.fragment()).steps).toBe(presets.quick.training.steps);
      // A link to a chapter leads there, and so does the focus; the browser's own back returns.
      await tab.visit(`${site.origin}#density`);
      await tab.moves();
      await tab.page.focus('nav a[href="#chapter-image"]');
      await tab.page.keyboard.press('Enter');
      const reads = (name: string) =>
        tab.page.waitForSelector(`nav a[href="#chapter-${name}"][aria-current]`);
      await reads('image');
      expect(await tab.page.evaluate(() => document.activeElement?.id)).toBe('title-image');
      await tab.chapter('density');
      await tab.chapter('exact');
      await tab.page.goBack();
      await reads('density');
      await tab.page.goForward();
      await reads('exact');
      await tab.press('Copy link', 'header');
      await tab.see('', /link to this chapter/);
    },
  );

  it.runIf(wanted)('saves figures as PNG and SVG, and films of four seconds', async () => {
    await tab.visit(`${site.origin}#density&particles=200`);
    await tab.moves();
    const png = await tab.saved(() => tab.press('PNG'));
    expect(png.name).toBe('density.png');
    const picture = decode(png.bytes);
    expect(picture.width).toBe(960);
    // Of the caption, by the fonts there are, one line or two.
    expect([1040, 1084]).toContain(picture.height);
    const svg = await tab.saved(() => tab.press('SVG'));
    const text = new TextDecoder().decode(svg.bytes);
    expect(text).toMatch(/^<svg [^>]*viewBox="0 0 480 5(20|42)"/);
    expect(text).toContain('<title>Contours of a mixture of 2 Gaussians');
    const parsed = await tab.page.evaluate((source) => {
      const { documentElement } = new DOMParser().parseFromString(source, 'image/svg+xml');
      return [documentElement.localName, documentElement.querySelectorAll('path').length];
    }, text);
    expect(parsed[0]).toBe('svg');
    expect(parsed[1]).toBeGreaterThan(3);

    const film = await tab.saved(() => tab.press('Film'));
    // Firefox's H.264 is not one that other programs read.
    expect(film.name).toBe(name === 'chrome' ? 'density.mp4' : 'density.webm');
    const [width, seconds] = await filmSize(own.browser, film.bytes, `video/${film.name.split('.')[1]}`);
    expect(width).toBe(480);
    expect(seconds).toBeCloseTo(4, 1);
  });

  it.runIf(wanted)('axe finds nothing in any chapter, light or dark', async () => {
    const found: string[] = [];
    await tab.visit(`${site.origin}#density&theme=light`);
    await tab.page.evaluate(axe.source);
    await allFigures(tab);
    for (const theme of ['light', 'dark']) {
      if (theme === 'dark') await tab.press('Dark theme', 'header');
      expect(await tab.page.evaluate(() => document.documentElement.dataset.theme)).toBe(theme);
      const { violations } = await tab.page.evaluate(() =>
        (globalThis as unknown as { axe: typeof axe }).axe.run(document, { resultTypes: ['violations'] }),
      );
      for (const { id, nodes } of violations)
        found.push(`${theme} ${id}: ${nodes.map(({ html }) => html.slice(0, 120))}`);
    }
    expect(found).toEqual([]);
  });

  it.runIf(wanted)('fits a phone: nothing is wider than 360 pixels', async () => {
    await tab.page.setViewport({ width: 360, height: 740 });
    await allFigures(tab);
    expect(await tab.page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
    await tab.page.setViewport({ width: 1200, height: 900 });
  });

  it.runIf(wanted)(
    'asked nothing of anyone after it was loaded, broke no policy, and logged nothing',
    async () => {
      for (const url of loaded) expect(isOwn(url, site.origin), url).toBe(true);
      // Later visits asked for the same files, and for nothing else but weights of other pictures.
      const others = (urls: string[]) => new Set(urls.filter((url) => !isWeights(url, site.origin)));
      // A link that asks for the strict kernel loads that.
      const strict = `${site.origin}strict.wasm`;
      expect(others([...tab.requests, strict])).toEqual(others([...loaded, strict]));
      await expectQuiet(tab, site.origin);
    },
  );
});

/** Scrolls to every figure of the page, so that all are made. */
async function allFigures(tab: Tab): Promise<void> {
  const ids = await tab.page.$$eval('figure[data-figure]', (places) =>
    places.map((place) => (place as HTMLElement).dataset.figure ?? ''),
  );
  expect(ids.length).toBeGreaterThan(6);
  for (const id of ids) await tab.figure(id);
}

/** Opens a film in an empty page: its width in pixels, and how long it lasts, seconds. */
async function filmSize(browser: Browser, bytes: Uint8Array, type: string): Promise<number[]> {
  const page = await browser.newPage();
  try {
    return await page.evaluate(
      async (base64, kind) => {
        const video = document.createElement('video');
        const film = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
        video.src = URL.createObjectURL(new Blob([film], { type: kind }));
        await new Promise<unknown>((resolve, reject) => {
          video.onloadedmetadata = resolve;
          video.onerror = () => reject(new Error(video.error?.message));
        });
        return [video.videoWidth, video.duration];
      },
      Buffer.from(bytes).toString('base64'),
      type,
    );
  } finally {
    await page.close();
  }
}
