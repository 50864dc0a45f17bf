// The chapter on images: its verbs, and its figures as a person uses them.
import { readFileSync } from 'node:fs';
import type { Browser } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { digits, key, loadCore } from '../../src/index.js';
import type { Context } from '../../src/page/calls/rpc.js';
import { maskOf, seenOf } from '../../src/page/chapters/images/mask.js';
import { readState } from '../../src/page/state/state.js';
import type { PicturesEvent, WalkEvent } from '../../src/page/worker/images/drawing.js';
import { ESTIMATES } from '../../src/page/worker/images/estimate.js';
import type { Who } from '../../src/page/worker/images/families.js';
import type { FillEvent } from '../../src/page/worker/images/filling.js';
import type { ImageTrainEvent } from '../../src/page/worker/images/training.js';
import { imageVerbs } from '../../src/page/worker/images/verbs.js';
import { Lent } from '../../src/page/worker/lent.js';
import { Session } from '../../src/page/worker/session.js';
import { browsers, dist, isWanted, serve, start, Tab } from './help.js';

const DIM = 400;
const file = new Uint8Array(
  readFileSync(new URL('../../src/page/weights/digits.safetensors', import.meta.url)),
);
const anyone = { source: 'digits', label: null, guidance: 1 } as const;

/** An IDX file of digits, 28 x 28. */
function idxFile(core: Awaited<ReturnType<typeof loadCore>>, n: number): Uint8Array {
  const { pixels } = digits(core, key(7), n);
  const bytes = new Uint8Array(16 + pixels.length);
  const head = new DataView(bytes.buffer);
  for (const [i, word] of [0x803, n, 28, 28].entries()) head.setUint32(4 * i, word);
  bytes.set(pixels as Uint8Array, 16);
  return bytes;
}

