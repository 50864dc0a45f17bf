// What an element shows by its attributes: every kind of figure, trained weights, its box and its theme.
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeWeights, key, loadCore, network } from '../../src/index.js';
import { add, moves, problem, set, useElement, wait } from './elements.js';
import { browsers, dist, isWanted, Tab } from './help.js';
import { useBrowser } from './site.js';

/** Every kind of figure, by a classic script: browsers load no module from a disk. */
const classicPage = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>From a disk</title></head><body>
<score-field id="path" figure="path" density="ring" sigma="0.3"></score-field>
<score-field id="histogram" figure="histogram" density="five"></score-field>
<score-field id="jumps" figure="jumps" density="rings" chains="100" slider></score-field>
<score-field id="anneal" figure="anneal" density="moons" chains="100"></score-field>
<script src="score-field.js"></script></body></html>`;

/** Weights of a network, untrained. */
let weights: Uint8Array;
let folder: string;
const site = useElement((path) =>
  path === '/five.safetensors' ? { type: 'application/octet-stream', text: '', bytes: weights } : undefined,
);
beforeAll(async () => {
  const core = await loadCore();
  const net = network(core, { features: 16, width: 16, levels: 9, output: 'noise' }, { key: key(0) });
  weights = encodeWeights(net, 1);
  core.dispose();
  folder = mkdtempSync(join(tmpdir(), 'scorefield-element-'));
  copyFileSync(dist('score-field.js'), join(folder, 'score-field.js'));
  writeFileSync(join(folder, 'index.html'), classicPage);
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

describe.each(browsers)('an element, in $name', { retry: 1 }, ({ name, path }) => {
  const wanted = isWanted(path);
  const own = useBrowser(name, path);

  it.runIf(wanted)('an element moves again once its attributes are right', async () => {
    const tab = await Tab.open(own.browser, `${site.origin}empty.html`);
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

  it.runIf(wanted)(
    'every kind of figure moves in a page opened from a disk, by a classic script',
    async () => {
      const tab = await Tab.open(own.browser, `${pathToFileURL(join(folder, 'index.html'))}`);
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
    const tab = await Tab.open(own.browser, `${site.origin}empty.html`);
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
    const tab = await Tab.open(own.browser, `${site.origin}empty.html`);
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
});
