// Pictures of every chapter of the page, wide, on a phone, dark, and in the teacher's view: one PNG a chapter, and a contact
// sheet of each view.
// node bench/chapters.mjs FOLDER [--views wide,phone,dark,teacher,4k] [--chapters density,line]; the page is built by npm run
// build before.

import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { launch } from 'puppeteer-core';
import { pageServer } from '../src/page/serve.mjs';

/** Widths and heights in pixels, theme, and whether the teacher's view is on. */
const VIEWS = {
  wide: { width: 1280, height: 900, theme: 'light' },
  phone: { width: 360, height: 740, theme: 'light', isPhone: true },
  dark: { width: 1280, height: 900, theme: 'dark' },
  tablet: { width: 768, height: 1024, theme: 'light' },
  teacher: { width: 1920, height: 1080, theme: 'light', isTeaching: true },
  '4k': { width: 3840, height: 2160, theme: 'light' },
  'teacher-4k': { width: 3840, height: 2160, theme: 'light', isTeaching: true },
};
/** How long each screenful of a chapter is looked at before its picture is taken, ms. */
const LOOK_MS = 1500;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    views: { type: 'string', default: 'wide,phone,dark' },
    chapters: { type: 'string' },
    chromium: { type: 'string', default: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium' },
  },
});
const [folder] = positionals;
if (!folder) throw new Error('chapters: say in which folder the pictures go');
await mkdir(folder, { recursive: true });
const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const server = pageServer(fileURLToPath(new URL('../dist/page', import.meta.url)));
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const origin = `http://127.0.0.1:${server.address().port}/`;
const browser = await launch({ executablePath: values.chromium, args: ['--no-sandbox', '--disable-gpu'] });

/** Pictures of the chapters in one view, by name. */
async function picturesOf(name, { width, height, theme, isPhone = false, isTeaching = false }) {
  const page = await browser.newPage();
  page.on('pageerror', (error) => console.error(`${name}: ${error.message}`));
  await page.setViewport({ width, height, isMobile: isPhone, hasTouch: isPhone });
  await page.goto(`${origin}#draw&theme=${theme}`);
  await page.waitForSelector('#chapter-draw .made');
  const all = await page.$$eval('section[id^="chapter-"]', (list) => list.map(({ id }) => id.slice(8)));
  const wanted = values.chapters?.split(',') ?? all;
  if (isTeaching) await page.click('#teach');
  const pictures = new Map();
  for (const chapter of all.filter((candidate) => wanted.includes(candidate))) {
    await page.$eval(`nav a[href="#chapter-${chapter}"]`, (link) => link.click());
    const section = await page.$(`#chapter-${chapter}`);
    const rest = () => section.evaluate((element) => element.getBoundingClientRect().bottom - innerHeight);
    // Figures work while they are seen, and keep what they show.
    for (let screen = 0; screen < 20; screen++) {
      await wait(LOOK_MS);
      if ((await rest()) <= 0) break;
      await page.evaluate(() => scrollBy({ top: innerHeight - 120, behavior: 'instant' }));
    }
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    if (overflow > 0) console.log(`${name}, ${chapter}: ${overflow} pixels wider than the screen`);
    const path = join(folder, `${name}-${chapter}.png`);
    // What stands over the chapter would hide a part of it. The policy lets no style sheet in, but rules by script.
    const hide = (isHidden) =>
      page.evaluate(
        (position) => {
          document.querySelector('header').style.position = position;
          document.getElementById('turn').style.visibility = position === '' ? '' : 'hidden';
        },
        isHidden ? 'static' : '',
      );
    await hide(true);
    // Figures that stick are at their own place when the chapter's beginning is.
    await section.evaluate((element) => element.scrollIntoView({ behavior: 'instant' }));
    await wait(LOOK_MS);
    await section.screenshot({ path });
    await hide(false);
    pictures.set(chapter, path);
  }
  await page.close();
  return pictures;
}

/** One picture of all, each as high as the others. */
async function contactSheet(name, pictures) {
  const page = await browser.newPage();
  await page.setViewport({ width: 2000, height: 1000 });
  const shown = await Promise.all(
    [...pictures].map(async ([chapter, path]) => {
      const source = `data:image/png;base64,${await readFile(path, 'base64')}`;
      return `<figure><img src="${source}"><figcaption>${chapter}</figcaption></figure>`;
    }),
  );
  await page.setContent(
    `<style>body{display:flex;flex-wrap:wrap;gap:16px;margin:16px;font:16px sans-serif;background:#888}
    figure{margin:0}img{height:900px;display:block;max-width:480px;object-fit:contain;object-position:top;background:#999}</style>${shown.join('')}`,
  );
  await writeFile(join(folder, `${name}.png`), await page.screenshot({ fullPage: true }));
  await page.close();
}

try {
  for (const name of values.views.split(',')) {
    const view = VIEWS[name];
    if (!view)
      throw new Error(`chapters: a view must be one of ${Object.keys(VIEWS).join(', ')}, got ${name}`);
    const pictures = await picturesOf(name, view);
    await contactSheet(name, pictures);
    console.log(`${name}: ${pictures.size} chapters`);
  }
} finally {
  await browser.close();
  server.close();
}
