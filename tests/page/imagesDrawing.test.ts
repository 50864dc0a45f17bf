// What the figures of the chapter on images compute of pictures: estimates, draws, walks, what is filled in, means.
import { describe, expect, it } from 'vitest';
import { digits, key } from '../../src/index.js';
import { maskOf, seenOf } from '../../src/page/chapters/images/mask.js';
import { readState } from '../../src/page/state/state.js';
import type { PicturesEvent, WalkEvent } from '../../src/page/worker/images/drawing.js';
import { ESTIMATES } from '../../src/page/worker/images/estimate.js';
import type { FillEvent } from '../../src/page/worker/images/filling.js';
import { anyone, DIM, file, listening, made } from './verbs.js';

describe('the worker', () => {
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
});
