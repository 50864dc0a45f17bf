// The chapters on sampling in browsers: nothing there waits for a button.
import { describe, expect, it } from 'vitest';
import { browsers, isWanted, Tab } from './help.js';
import { askForStillness, useBrowser, usePage } from './site.js';

/** Goes to a figure, as a person would: that ends the page's own scrolling to a chapter. */
async function reach(tab: Tab, id: string): Promise<void> {
  await tab.page.evaluate(() => dispatchEvent(new WheelEvent('wheel')));
  await tab.figure(id);
}

/** Waits until a figure says so, and returns what it says. Figures made around it may move it away: it is kept in sight. */
async function reads({ page }: Tab, id: string, pattern: RegExp): Promise<string> {
  const found = await page.waitForFunction(
    (figure, source) => {
      const element = document.querySelector(`[data-figure="${figure}"]`);
      const { top, bottom } = element?.getBoundingClientRect() ?? { top: 0, bottom: 1 };
      if (bottom < 100 || top > innerHeight - 100) element?.scrollIntoView();
      const text = element?.textContent ?? '';
      return new RegExp(source).exec(text)?.[0];
    },
    { timeout: 40_000, polling: 50 },
    id,
    pattern.source,
  );
  return String(await found.jsonValue());
}

/** Moves a slider of a figure to a share of its way. */
const move = ({ page }: Tab, id: string, label: string, share: number) =>
  page.evaluate(
    (figure, text, place) => {
      const labels = [...document.querySelectorAll<HTMLLabelElement>(`[data-figure="${figure}"] label`)];
      const found = labels.find(({ textContent }) => textContent?.startsWith(text)) as HTMLLabelElement;
      const input = document.getElementById(found.htmlFor) as HTMLInputElement;
      const [least, most] = [Number(input.min), Number(input.max)];
      input.value = String(least + place * (most - least));
      input.dispatchEvent(new Event('input', { bubbles: true }));
    },
    id,
    label,
    share,
  );

/** How many of a figure's moving layers show something. */
const filled = ({ page }: Tab, id: string) =>
  page.$$eval(`[data-figure="${id}"] .figure canvas[aria-hidden]`, (layers) => {
    const isFilled = (layer: HTMLCanvasElement) => {
      // On a canvas of its own: browsers complain of figures that are read again and again.
      const copy = Object.assign(document.createElement('canvas'), {
        width: layer.width,
        height: layer.height,
      });
      const context = copy.getContext('2d', { willReadFrequently: true }) as CanvasRenderingContext2D;
      context.drawImage(layer, 0, 0);
      const { data } = context.getImageData(0, 0, layer.width, layer.height);
      return data.some((value, i) => i % 4 === 3 && value > 0);
    };
    return layers.filter((layer) => isFilled(layer as HTMLCanvasElement)).length;
  });

/** Closes a tab in which nothing went wrong. */
async function closed(tab: Tab): Promise<void> {
  expect(tab.problems).toEqual([]);
  expect(await tab.violations()).toEqual([]);
  await tab.page.close();
}

