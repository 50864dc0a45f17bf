// The picture of the page in README: a network trained in it, and samples drawn from that.
// node bench/pagePicture.mjs [FILE.png]; the page is built by npm run build before.

import { fileURLToPath } from 'node:url';
import { launch } from 'puppeteer-core';
import { presets } from '../dist/index.js';
import { pageServer } from '../src/page/serve.mjs';

const file = process.argv[2] ?? fileURLToPath(new URL('figures/page.png', import.meta.url));
const server = pageServer(fileURLToPath(new URL('../dist/page', import.meta.url)));
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const browser = await launch({
  executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu'],
});
const page = await browser.newPage();
await page.setViewport({ width: 1240, height: 655 });
await page.goto(`http://127.0.0.1:${server.address().port}/#learning&theme=light`);
const press = async (label) => {
  const buttons = await page.$$('#chapter-learning button, #chapter-sampling button');
  for (const button of buttons) {
    if ((await button.evaluate((element) => element.textContent)) === label) await button.click();
  }
};
/** Waits until the chapter says so. */
const read = (text) =>
  page.waitForFunction(
    (wanted) =>
      [...document.querySelectorAll('.reading')].some(({ textContent }) => textContent.includes(wanted)),
    { timeout: 600_000, polling: 100 },
    text,
  );
await page.waitForSelector('#chapter-learning .made');
await press('Train');
await read(`Step ${presets.quick.training.steps} of`);
await page.click('nav a[href="#sampling"]');
await page.waitForSelector('#chapter-sampling .made');
await press('Draw samples');
await read('1,000 steps');
await new Promise((resolve) => setTimeout(resolve, 8000));
await page.screenshot({ path: file });
await browser.close();
server.close();
