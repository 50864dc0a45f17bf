// The chapter on images: its figures as a person uses them.
import { beforeAll, describe, expect, it } from 'vitest';
import { loadCore } from '../../src/index.js';
import { browsers, isWanted, Tab } from './help.js';
import { useBrowser, usePage } from './site.js';
import { idxFile } from './verbs.js';

const site = usePage();

describe.each(browsers)('the chapter on images in $name', { retry: 1 }, ({ name, path }) => {
  const wanted = isWanted(path);
  const own = useBrowser(name, path);
  let tab: Tab;
  /** Brings a figure on the screen, and waits until it is made. */
  const figure = async (id: string) => {
    const selector = `figure[data-figure="images-${id}"]`;
    // As a reader's wheel does, it ends the page's own scrolling to the chapter, which would lead away again.
    const show = () =>
      tab.page.$eval(selector, (element) => {
        dispatchEvent(new WheelEvent('wheel'));
        element.scrollIntoView();
      });
    await show();
    await tab.page.waitForSelector(`${selector}.made`);
    // Figures above may have been made meanwhile, which moves this one.
    await show();
    return selector;
  };

  beforeAll(async () => {
    if (wanted) tab = await Tab.open(own.browser, `${site.origin}#images`);
  }, 120_000);

  it.runIf(wanted)('denoises under a slider, and compares on digits nothing has seen', async () => {
    const scope = await figure('denoise');
    const unet = await tab.see(`${scope} figcaption`, /^U-Net: 0\.\d{4}$/);
    await figure('denoise');
    await tab.page.$eval(`${scope} input[type="range"]`, (input) => {
      (input as HTMLInputElement).value = '150';
      input.dispatchEvent(new Event('input'));
    });
    await tab.page.waitForFunction(
      (where, before) =>
        [...document.querySelectorAll(where)].every(({ textContent }) => textContent !== before),
      { polling: 50 },
      `${scope} figcaption`,
      unet,
    );
    await tab.page.waitForFunction(
      (where) => document.querySelectorAll(where).length === 5,
      { polling: 50 },
      `${scope} tbody tr`,
    );
  });

  it.runIf(wanted)('walks, draws a digit, and makes new digits without training', async () => {
    const walk = await figure('walk');
    await tab.see(`${walk} .reading`, /^Step \d/);
    await tab.press('Stop', walk);
    const draw = await figure('draw');
    await tab.see(`${draw} .reading`, /^16 pictures of a 3/);
    await tab.press('8', draw);
    await tab.see(`${draw} .reading`, /^16 pictures of a 8/);
    const local = await figure('local');
    await tab.see(`${local} figcaption`, /^Exact score: 9 copies among 9/);
    await tab.see(`${local} figcaption`, /^Local scores: no copies among 9/);
  });

  it.runIf(wanted)('makes new letters of those that the reader draws', { timeout: 120_000 }, async () => {
    const local = await figure('local');
    const pad = await tab.page.$(`${local} .pad`);
    if (!pad) throw new Error('there is no sheet');
    await tab.press('Next letter', local);
    await tab.see('.message', /Draw a letter on the sheet first/);
    for (const keys of [['ArrowUp'], ['ArrowLeft', 'ArrowLeft']] as const) {
      await pad.focus();
      for (const key of keys) {
        await tab.page.keyboard.press(key);
        await tab.page.keyboard.press(' ');
      }
      await tab.press('Next letter', local);
    }
    await tab.see(`${local} figcaption`, /^Your letters: 2$/);
    await tab.see(`${local} figcaption`, /^Exact score: 9 copies among 9/, 60_000);
    await tab.press('Use the built-in digits', local);
    await tab.see(`${local} figcaption`, /^Local scores: no copies among 9/, 60_000);
  });

  it.runIf(wanted)('fills in what is hidden, and shows means, shells and mixing at once', async () => {
    const fill = await figure('fill');
    await tab.see(`${fill} figcaption`, /^U-Net: no copies among 4/, 60_000);
    await tab.see(`${fill} figcaption`, /^Exact score of 2,000 digits: 4 copies among 4/, 60_000);
    const { name: saved, bytes } = await tab.saved(() => tab.press('SVG', fill));
    expect(saved).toBe('filled-in.svg');
    expect(Buffer.from(bytes).toString()).toContain('from σ = 8 to 0');
    await tab.press('A quarter of the pixels', fill);
    await tab.page.waitForFunction(() => location.hash.includes('seen=quarter'));
    const means = await figure('means');
    await tab.see(`${means} .reading`, /^σ√d = [\d.]+\. Of 2,000 noisy digits 99 %/);
    const mixing = await figure('mixing');
    await tab.see(`${mixing} .reading`, /^At σ = 0\.45 a chain changes its digit/);
  });

  it.runIf(wanted)('trains on a file that is dropped, and stops', async () => {
    const scope = await figure('train');
    await tab.drop('train-images-idx3-ubyte', idxFile(await loadCore(), 12));
    await tab.see(`${scope} figcaption`, /^It learns from 12 pictures of yours/);
    await tab.press('Train', scope);
    await tab.see(`${scope} .reading`, /Error a pixel/);
    await tab.press('Stop', scope);
    await tab.see(`${scope} .reading`, /stopped/);
    // On a new visit it is offered, and the figures can use it.
    await tab.visit(`${site.origin}#images`);
    const again = await figure('train');
    await tab.see(`${again} .reading`, /learned nothing yet/);
    await tab.see(`${again} .kept`, /trained here on 12 pictures of yours/);
    await tab.press('Open it', again);
    await tab.see(`${again} .reading`, /^Your network: \d+ steps/);
    const denoise = await figure('denoise');
    await tab.see(`${denoise} figcaption`, /^Your U-Net: /);
    expect(await tab.violations()).toEqual([]);
    expect(tab.problems).toEqual([]);
    const fetched = tab.requests
      .filter((url) => url.endsWith('.safetensors'))
      .map((url) => url.slice(site.origin.length));
    expect([...new Set(fetched)].sort()).toEqual(['digits.safetensors', 'five.safetensors']);
  });
});
