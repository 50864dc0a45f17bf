// The chapters of what is learned, and training in a hidden tab.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { decode } from 'fast-png';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  builtInImage,
  decodeWeights,
  imageDistribution,
  key,
  loadCore,
  network,
  presets,
  train,
} from '../../src/index.js';
import { browsers, dist, isWanted, Tab } from './help.js';
import { copiedCode, expectQuiet, SMALL, useBrowser, usePage } from './site.js';

const site = usePage();

/** Weights of thirty steps by the command line, which are the same in every browser. */
let written: Uint8Array;
beforeAll(() => {
  const run = join(site.folder, 'run');
  const own = '--features 16 --width 16 --levels 9 --batch 16 --steps 30 --kernel strict';
  execFileSync(process.execPath, [dist('cli.js'), 'train', '--out', run, ...own.split(' ')], {
    stdio: 'ignore',
  });
  written = readFileSync(join(run, 'weights.safetensors'));
});

describe.each(browsers)('learning in $name', { retry: 1 }, ({ name, path }) => {
  const wanted = isWanted(path);
  const own = useBrowser(name, path);
  let tab: Tab;
  beforeAll(async () => {
    if (wanted) tab = await Tab.open(own.browser, site.origin);
  }, 120_000);

  it.runIf(wanted)(
    'learning: starts, pauses, goes on, stops at once, and gives the weights Node gives, bit for bit',
    async () => {
      await tab.visit(`${site.origin}#learning&${SMALL}&steps=100000`);
      await tab.press('Train');
      await tab.see('.reading', /Step [1-9]\d+ of 100000 · loss .* left/);
      await tab.press('Pause');
      const paused = await tab.see('.reading', /paused/);
      await new Promise((resolve) => setTimeout(resolve, 400));
      expect(await tab.see('.reading', /Step/)).toBe(paused);
      await tab.press('Resume');
      await tab.see('.reading', / left$/);
      await tab.see('.reading', /best possible/);
      const asked = Date.now();
      await tab.press('Stop');
      await tab.see('.reading', /stopped/);
      expect(Date.now() - asked).toBeLessThan(3000);

      await tab.visit(`${site.origin}#learning&${SMALL}&steps=30`);
      await tab.press('Train');
      await tab.see('', /Trained: 30 steps/);
      const saved = await tab.saved(() => tab.press('Save the weights'));
      expect(saved.name).toBe('weights.safetensors');
      const there = decodeWeights(saved.bytes);
      const core = await loadCore({ kernel: 'strict' });
      const net = network(core, { ...there.config }, { key: key(0) });
      const data = imageDistribution(builtInImage('five'));
      const options = {
        batch: 16,
        steps: 30,
        learningRate: presets.quick.training.learningRate,
        schedule: 'cosine',
        key: key(426),
      } as const;
      for await (const _ of train(net, data, options));
      expect(there.step).toBe(30);
      expect(there.tensors).toEqual(net.tensors());

      // Weights of the command line, dropped.
      await tab.visit(`${site.origin}#learning&kernel=strict`);
      await tab.drop('weights.safetensors', written);
      await tab.see('.reading', /weights\.safetensors: 30 steps, 9 noise levels, 2 layers of 16/);
      const { bytes: kept } = await tab.saved(() => tab.press('Save the weights'));
      expect(decodeWeights(kept).tensors).toEqual(decodeWeights(written).tensors);

      // Opened during a run: the run is over, and the weights are those of the file.
      await tab.visit(`${site.origin}#learning&${SMALL}&steps=100000`);
      await tab.press('Train');
      await tab.see('.reading', / left$/);
      await tab.drop('weights.safetensors', written);
      await tab.see('.reading', /weights\.safetensors: 30 steps/);
      const { bytes: instead } = await tab.saved(() => tab.press('Save the weights'));
      expect(decodeWeights(instead).tensors).toEqual(decodeWeights(written).tensors);
      expect(await copiedCode(tab)).toContain('decodeWeights(readFileSync("weights.safetensors"))');

      await tab.visit(`${site.origin}#learning&kernel=strict`);
      await tab.open('Open weights', site.write('weights.safetensors', saved.bytes));
      await tab.see('.reading', /weights\.safetensors: 30 steps, 9 noise levels, 2 layers of 16/);
      const again = await tab.saved(() => tab.press('Save the weights'));
      expect(again.bytes).toEqual(saved.bytes);
      await tab.open('Open weights', site.write('broken.safetensors', saved.bytes.slice(0, 900)));
      await tab.see('', /broken\.safetensors/);
    },
  );

  it.runIf(wanted)(
    'exact: its points are the data, the learned score’s are not; and both views move',
    async () => {
      await tab.visit(`${site.origin}#learning&${SMALL}&steps=100`);
      await tab.press('Train');
      await tab.see('', /Trained: 100 steps/);
      await tab.chapter('exact');
      await tab.see('.reading', /the learned score is off by \d+ %/);
      await tab.figure('copies');
      await tab.press('Make new points');
      const verdict = await tab.see('.reading', /Half of the exact score/);
      const [, copied, made] = /within ([\d.]+) of .* lie ([\d.]+) away/.exec(verdict) ?? [];
      expect(Number(copied)).toBeLessThan(0.002);
      expect(Number(made)).toBeGreaterThan(0.02);
      await tab.chapter('diffusion');
      await tab.figure('views');
      await tab.press('Play', '[data-figure="views"]');
      await tab.moves(1);
      await tab.press('Pause', '[data-figure="views"]');
      await tab.press('Back by the score');
      await tab.see('.reading', /^signal 0\.[1-4]/);
      await tab.see('.reading', /^signal 1, noise 0:/);
      // Both views beside each other.
      const save = (label: string) =>
        tab.saved(() =>
          tab.page.evaluate((text) => {
            const buttons = document.querySelectorAll<HTMLElement>('[data-figure="views"] .save button');
            [...buttons].find((b) => b.textContent === text)?.click();
          }, label),
        );
      const { width, height } = decode((await save('PNG')).bytes);
      expect(width).toBe(1920);
      // Of the caption, by the fonts there are, one line or two.
      expect([1120, 1164]).toContain(height);
      const svg = new TextDecoder().decode((await save('SVG')).bytes);
      const parts = await tab.page.evaluate((source) => {
        const { documentElement } = new DOMParser().parseFromString(source, 'image/svg+xml');
        return [
          documentElement.getAttribute('viewBox'),
          documentElement.querySelectorAll(':scope > svg').length,
        ];
      }, svg);
      expect(parts).toEqual([`0 0 960 ${height / 2}`, 2]);
      await tab.drop('picture.png', new Uint8Array(3));
      await tab.see('', /No figure on the screen opens files/);
    },
  );

  it.runIf(wanted)(
    'figures rest while the tab is hidden; training goes on, with its share in the title',
    async () => {
      await tab.visit(`${site.origin}#learning&${SMALL}&steps=100000`);
      await tab.press('Train');
      await tab.see('.reading', / left$/);
      await tab.hide(true);
      const reached = async () => Number(/Step (\d+)/.exec(await tab.see('.reading', /Step/))?.[1]);
      const before = await reached();
      await tab.page.waitForFunction(() => /^\d+ % · Learning the score · scorefield$/.test(document.title), {
        polling: 50,
      });
      await new Promise((resolve) => setTimeout(resolve, 500));
      expect(await reached()).toBeGreaterThan(before);
      await tab.hide(false);
      await tab.press('Stop');
      await tab.see('.reading', /stopped/);
      expect(await tab.page.title()).toBe('Learning the score · scorefield');

      await tab.chapter('density');
      await tab.moves();
      await tab.hide(true);
      await new Promise((resolve) => setTimeout(resolve, 200));
      const still = await tab.pixels();
      await new Promise((resolve) => setTimeout(resolve, 300));
      expect(await tab.pixels()).toBe(still);
      await tab.hide(false);
      await tab.moves();
    },
  );

  it.runIf(wanted)('asked nobody else for anything, broke no policy, and logged nothing', () =>
    expectQuiet(tab, site.origin),
  );
});