describe.each(browsers)('chapters on sampling in $name', { retry: 1 }, ({ name, path }) => {
  const wanted = isWanted(path);
  const site = usePage();
  const own = useBrowser(name, path);

  it.runIf(wanted)(
    'samplers race and solvers are measured by themselves, and links carry their dial',
    async () => {
      const tab = await Tab.open(own.browser, `${site.origin}#race&scores=40`);
      await reach(tab, 'race');
      await reads(tab, 'race', /40 of 40 scores/);
      expect(await filled(tab, 'race')).toBe(6);
      await reach(tab, 'solvers');
      const of36 = await reads(tab, 'solvers', /With 36 scores: DEIS .* Heun [\d.]+/);
      await move(tab, 'solvers', 'Scores', 0.7);
      const of250 = await reads(tab, 'solvers', /With 250 scores: DEIS .* Heun [\d.]+/);
      const deis = (text: string) => Number(/DEIS ([\d.e-]+)/.exec(text)?.[1]);
      expect(deis(of250)).toBeLessThan(deis(of36) / 10);
      await tab.page.waitForFunction(() => /scores=[1-9]\d\d/.test(location.hash));
      await closed(tab);
    },
  );

  it.runIf(wanted)(
    'samples are drawn and walked by themselves, a line explains each choice, and walks are never empty',
    async () => {
      const small = 'chains=64&draws=30&bins=10&level=22';
      const tab = await Tab.open(own.browser, `${site.origin}#sampling&${small}`);
      await reads(tab, 'sampling', /30 steps, 1,920 samples · total variation/);
      await reads(tab, 'sampling', /follows the score with noise/);
      const sampler = '[data-figure="sampling"] select[id^="control-sampler"]';
      const solver = '[data-figure="sampling"] select[id^="control-solver"]';
      expect(await tab.page.$eval(solver, (menu) => (menu as HTMLElement).offsetParent)).toBeNull();
      await tab.page.select(sampler, 'probabilityFlow');
      await reads(tab, 'sampling', /the same without fresh noise/);
      await reads(tab, 'sampling', /30 steps, 5,000 samples · total variation/);
      await tab.page.select(solver, 'ddim');
      await reads(tab, 'sampling', /first order, one score a step/);
      await reads(tab, 'sampling', /30 steps, 5,000 samples · total variation/);
      await tab.page.waitForFunction(() => location.hash.includes('solver=ddim'));
      await reach(tab, 'walk');
      await reads(tab, 'walk', /a walk forgets where it was in about \d+ steps?/);
      await tab.page.waitForFunction(
        () => document.querySelectorAll('[data-figure="walk"] .figure').length === 10,
      );
      for (let turn = 0; turn < 100 && (await filled(tab, 'walk')) < 10; turn++)
        await new Promise((resolve) => setTimeout(resolve, 100));
      expect(await filled(tab, 'walk')).toBe(10);
      await closed(tab);
    },
  );

  it.runIf(wanted)('copies are made by themselves', async () => {
    const tab = await Tab.open(own.browser, `${site.origin}#exact`);
    await reach(tab, 'copies');
    await reads(tab, 'copies', /Half of the exact score’s points lie within/);
    expect(await filled(tab, 'copies')).toBe(2);
    await closed(tab);
  });

  it.runIf(wanted)('a term under the pointer lights up the field of the exact score alone', async () => {
    const tab = await Tab.open(own.browser, `${site.origin}#exact`);
    await reads(tab, 'exact', /the learned score is off by/);
    const fields = () =>
      tab.page.$$eval('[data-figure="exact"] .figure canvas[role="img"]', (grounds) =>
        grounds.slice(0, 2).map((ground) => (ground as HTMLCanvasElement).toDataURL()),
      );
    const [exact, learned] = await fields();
    await tab.page.hover('#chapter-exact span[data-term="exact"]');
    await expect.poll(async () => (await fields())[0]).not.toBe(exact);
    expect((await fields())[1]).toBe(learned);
    await tab.page.mouse.move(0, 0);
    await expect.poll(async () => (await fields())[0]).toBe(exact);
    await closed(tab);
  });

  it.runIf(wanted)('given: a line is dragged, and particles correct what guidance gets wrong', async () => {
    const tab = await Tab.open(own.browser, `${site.origin}#given&picture=moons`);
    const words = await reads(tab, 'given', /total variation of [\d.]+ with guidance alone, [\d.]+ with 8/);
    const [, guided, corrected] = /of ([\d.]+) with guidance alone, ([\d.]+)/.exec(words) ?? [];
    expect(Number(guided)).toBeGreaterThan(0.2);
    expect(Number(corrected)).toBeLessThan(0.1);
    // Only what the reader finds counts as found.
    expect(await tab.page.$('[data-challenge="corrected"].met')).toBeNull();
    const panel = (await tab.page.$('[data-figure="given"] .figure')) as NonNullable<
      Awaited<ReturnType<typeof tab.page.$>>
    >;
    await panel.scrollIntoView();
    await tab.rests(panel);
    const { x, y, width, height } = (await panel.boundingBox()) as NonNullable<
      Awaited<ReturnType<typeof panel.boundingBox>>
    >;
    await tab.page.mouse.move(x + 0.3 * width, y + 0.5 * height);
    await tab.page.mouse.down();
    await tab.page.mouse.move(x + 0.5 * width, y + 0.5 * height, { steps: 3 });
    await tab.page.mouse.move(x + 0.25 * width, y + 0.5 * height, { steps: 3 });
    await tab.page.mouse.up();
    await tab.page.waitForFunction(
      () => Math.abs(Number(/seenAt=([\d.]+)/.exec(location.hash)?.[1]) - 0.25) < 0.03,
      { polling: 50 },
    );
    await reads(tab, 'given', /total variation of [\d.]+ with guidance alone/);
    await tab.page.waitForSelector('[data-challenge="corrected"].met');
    expect(await filled(tab, 'given')).toBe(3);

    await tab.visit(`${site.origin}#learning`);
    await reach(tab, 'features');
    await reads(tab, 'features', /at noise 0\.05: off by 0\.2\d+ σ/);
    await move(tab, 'features', 'Noise', 0.1);
    await move(tab, 'features', 'Highest', 0.93);
    await tab.page.waitForSelector('[data-challenge="waves"].met');
    await closed(tab);
  });

  it.runIf(wanted)('wait for those who asked for less motion, but for what stands still', async () => {
    const tab = await Tab.open(own.browser, `${site.origin}#sampling&chains=64&draws=100&bins=10`, (page) =>
      page.evaluateOnNewDocument(askForStillness),
    );
    await reach(tab, 'walk');
    await reads(tab, 'walk', /a walk forgets where it was/);
    await reach(tab, 'sampling');
    expect(await reads(tab, 'sampling', /No samples yet/)).toBeTruthy();
    await tab.press('Draw samples');
    await reads(tab, 'sampling', /100 steps, 6,400 samples/);
    await tab.page.close();
  });
});
