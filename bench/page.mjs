// Figures of the page in Chromium: sizes, first particles, frames, long tasks, and memory over some minutes.
// node bench/page.mjs [--minutes 3] [--chromium PATH]; the page is built by npm run build before.
// node bench/page.mjs --slow 4 gives frames alone, on a page's thread that many times slower, and on a screen of 3840 x 2160.
// Workers are not slowed: Chromium's driver slows the page's thread alone.

import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';
import { launch } from 'puppeteer-core';
import { pageServer } from '../src/page/serve.mjs';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '3' },
    slow: { type: 'string' },
    chromium: { type: 'string', default: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium' },
  },
});
const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const dist = (name) => fileURLToPath(new URL(`../dist/${name}`, import.meta.url));
const kilobytes = (path) => gzipSync(readFileSync(path), { level: 9 }).length / 1024;
const median = (numbers) => [...numbers].sort((a, b) => a - b)[numbers.length >> 1];

console.log('gzipped, KB');
let total = 0;
for (const name of readdirSync(dist('page'))) {
  const size = kilobytes(dist(`page/${name}`));
  total += size;
  console.log(`  ${name.padEnd(24)} ${size.toFixed(1)}`);
}
console.log(`  ${'dist/page in all'.padEnd(24)} ${total.toFixed(1)}`);
for (const name of ['scorefield.html', 'score-field.js']) {
  console.log(`  ${name.padEnd(24)} ${kilobytes(dist(name)).toFixed(1)}`);
}

const server = pageServer(dist('page'));
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const origin = `http://127.0.0.1:${server.address().port}/`;
const browser = await launch({
  executablePath: values.chromium,
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-background-networking',
    '--disable-sync',
    '--js-flags=--expose-gc',
  ],
});
const page = await browser.newPage();
await page.setViewport({ width: 1280, height: 900 });
await page.evaluateOnNewDocument(() => {
  globalThis.tasks = [];
  new PerformanceObserver((list) => {
    for (const { startTime, duration } of list.getEntries()) globalThis.tasks.push([startTime, duration]);
  }).observe({ type: 'longtask' });
});
const press = (label) =>
  page.evaluate((text) => {
    [...document.querySelectorAll(`${document.querySelector('nav a[aria-current]').hash} button`)]
      .find((b) => b.textContent === text && !b.disabled)
      ?.click();
  }, label);
const reading = () => page.$eval('#chapter-learning .reading', (element) => element.textContent);

// First particles: from the start of the navigation to the first frame in which they have moved.
const firsts = [];
for (let round = 0; round < 7; round++) {
  await page.goto('about:blank');
  await page.goto(origin);
  await page.waitForFunction(() => performance.getEntriesByName('particles move').length > 0, {
    polling: 20,
  });
  firsts.push(await page.evaluate(() => performance.getEntriesByName('particles move')[0].startTime));
}
console.log(
  `first particles: ${firsts.map((ms) => ms.toFixed(0)).join(', ')} ms; median ${median(firsts).toFixed(0)}`,
);

/** Times between frames over some seconds, ms. */
const frames = (ms) =>
  page.evaluate(
    (during) =>
      new Promise((resolve) => {
        const gaps = [];
        let last = performance.now();
        const end = last + during;
        const next = (now) => {
          gaps.push(now - last);
          last = now;
          if (now < end) requestAnimationFrame(next);
          else resolve(gaps);
        };
        requestAnimationFrame(next);
      }),
    ms,
  );
const tell = (what, gaps) => {
  const slow = gaps.filter((gap) => gap > 50).length;
  const rate = (1000 * gaps.length) / gaps.reduce((sum, gap) => sum + gap, 0);
  console.log(
    `${what}: ${rate.toFixed(1)} frames a second, longest gap ${Math.max(...gaps).toFixed(0)} ms, ${slow} over 50 ms`,
  );
};
/** What the page's thread has computed so far, ms: other work on the machine lengthens it little. */
async function threadTime(session) {
  const { metrics } = await session.send('Performance.getMetrics');
  return 1000 * metrics.find(({ name }) => name === 'TaskDuration').value;
}