describe('the worker', () => {
  /** A session on one thread, so that no other is started. */
  const made = async () => {
    const core = await loadCore();
    const session = new Session(core, undefined);
    session.threadedCore = async () => core;
    return { core, verbs: imageVerbs(session) };
  };
  const listening = <Event>() => {
    const events: Event[] = [];
    const controller = new AbortController();
    const context: Context = { emit: (event) => events.push(event as Event), signal: controller.signal };
    return { events, controller, context };
  };

  it('denoises one picture in every way, by the same noise each time, and says how far each is off', async () => {
    const { verbs } = await made();
    const args = { picture: null, index: 3, sigma: 0.5, seed: 1, net: 'unet' } as const;
    expect(() => verbs.imagesEstimate(args)).toThrow('have not come yet');
    verbs.imagesTake({ file: Buffer.from(file).toString('base64') });
    const { clean, noisy, estimates, errors } = verbs.imagesEstimate(args);
    expect(errors.noisy).toBeCloseTo(0.25, 1);
    for (const name of ESTIMATES) {
      const own = estimates[name].reduce((sum, x, i) => sum + (x - clean[i]) ** 2, 0) / DIM;
      expect(errors[name]).toBeCloseTo(own, 6);
      expect(errors[name]).toBeLessThan(errors.noisy / 2);
    }
    expect(verbs.imagesEstimate({ ...args, picture: clean }).noisy).toEqual(noisy);
  });

  it('makes copies by the exact score, new pictures by local scores, and shows every step', async () => {
    const { verbs } = await made();
    verbs.imagesTake({ file });
    const copies = listening<PicturesEvent>();
    const args = { ...anyone, chains: 4, seed: 2, steps: 12 };
    const exact = await verbs.imagesDraw({ ...args, who: 'exact' }, copies.context);
    expect(exact.copied).toBe(1);
    expect(copies.events.map(({ step }) => step)).toEqual(Array.from({ length: 12 }, (_, i) => i + 1));
    expect(copies.events.at(-1)?.sigma).toBe(0);
    expect(copies.events.at(-1)?.noisy).toEqual(exact.x);
    const local = await verbs.imagesDraw({ ...args, who: 'local' }, listening().context);
    expect(local.copied).toBe(0);
    await expect(verbs.imagesDraw({ ...args, who: 'trained' }, listening().context)).rejects.toThrow(
      'press Train',
    );
  });

  it('draws the digit that is asked for: its estimates are nearest to digits of that class', async () => {
    const { core, verbs } = await made();
    verbs.imagesTake({ file });
    const { labels } = digits(core, key(0), 2000, { size: 20 });
    const { pixels } = digits(core, key(0), 2000, { size: 20 });
    const classOf = (x: Float32Array) => {
      let [least, at] = [Infinity, 0];
      for (let n = 0; n < 2000; n++) {
        let sum = 0;
        for (let i = 0; i < DIM; i++) sum += (x[i] - pixels[n * DIM + i] / 255) ** 2;
        if (sum < least) [least, at] = [sum, n];
      }
      return labels?.[at];
    };
    let right = 0;
    for (const label of [0, 3, 7]) {
      const wish = { ...anyone, who: 'unet', label, guidance: 2 } as const;
      const { x } = await verbs.imagesDraw({ ...wish, chains: 6, seed: 4, steps: 12 }, listening().context);
      for (let n = 0; n < 6; n++) if (classOf(x.subarray(n * DIM, (n + 1) * DIM)) === label) right++;
    }
    expect(right).toBeGreaterThanOrEqual(16);
  });

  it('walks until it is stopped', async () => {
    const { verbs } = await made();
    verbs.imagesTake({ file });
    const { events, controller, context } = listening<PicturesEvent>();
    const emit = (event: unknown) => {
      context.emit(event);
      if (events.length === 5) controller.abort();
    };
    const args = { ...anyone, who: 'unet', sigma: 0.5, stepSize: 0.1, chains: 2, seed: 0 } as const;
    await expect(verbs.imagesWalk(args, { ...context, emit })).rejects.toThrow('abort');
    expect(events).toHaveLength(5);
    expect(events[4].noisy).not.toEqual(events[3].noisy);
  });

  it('trains on digits or on the reader’s pictures, and the network that it replaces lives until its last use', async () => {
    const { core, verbs } = await made();
    expect(() => verbs.imagesFirst({ source: 'own' })).toThrow('no pictures of yours');
    expect(await verbs.imagesRead({ bytes: idxFile(core, 30), name: 'digits-idx', invert: false })).toEqual({
      count: 30,
    });
    expect(verbs.imagesFirst({ source: 'own' })).toHaveLength(16 * DIM);
    const { events, context } = listening<ImageTrainEvent>();
    expect(() => verbs.imagesSave({ net: 'trained' })).toThrow('press Train');
    await verbs.imagesTrain({ source: 'own', steps: 6, seed: 0 }, context);
    const last = events.at(-1);
    expect(last?.step).toBe(6);
    expect(events.reduce((sum, { losses }) => sum + losses.length, 0)).toBe(6);
    expect(last?.progress?.samples).toHaveLength(16 * DIM);
    expect(last?.progress?.error).toBeGreaterThan(0);
    expect(verbs.imagesSave({ net: 'trained' }).length).toBeGreaterThan(100_000);
    const drawn = verbs.imagesDraw(
      { ...anyone, source: 'own', who: 'trained', chains: 2, seed: 0, steps: 8 },
      listening().context,
    );
    await verbs.imagesTrain({ source: 'digits', steps: 1, seed: 1 }, listening().context);
    expect((await drawn).x.every(Number.isFinite)).toBe(true);
  });

  it('makes letters of those that a reader draws: copies by the exact score, new ones by local scores', async () => {
    const { core, verbs } = await made();
    const { pixels } = digits(core, key(5), 12, { size: 20 });
    for (let n = 0; n < 12; n++) {
      const letter = Float32Array.from(pixels.subarray(n * DIM, (n + 1) * DIM), (ink) => ink / 255);
      expect(verbs.imagesAdd({ pixels: letter })).toEqual({ count: n + 1 });
      // Each is there as it was drawn; of ten and more some are kept from training.
      if (n < 9) expect(verbs.imagesFirst({ source: 'own' }).subarray(n * DIM)).toEqual(letter);
    }
    const draw = (who: Who) =>
      verbs.imagesDraw({ ...anyone, source: 'own', who, chains: 9, seed: 0, steps: 18 }, listening().context);
    expect((await draw('exact')).copied).toBe(1);
    expect((await draw('local')).copied).toBeLessThan(0.5);
    // A file of many takes their place, and what is drawn then takes its.
    expect(await verbs.imagesRead({ bytes: idxFile(core, 30), name: 'idx', invert: false })).toEqual({
      count: 30,
    });
    expect(verbs.imagesAdd({ pixels: new Float32Array(DIM).fill(1) })).toEqual({ count: 1 });
  });

  it('fills in what is hidden: the exact score copies, the network keeps what is seen', async () => {
    const { verbs } = await made();
    verbs.imagesTake({ file });
    const clean = verbs.imagesHeldOut({ index: 1 });
    const mask = maskOf('quarter');
    const args = { index: 1, mask, seed: 0 };
    const { events, context } = listening<FillEvent>();
    const learned = await verbs.imagesFill({ ...args, who: 'unet' }, context);
    expect(events).toHaveLength(24);
    expect(events.at(-1)?.x).toEqual(learned.x);
    expect(events.map(({ sigma }) => sigma)).toEqual(
      [...events.map(({ sigma }) => sigma)].sort((a, b) => b - a),
    );
    let seen = 0;
    for (let i = 0; i < learned.x.length; i++)
      if (mask[i % DIM]) seen += (learned.x[i] - clean[i % DIM]) ** 2;
    expect(learned.seenError).toBeCloseTo(seen / 400, 6);
    expect(learned.seenError).toBeLessThan(0.01);
    expect(learned.copied).toBe(0);
    const exact = await verbs.imagesFill({ ...args, who: 'exact' }, listening().context);
    expect(exact.copied).toBe(1);
    expect(exact.seenError).toBeGreaterThan(learned.seenError);
  });

  it('knows masks by name and by their bits', () => {
    expect(maskOf('upper').reduce((a, b) => a + b)).toBe(200);
    expect(maskOf('left')[9]).toBe(1);
    expect(maskOf('left')[10]).toBe(0);
    const hidden = Float32Array.from({ length: DIM }, (_, i) => Number(i % 7 < 3));
    expect(maskOf(seenOf(hidden) ?? '')).toEqual(hidden.map((bit) => 1 - bit));
    expect(seenOf(new Float32Array(DIM).fill(1))).toBeUndefined();
    expect(readState(`#images&seen=${seenOf(hidden)}`).seen).toBe(seenOf(hidden));
    expect(readState(`#images&seen=${'0'.repeat(100)}`).seen).toBe('upper');
  });

  it('tends to the mean of all digits as the noise grows, and noisy digits to a shell', async () => {
    const { core, verbs } = await made();
    verbs.imagesTake({ file });
    const { all, classes } = verbs.imagesMeans({});
    const { pixels, labels } = digits(core, key(0), 2000, { size: 20 });
    const own = Array.from(labels ?? []).flatMap((label, n) => (label === 7 ? [n] : []));
    const mean = (i: number) => own.reduce((sum, n) => sum + pixels[n * DIM + i] / 255, 0) / own.length;
    expect(classes[7 * DIM + 130]).toBeCloseTo(mean(130), 5);
    const [little, much] = [0.5, 5].map((sigma) => verbs.imagesAverage({ sigma, seed: 0 }));
    const away = Math.hypot(...much.exact.map((x, i) => x - all[i % DIM])) / Math.sqrt(9 * DIM);
    expect(much.exactAway).toBeCloseTo(away, 5);
    expect(much.exactAway).toBeLessThan(0.5 * little.exactAway);
    expect(much.unetAway).toBeLessThan(0.5 * little.unetAway);
    const norms = verbs.imagesNorms({ sigma: 5 });
    expect(norms).toHaveLength(2000);
    expect(norms.reduce((a, b) => a + b) / 2000).toBeCloseTo(100, -1);
    const clean = verbs.imagesNorms({ sigma: 0 });
    const first = Array.from({ length: DIM }, (_, i) => pixels[i] / 255 - all[i]);
    expect(clean[0]).toBeCloseTo(Math.hypot(...first), 4);
  });

  it('shows what an untrained network makes, and opens saved weights', async () => {
    const { verbs } = await made();
    verbs.imagesTake({ file });
    const before = await verbs.imagesBefore({ source: 'digits', seed: 0 });
    expect(before.error).toBeGreaterThan(before.linearError);
    expect(before.samples).toHaveLength(16 * DIM);
    await verbs.imagesTrain({ source: 'digits', steps: 2, seed: 0 }, listening().context);
    const bytes = verbs.imagesSave({ net: 'trained' });
    const args = { picture: null, index: 3, sigma: 0.5, seed: 1, net: 'trained' } as const;
    const { estimates } = verbs.imagesEstimate(args);
    const other = await made();
    other.verbs.imagesTake({ file });
    expect(() => other.verbs.imagesEstimate(args)).toThrow('press Train');
    const opened = await other.verbs.imagesOpen({ bytes, name: 'mine', source: 'digits' });
    expect(opened.step).toBe(2);
    expect(other.verbs.imagesEstimate(args).estimates.unet).toEqual(estimates.unet);
    expect(estimates.unet).not.toEqual(verbs.imagesEstimate({ ...args, net: 'unet' }).estimates.unet);
    await expect(
      other.verbs.imagesOpen({ bytes: bytes.slice(0, 99), name: 'half', source: 'digits' }),
    ).rejects.toThrow('half');
  });

  it('counts how often chains change their digit: hardly ever with little noise', async () => {
    const { verbs } = await made();
    verbs.imagesTake({ file });
    const changes = async (sigma: number) => {
      const { events, controller, context } = listening<WalkEvent>();
      const emit = (event: unknown) => {
        context.emit(event);
        if (events.length === 25) controller.abort();
      };
      const args = { ...anyone, who: 'exact', sigma, stepSize: 0.5, chains: 4, seed: 0 } as const;
      await verbs.imagesWalk(args, { ...context, emit }).catch(() => {});
      return events.at(-1)?.changes;
    };
    expect(await changes(0.1)).toBe(0);
    expect(await changes(1.5)).toBeGreaterThan(5);
  });

  it('frees what is lent when it is retired and unused, once', () => {
    let freed = 0;
    const lent = new Lent({ dispose: () => freed++ });
    const [one, other] = [lent.use(), lent.use()];
    one();
    one();
    lent.retire();
    expect(freed).toBe(0);
    other();
    expect(freed).toBe(1);
  });
});

let site: Awaited<ReturnType<typeof serve>>;
beforeAll(async () => {
  site = await serve(dist('page'));
});
afterAll(() => site.server.close());

describe.each(browsers)('the chapter on images in $name', { retry: 1 }, ({ name, path }) => {
  const wanted = isWanted(path);
  let browser: Browser;
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
    if (!wanted) return;
    browser = await start(name, path);
    tab = await Tab.open(browser, `${site.origin}#images`);
  }, 120_000);
  afterAll(async () => {
    if (wanted) await browser.close();
  });

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
