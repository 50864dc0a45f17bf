// The page on screens of every size, in the teacher's view, and in both themes before any script runs.
import { describe, expect, it } from 'vitest';
import { browsers, distText, isWanted, Tab } from './help.js';
import { useBrowser, usePage } from './site.js';

/** The page without its scripts: what stands before they run. */
const words = distText('page/index.html').replace(/<script[\s\S]*?<\/script>/g, '');
const site = usePage((path) => (path === '/words.html' ? { type: 'text/html', text: words } : undefined));

describe.each(browsers)('screens in $name', { retry: 1 }, ({ name, path }) => {
  const wanted = isWanted(path);
  const own = useBrowser(name, path);

  it.runIf(wanted)('nothing is wider than the screen, and figures grow with it', async () => {
    const tab = await Tab.open(own.browser, `${site.origin}#line`);
    const { page } = tab;
    await page.waitForSelector('#chapter-line .made .u-axis');
    const found: number[][] = [];
    for (const width of [360, 768, 1280, 1920, 3840]) {
      await page.setViewport({ width, height: Math.round(0.6 * width) });
      await new Promise((resolve) => setTimeout(resolve, 300));
      found.push(
        await page.evaluate(() => [
          document.documentElement.scrollWidth - innerWidth,
          document.querySelector('#chapter-line .chart')?.clientWidth ?? 0,
          // The least of the row below the line: its height is that of its numbers.
          document.querySelector<HTMLElement>('#chapter-line .u-axis')?.offsetHeight ?? 0,
        ]),
      );
    }
    for (const [over] of found) expect(over).toBeLessThanOrEqual(0);
    const [phone, , desk, , wall] = found;
    expect(phone[1]).toBeGreaterThan(300);
    expect(wall[1]).toBeGreaterThan(1.8 * desk[1]);
    // The axes of charts are in the page's type.
    expect(wall[2] / desk[2]).toBeCloseTo(2.136, 1);
    await page.close();
  });

  it.runIf(wanted)(
    'the teacher’s view has larger type in words and charts, and ends as it began',
    async () => {
      const tab = await Tab.open(own.browser, `${site.origin}#line`);
      const { page } = tab;
      await page.waitForSelector('#chapter-line .made .u-axis');
      const sizes = () =>
        page.evaluate(() => [
          Number.parseFloat(getComputedStyle(document.documentElement).fontSize),
          document.querySelector<HTMLElement>('#chapter-line .u-axis')?.offsetHeight ?? 0,
        ]);
      const [type, axis] = await sizes();
      await tab.press('Teach', 'header');
      await expect.poll(async () => (await sizes())[1] / axis, { timeout: 10_000 }).toBeCloseTo(1.25, 1);
      expect((await sizes())[0] / type).toBe(1.25);
      expect(
        await page.evaluate(() => document.documentElement.scrollWidth - innerWidth),
      ).toBeLessThanOrEqual(0);
      await page.keyboard.press('Escape');
      await expect.poll(sizes, { timeout: 10_000 }).toEqual([type, axis]);
      expect(tab.problems).toEqual([]);
      await page.close();
    },
  );

  it.runIf(wanted)('the theme is right before a script runs', async () => {
    const page = await own.browser.newPage();
    await page.goto(`${site.origin}words.html`);
    const ground = (theme?: string) =>
      page.evaluate((wish) => {
        if (wish) document.documentElement.dataset.theme = wish;
        else delete document.documentElement.dataset.theme;
        const { backgroundColor, colorScheme } = getComputedStyle(document.body);
        return [backgroundColor, colorScheme];
      }, theme);
    const light = ['rgb(255, 255, 255)', 'light'];
    const dark = ['rgb(13, 17, 23)', 'dark'];
    expect(await ground('dark')).toEqual(dark);
    expect(await ground('light')).toEqual(light);
    // Firefox's driver cannot say what the system wishes.
    if (name === 'chrome') {
      for (const [wish, colours] of [
        ['dark', dark],
        ['light', light],
      ] as const) {
        await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: wish }]);
        expect(await ground()).toEqual(colours);
      }
    }
    await page.close();
  });
});