/** Frames where the page's thread is slower, and on a large screen: first screen, training, sampling. */
async function slowFrames(times) {
  const session = await page.createCDPSession();
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  const tellBoth = async (what, ms) => {
    const before = await threadTime(session);
    const gaps = await frames(ms);
    const taken = (await threadTime(session)) - before;
    tell(what, gaps);
    console.log(
      `  its thread computes ${((1000 * taken) / ms).toFixed(0)} ms a second, ${(taken / gaps.length).toFixed(1)} a frame`,
    );
  };
  for (const [width, height, rate] of [
    [1280, 900, times],
    [3840, 2160, 1],
  ]) {
    await page.setViewport({ width, height });
    await session.send('Emulation.setCPUThrottlingRate', { rate });
    const where = `${width} x ${height}, thread ${rate} times slower`;
    await page.goto('about:blank');
    await page.goto(`${origin}#draw&picture=rings`);
    await page.waitForSelector('#chapter-draw .made');
    await tellBoth(`${where}, while particles gather`, 4000);
    await press('Let a network learn it');
    await wait(2000);
    await tellBoth(`${where}, while the first screen learns`, 5000);
    await page.goto('about:blank');
    await page.goto(`${origin}#learning`);
    await page.waitForSelector('#chapter-learning .made');
    await press('Train');
    await wait(3000);
    await tellBoth(`${where}, while training`, 6000);
    await page.goto('about:blank');
    await page.goto(`${origin}#density`);
    await page.waitForSelector('#chapter-density .made');
    await wait(3000);
    await tellBoth(`${where}, 3,000 particles`, 5000);
    await page.goto('about:blank');
    await page.goto(`${origin}#sampling&from=exact&draws=20000`);
    await page.waitForSelector('#chapter-sampling .made');
    await wait(2000);
    await press('Draw samples');
    await wait(500);
    await tellBoth(`${where}, while sampling`, 4000);
  }
}
if (values.slow !== undefined) {
  await slowFrames(Number(values.slow));
  await browser.close();
  server.close();
  process.exit();
}

await wait(2500);
tell('while the first screen learns', await frames(5000));
const first = firsts[firsts.length - 1];

await page.click('nav a[href="#chapter-learning"]');
await wait(500);
await press('Train');
await wait(2000);
tell('while training', await frames(8000));
console.log(`  ${await reading()}`);
const clicked = await page.evaluate(async () => {
  const times = [];
  for (let i = 0; i < 20; i++) {
    const start = performance.now();
    const slider = document.querySelector('#chapter-learning input[type=range]');
    slider.value = String(i % 20);
    slider.dispatchEvent(new Event('input', { bubbles: true }));
    await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
    times.push(performance.now() - start);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return times;
});
console.log(`a slider answers while training: at most ${Math.max(...clicked).toFixed(0)} ms`);
await page.click('nav a[href="#chapter-density"]');
await wait(1500);
tell('3,000 particles while training', await frames(4000));
await page.click('nav a[href="#chapter-sampling"]');
await wait(500);
await press('Draw samples');
tell('while sampling', await frames(4000));
const tasks = (await page.evaluate(() => globalThis.tasks)).filter(([start]) => start > first);
const before = (await page.evaluate(() => globalThis.tasks)).filter(([start]) => start <= first);
console.log(
  `long tasks after the first particles: ${tasks.length}${tasks.map(([at, ms]) => ` ${ms.toFixed(0)} ms at ${(at / 1000).toFixed(1)} s`).join(',')}; before: ${before.map(([, ms]) => `${ms.toFixed(0)} ms`).join(', ') || 'none'}`,
);

// Memory: training and sampling go on; each minute, what is left after collecting garbage.
const client = await page.createCDPSession();
/** In use behind a session once its garbage is collected, MB: objects, and what arrays and WebAssembly keep. */
const heapOf = async (session) => {
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize, backingStorageSize = 0 } = await session.send('Runtime.getHeapUsage');
  return (usedSize + backingStorageSize) / 2 ** 20;
};
const heap = async () => {
  const workers = await Promise.all(page.workers().map((worker) => heapOf(worker.client)));
  return { page: await heapOf(client), worker: workers.reduce((sum, n) => sum + n, 0) };
};
const processes = await browser.target().createCDPSession();
const resident = async () => {
  const { processInfo } = await processes.send('SystemInfo.getProcessInfo');
  const sizes = processInfo
    .filter(({ type }) => type === 'renderer')
    .map(
      ({ id }) => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${id}/status`, 'utf8'))?.[1] ?? 0) / 1024,
    );
  return Math.max(...sizes);
};
await page.click('nav a[href="#chapter-learning"]');
for (let minute = 0; minute <= Number(values.minutes); minute++) {
  const { page: own, worker } = await heap();
  console.log(
    `minute ${minute}: page heap ${own.toFixed(1)} MB, workers ${worker.toFixed(1)} MB, process ${(await resident()).toFixed(0)} MB`,
  );
  if (minute === Number(values.minutes)) break;
  const end = Date.now() + 60_000;
  while (Date.now() < end) {
    await page.click('nav a[href="#chapter-learning"]');
    await press('Train anew');
    await wait(6000);
    await page.click('nav a[href="#chapter-sampling"]');
    await press('Draw samples');
    await wait(6000);
    await page.click('nav a[href="#chapter-density"]');
    await wait(3000);
  }
}
await browser.close();
server.close();
