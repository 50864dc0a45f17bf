// The first screen, what is kept over a reload, and what the words of the article do.
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { decodeWeights } from '../../src/index.js';
import { readState } from '../../src/page/state/state.js';
import { browsers, dist, isWanted, Tab } from './help.js';
import { SMALL, useBrowser, usePage } from './site.js';

const site = usePage();

describe.each(browsers)('the article in $name', { retry: 1 }, ({ name, path }) => {
  const wanted = isWanted(path);
  const own = useBrowser(name, path);
  let tab: Tab;
  beforeAll(async () => {
    if (wanted) tab = await Tab.open(own.browser, site.origin);
  }, 120_000);
  const label = () =>
    tab.page.$eval('#chapter-draw .figure canvas', (canvas) => canvas.getAttribute('aria-label') ?? '');

  it.runIf(wanted)('particles come together by themselves, and a network begins to learn', async () => {
    await tab.visit(site.origin);
    await tab.moves();
    await tab.see('.reading', /^Little noise/);
    // For a built-in picture a network comes with the page; a small one learns it anew when asked to.
    await tab.see('.hint', /a network that comes with the page: 8,000 steps/);
    // The noise falls with the particles until both have come to rest.
    await expect
      .poll(label, { timeout: 30_000 })
      .toMatch(/sigma 0\.012, the score that a network learned .* and 5000 particles$/);
    await tab.press('Let a network learn it');
    await tab.see('.hint', /^Step [\d,]+ of 3,000: loss [\d.]+, best possible/);
    // One noise for all, by keys: from a copy to a blob.
    await tab.page.focus('#chapter-draw .scrub input');
    await tab.page.keyboard.press('Home');
    await tab.see('.reading', /^No noise left/);
    const copy = await tab.pixels();
    await tab.page.keyboard.press('End');
    await tab.see('.reading', /^Noise alone/);
    expect(await tab.pixels()).not.toBe(copy);
    expect(await label()).toContain('sigma 0.6');
  });

  it.runIf(wanted)(
    'a drawing takes the place of the five, particles find it, and undo brings the five back',
    async () => {
      await tab.visit(`${site.origin}#draw`);
      await tab.see('.reading', /^Little noise/);
      const pad = await tab.page.$('#chapter-draw .pad');
      const box = await pad?.boundingBox();
      if (!pad || !box) throw new Error('the sheet cannot be seen');
      await tab.page.mouse.move(box.x + 0.25 * box.width, box.y + 0.5 * box.height);
      await tab.page.mouse.down();
      await tab.page.mouse.move(box.x + 0.75 * box.width, box.y + 0.5 * box.height, { steps: 6 });
      await tab.page.mouse.up();
      // The address follows the stroke, whose parts come one by one.
      const pixelsAt = async (...places: number[]) => {
        const { picture } = readState(await tab.fragment());
        return typeof picture === 'string' ? picture : places.map((at) => picture.pixels[at]);
      };
      const [middle, above, end] = [32 * 64 + 32, 20 * 64 + 32, 32 * 64 + 47];
      await expect.poll(() => pixelsAt(middle, above, end), { timeout: 20_000 }).toEqual([1, 0, 1]);
      await tab.moves();
      await tab.see('.reading', /^Little noise/);
      // The eraser takes the middle of the line away.
      await tab.press('Eraser');
      await tab.page.mouse.click(box.x + 0.5 * box.width, box.y + 0.5 * box.height);
      await new Promise((resolve) => setTimeout(resolve, 600));
      const erased = readState(await tab.fragment()).picture;
      if (typeof erased === 'string') throw new Error('the drawing is gone');
      expect(erased.pixels[32 * 64 + 32]).toBeLessThan(0.1);
      expect(erased.pixels[32 * 64 + 20]).toBeGreaterThan(0.9);
      await tab.press('Undo');
      await pad.focus();
      await tab.page.keyboard.down('Control');
      await tab.page.keyboard.press('z');
      await tab.page.keyboard.up('Control');
      await tab.page.waitForFunction(() => !location.hash.includes('picture='));
    },
  );

  it.runIf(wanted)('a loop with a caption is shared, and a link that replays it', async () => {
    await tab.visit(`${site.origin}#draw&picture=rings`);
    await tab.see('.reading', /^Little noise/);
    const { name: file, bytes } = await tab.saved(() => tab.press('Share a loop'));
    expect(file).toBe(name === 'chrome' ? 'drawing.mp4' : 'drawing.webm');
    expect(bytes.length).toBeGreaterThan(20_000);
    await tab.see('.message', /A link that replays it is copied|The address of this page/);
    expect(readState(await tab.fragment()).picture).toBe('rings');
  });

  it.runIf(wanted)('what was trained is kept over a reload, and a link trains it again', async () => {
    await tab.visit(`${site.origin}#learning&${SMALL}&steps=30`);
    await tab.press('Train');
    await tab.see('', /Trained: 30 steps/);
    const { bytes } = await tab.saved(() => tab.press('Save the weights'));
    await tab.page.waitForFunction(() => location.hash.includes('trained=1'));
    const link = tab.page.url();
    // A record is written after the message.
    await new Promise((resolve) => setTimeout(resolve, 500));

    await tab.visit(`${site.origin}#learning&kernel=strict`);
    await tab.see('.kept', /30 steps, is kept in this browser/);
    await tab.press('Open it');
    await tab.see('.message', /Your network of 30 steps is back/);
    await tab.page.waitForFunction(() => location.hash.includes('features=16'));
    expect(readState(await tab.fragment())).toMatchObject({ features: 16, width: 16, steps: 30 });
    const again = await tab.saved(() => tab.press('Save the weights'));
    expect(decodeWeights(again.bytes).tensors).toEqual(decodeWeights(bytes).tensors);

    await tab.visit(link);
    await tab.see('.kept', /shows a trained network/);
    await tab.press('Train it again');
    await tab.see('', /Trained: 30 steps/);
    const anew = await tab.saved(() => tab.press('Save the weights'));
    expect(decodeWeights(anew.bytes).tensors).toEqual(decodeWeights(bytes).tensors);

    await tab.visit(`${site.origin}#learning&kernel=strict`);
    await tab.press('Forget it');
    await new Promise((resolve) => setTimeout(resolve, 300));
    await tab.visit(`${site.origin}#learning&kernel=strict`);
    await tab.see('.reading', /comes with the page/);
    expect(await tab.page.$eval('.kept', (row) => (row as HTMLElement).hidden)).toBe(true);
  });

  it.runIf(wanted)('questions are answered, and terms light up in words and figure', async () => {
    await tab.visit(`${site.origin}#density`);
    await tab.moves();
    await tab.press('It will');
    expect(await tab.see('.reply', /^Not so\./)).toContain('e−36');
    await tab.press('It will not');
    await tab.see('.reply', /^Yes\. Press/);

    await tab.page.focus('#chapter-density button.term[data-term="score"]');
    const lit = () =>
      tab.page.$$eval('#chapter-density .lit', (elements) => elements.map(({ localName }) => localName));
    expect(await lit()).toEqual(['span', 'mrow', 'button']);
    await tab.page.focus('#link');
    expect(await lit()).toEqual([]);
  });

  it.runIf(wanted)(
    'a step that is too long says so beside its slider, until the slider is moved',
    async () => {
      await tab.visit(`${site.origin}#density&components=0,0,0.05&eta=1&particles=50`);
      await tab.press('Restart');
      await tab.press('Play');
      expect(await tab.see('.message', /ran away/)).not.toMatch(/stepSize|langevin/);
      await tab.chapter('image');
      expect(await tab.page.$eval('#status', (status) => (status as HTMLElement).hidden)).toBe(true);
      await tab.chapter('density');
      await tab.page.focus('#chapter-density input[id^="control-eta"]');
      await tab.page.keyboard.press('Home');
      await tab.page.waitForSelector('#chapter-density .message', { hidden: true });
      await tab.press('Play');
      await tab.moves();
    },
  );

  it.runIf(wanted)('the teacher’s view shows a chapter at a time, turned by buttons and keys', async () => {
    await tab.visit(`${site.origin}#density`);
    await tab.press('Teach', 'header');
    const shown = () =>
      tab.page.$$eval('section', (sections) =>
        sections.filter((section) => section.offsetParent !== null).map(({ id }) => id),
      );
    expect(await shown()).toEqual(['chapter-density']);
    await tab.press('Next', '#turn');
    expect(await shown()).toEqual(['chapter-steps']);
    await tab.page.keyboard.press('PageUp');
    expect(await shown()).toEqual(['chapter-density']);
    await tab.press('Teach', 'header');
    expect((await shown()).length).toBeGreaterThan(4);
  });

  it.runIf(wanted)('did nothing that it should not', async () => {
    expect(await tab.violations()).toEqual([]);
    expect(tab.problems).toEqual([]);
  });
});

describe('the words of the page', () => {
  const html = readFileSync(dist('page/index.html'), 'utf8');

  it('has every chapter in the contents, in order, with a title, and only figures that exist', () => {
    const sections = [...html.matchAll(/<section id="chapter-([a-z]+)"/g)].map(([, id]) => id);
    const links = [...html.matchAll(/<li><a href="#chapter-([a-z]+)">/g)].map(([, id]) => id);
    expect(links).toEqual(sections);
    for (const id of sections) expect(html).toContain(`id="title-${id}"`);
    expect(html).not.toMatch(/POLICY|STYLE|SCRIPT|NAV|CHAPTERS/);
  });

  it('gives a preview to who links to it', () => {
    for (const property of ['og:title', 'og:description', 'og:type'])
      expect(html).toMatch(new RegExp(`<meta property="${property}" content="[^"]+">`));
  });
});
