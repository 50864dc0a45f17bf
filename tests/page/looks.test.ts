// Figures as they look, beside the pictures of them that are stored: UPDATE_SNAPSHOTS=1 stores them anew.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { decode, encode } from 'fast-png';
import pixelmatch from 'pixelmatch';
import { beforeAll, describe, expect, it } from 'vitest';
import { browsers, isWanted, Tab } from './help.js';
import { askForStillness, useBrowser, usePage } from './site.js';

/** Every figure by a link, what to press, what is then read, and where it is. */
const figures = [
  {
    name: 'density',
    link: 'density&particles=800&trail=0',
    press: [],
    read: /Particles nearest/,
    at: 0,
    themes: ['light', 'dark'],
  },
  {
    name: 'image',
    link: 'image&picture=spiral&noise=0.02',
    press: [],
    read: /28 × 28/,
    at: 1,
    themes: ['light'],
  },
  {
    name: 'histogram',
    link: 'sampling&from=exact&kernel=strict&chains=64&draws=400&level=20&bins=40',
    press: ['Draw samples'],
    read: /^400 steps/,
    at: 1,
    themes: ['dark'],
  },
  {
    name: 'exact',
    link: 'exact&picture=rings&level=22',
    press: [],
    read: /the learned score is off by/,
    at: 0,
    themes: ['light', 'dark'],
  },
];
/** Share of pixels that may differ: the edges of lines, which engines smooth in their own ways. */
const MOST = 0.005;

type Picture = { width: number; height: number; data: Uint8Array };
const decoded = (bytes: Uint8Array) => {
  const { width, height, data, channels } = decode(bytes);
  const rgba = new Uint8Array(4 * width * height).fill(255);
  for (let i = 0; i < width * height; i++)
    for (let k = 0; k < channels; k++) rgba[4 * i + k] = data[channels * i + k];
  return { width, height, data: rgba } satisfies Picture;
};
const difference = (a: Picture, b: Picture) =>
  pixelmatch(a.data, b.data, undefined, a.width, a.height, { threshold: 0.15 }) / (a.width * a.height);

describe.each(browsers)('figures in $name', ({ name, path }) => {
  const wanted = isWanted(path);
  const site = usePage();
  const own = useBrowser(name, path);
  let tab: Tab;
  beforeAll(async () => {
    if (!wanted) return;
    tab = await Tab.open(own.browser, 'about:blank', (page) => page.evaluateOnNewDocument(askForStillness));
    await tab.page.setViewport({ width: 400, height: 900, deviceScaleFactor: 1 });
  }, 120_000);
  /** A figure's layers as one picture: a screenshot depends on where the figure lies between the screen's pixels. */
  const seen = async (index: number): Promise<Picture> => {
    const address = await tab.page.evaluate(
      (scope, at) => {
        const layers = [...document.querySelectorAll(`${scope} .figure`)[at].querySelectorAll('canvas')];
        const canvas = document.createElement('canvas');
        canvas.width = canvas.height = layers[0].width;
        const context = canvas.getContext('2d') as CanvasRenderingContext2D;
        context.fillStyle = getComputedStyle(document.body).backgroundColor;
        context.fillRect(0, 0, canvas.width, canvas.height);
        for (const layer of layers) context.drawImage(layer, 0, 0);
        return canvas.toDataURL();
      },
      tab.scope,
      index,
    );
    return decoded(Buffer.from(address.split(',')[1], 'base64'));
  };

  for (const figure of figures) {
    for (const theme of figure.themes) {
      it.runIf(wanted)(
        `${figure.name}, ${theme}, differs from its stored picture in less than 0.5 % of its pixels`,
        async () => {
          await tab.visit(`${site.origin}#${figure.link}&theme=${theme}`);
          for (const label of figure.press) await tab.press(label);
          await tab.see('.reading', figure.read);
          const file = fileURLToPath(
            new URL(`snapshots/${figure.name}-${theme}-${name}.png`, import.meta.url),
          );
          if (process.env.UPDATE_SNAPSHOTS === '1') {
            // Figures are painted one a frame.
            await new Promise((resolve) => setTimeout(resolve, 1500));
            writeFileSync(file, encode({ ...(await seen(figure.at)), channels: 4, depth: 8 }));
          }
          expect(existsSync(file), `${file} is missing`).toBe(true);
          const stored = decoded(readFileSync(file));
          // Figures are painted one a frame: until this one is, it has another size or is empty.
          const off = async () => {
            const picture = await seen(figure.at);
            const isAsLarge = picture.width === stored.width && picture.height === stored.height;
            return isAsLarge ? difference(picture, stored) : 1;
          };
          await expect.poll(off, { timeout: 10_000, interval: 100 }).toBeLessThan(MOST);
          // So it stays.
          await new Promise((resolve) => setTimeout(resolve, 100));
          expect(await off()).toBeLessThan(MOST);
          // The bound would see a figure that is empty, or moved by three pixels.
          const ground = { ...stored, data: stored.data.map((_, i) => stored.data[4 * 2005 + (i % 4)]) };
          const moved = {
            ...stored,
            data: stored.data.map(
              (_, i) => stored.data[(i + 4 * 3 * (stored.width + 1)) % stored.data.length],
            ),
          };
          expect(difference(ground, stored)).toBeGreaterThan(MOST);
          expect(difference(moved, stored)).toBeGreaterThan(MOST);
        },
      );
    }
  }
});
