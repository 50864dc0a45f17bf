// The chapters of what samples are drawn from: hills and pictures.
import { gzipSync } from 'node:zlib';
import { encode } from 'fast-png';
import jpeg from 'jpeg-js';
import { beforeAll, describe, expect, it } from 'vitest';
import { readState } from '../../src/page/state/state.js';
import { browsers, isWanted, Tab } from './help.js';
import { expectQuiet, useBrowser, usePage } from './site.js';

const site = usePage();

describe.each(browsers)('hills and pictures in $name', { retry: 1 }, ({ name, path }) => {
  const wanted = isWanted(path);
  const own = useBrowser(name, path);
  let tab: Tab;
  beforeAll(async () => {
    if (wanted) tab = await Tab.open(own.browser, site.origin);
  }, 120_000);

  it.runIf(wanted)('density: hills are dragged and moved by keys, and a link brings them back', async () => {
    await tab.chapter('density');
    await tab.moves();
    const [handle] = await tab.page.$$('.handle');
    await tab.rests(handle);
    const box = await handle.boundingBox();
    if (!box) throw new Error('a handle cannot be seen');
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
    await tab.page.mouse.move(x, y);
    await tab.page.mouse.down();
    await tab.page.mouse.move(x + 40, y - 30, { steps: 4 });
    await tab.page.mouse.up();
    const figure = await (await tab.page.$(`${tab.scope} .figure`))?.boundingBox();
    const unit = 4 / (figure?.width ?? 0);
    await tab.page.waitForFunction(() => location.hash.includes('components='));
    const [first] = readState(await tab.fragment()).components;
    expect(Math.abs(first[0] - (0.5 + 40 * unit))).toBeLessThan(0.02);
    expect(Math.abs(first[1] - (0.5 + 30 * unit))).toBeLessThan(0.02);
    await handle.focus();
    await tab.page.keyboard.press('ArrowLeft');
    await tab.page.keyboard.press('+');
    await tab.press('Add a hill');
    await tab.page.waitForFunction(() => (location.hash.match(/_/g) ?? []).length === 2);
    const link = await tab.page.url();
    const { components } = readState(await tab.fragment());
    expect(components).toHaveLength(3);
    expect(components[0][0]).toBeCloseTo(first[0] - 0.05, 3);
    expect(components[0][2]).toBeCloseTo(0.44, 3);
    const places = () =>
      tab.page.$$eval('.handle', (handles) => handles.map((handle) => (handle as HTMLElement).style.cssText));
    const before = await places();
    await tab.visit(link);
    await tab.page.waitForSelector('.handle');
    expect(await places()).toEqual(before);
    await tab.moves();
  });

  it.runIf(wanted)(
    'density: a chain is trapped between far hills, and freed by smoothing, which meets the challenge',
    async () => {
      await tab.visit(`${site.origin}#density`);
      await tab.press('Trap a chain');
      await new Promise((resolve) => setTimeout(resolve, 1500));
      expect(await tab.see('.reading', /One chain/)).toBe('One chain: 0 moves from hill to hill');
      expect(await tab.page.$('.task.met')).toBe(null);
      await tab.press('Free it by smoothing');
      await tab.see('.reading', /One chain: [1-9]\d* moves?/);
      await tab.page.waitForSelector('[data-challenge="free"].met');
      await tab.press('Pause');
      await new Promise((resolve) => setTimeout(resolve, 200));
      const still = await tab.pixels();
      await new Promise((resolve) => setTimeout(resolve, 300));
      expect(await tab.pixels()).toBe(still);
      await tab.press('Many particles again');
    },
  );

  it.runIf(wanted)(
    'image: drawn on, opened from PNG and IDX, and bad files are refused in words',
    async () => {
      await tab.chapter('image');
      await tab.see('.reading', /28 × 28 pixels/);
      await tab.press('rings');
      await tab.see('.reading', /28 × 28 pixels/);
      await tab.press('Empty sheet');
      await tab.see('.reading', /, 1 of them/);
      const box = await (await tab.page.$('#chapter-image .pad'))?.boundingBox();
      if (!box) throw new Error('the sheet cannot be seen');
      await tab.page.mouse.move(box.x + 0.3 * box.width, box.y + 0.5 * box.height);
      await tab.page.mouse.down();
      await tab.page.mouse.move(box.x + 0.7 * box.width, box.y + 0.5 * box.height, { steps: 5 });
      await tab.page.mouse.up();
      await tab.page.focus('#chapter-image .pad');
      await tab.page.keyboard.press('ArrowUp');
      await tab.page.keyboard.press(' ');
      // The address follows a quarter of a second later.
      await new Promise((resolve) => setTimeout(resolve, 500));
      const drawn = readState(await tab.fragment()).picture;
      if (typeof drawn === 'string') throw new Error('the drawing is not in the link');
      expect(drawn.pixels[13 * 28 + 14]).toBe(1); // the dot above the line
      expect(drawn.pixels[14 * 28 + 10]).toBeGreaterThan(0.5);
      expect(drawn.pixels[5 * 28 + 5]).toBe(0);

      const data = new Uint8Array(9 * 5).fill(255);
      data[7] = 0;
      await tab.open(
        'Open a file',
        site.write('grey.png', encode({ width: 9, height: 5, data, channels: 1, depth: 8 })),
      );
      await tab.see('', /grey\.png: 5 × 9 pixels, dark ink on light paper/);
      // Light paper with a dark spot: the spot is what is drawn from.
      expect(await tab.see('.reading', /5 × 9 pixels/)).toContain('1 of them');
      await tab.press('Invert the picture');
      await tab.see('.reading', /44 of them/);

      const idx = new Uint8Array(16 + 2 * 4);
      idx.set([0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 2, 1, 2, 3, 4, 0, 0, 0, 255]);
      await tab.open('Open a file', site.write('digits-idx3-ubyte', idx));
      await tab.see('.reading', /2 × 2 pixels, 4 of them/);
      await tab.page.$eval('#idx-index', (input) => {
        (input as HTMLInputElement).value = '1';
        input.dispatchEvent(new Event('change'));
      });
      await tab.see('.reading', /2 × 2 pixels, 1 of them/);
      // A black one is refused, and the picture before it stays; a bad file leaves the good one open.
      const dark = idx.slice();
      dark.fill(0, 20);
      await tab.open('Open a file', site.write('dark-idx3-ubyte', dark));
      await tab.see('.reading', /2 × 2 pixels, 4 of them/);
      const choose = (value: string) =>
        tab.page.$eval(
          '#idx-index',
          (input, number) => {
            (input as HTMLInputElement).value = number;
            input.dispatchEvent(new Event('change'));
          },
          value,
        );
      await choose('1');
      await tab.see('', /picture 1: has no light in it/);
      await tab.see('.reading', /2 × 2 pixels, 4 of them/);
      await tab.open('Open a file', site.write('bad.png', new Uint8Array([1, 2, 3])));
      await tab.see('', /bad\.png must be a PNG or JPEG/);
      await choose('0');
      await tab.see('.reading', /2 × 2 pixels, 4 of them/);

      // Dropped anywhere: a JPEG, and MNIST's file as it comes, gzipped.
      const rgba = new Uint8Array(4 * 6 * 8).fill(200);
      await tab.drop('grey.jpg', jpeg.encode({ data: rgba, width: 8, height: 6 }, 95).data);
      await tab.see('', /grey\.jpg: 6 × 8 pixels/);
      expect(await tab.see('.reading', /6 × 8 pixels/)).toContain('48 of them');
      await tab.drop('digits-idx3-ubyte.gz', gzipSync(idx));
      await tab.see('', /digits-idx3-ubyte\.gz: 2 pictures/);

      await tab.open('Open a file', site.write('bad.png', new Uint8Array([1, 2, 3])));
      await tab.see('', /bad\.png must be a PNG or JPEG/);
      await tab.press('five');
    },
  );

  it.runIf(wanted)('asked nobody else for anything, broke no policy, and logged nothing', () =>
    expectQuiet(tab, site.origin),
  );
});
