// The picture of the page in README: its first screen, with a network that has learned the five.
// node bench/pagePicture.mjs [FILE.png]; the page is built by npm run build before.
// node bench/pagePicture.mjs --preview writes src/page/preview.jpg in its place, which links to the page show where they are
// shared.

import { fileURLToPath } from 'node:url';
import { launch } from 'puppeteer-core';
import { pageServer } from '../src/page/serve.mjs';

const isPreview = process.argv[2] === '--preview';
const preview = fileURLToPath(new URL('../src/page/preview.jpg', import.meta.url));
const file = isPreview
  ? preview
  : (process.argv[2] ?? fileURLToPath(new URL('figures/page.png', import.meta.url)));
const server = pageServer(fileURLToPath(new URL('../dist/page', import.meta.url)));
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const browser = await launch({
  executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu'],
});
const page = await browser.newPage();
await page.setViewport(isPreview ? { width: 1200, height: 630 } : { width: 1240, height: 780 });
await page.goto(`http://127.0.0.1:${server.address().port}/#draw&theme=light`);
await page.waitForSelector('#chapter-draw .made');
const press = (label) =>
  page.evaluate((text) => {
    const buttons = [...document.querySelectorAll('#chapter-draw button')];
    buttons.find((button) => button.textContent === text)?.click();
  }, label);
/** Waits until the first screen says so. */
const read = (text) =>
  page.waitForFunction(
    (wanted) => document.querySelector('#chapter-draw')?.textContent.includes(wanted),
    { timeout: 600_000, polling: 200 },
    text,
  );
await read('comes with the page');
if (!isPreview) {
  await press('Let a network learn it');
  // The sketch is done when it says that it has learned.
  await read('Step 3,000 of 3,000');
}
await new Promise((resolve) => setTimeout(resolve, 1000));
await page.screenshot(isPreview ? { path: file, type: 'jpeg', quality: 80 } : { path: file });
await browser.close();
server.close();
