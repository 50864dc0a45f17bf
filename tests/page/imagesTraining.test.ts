// What the chapter on images learns from: digits, a reader's own pictures, letters that are drawn; and what it keeps.
import { describe, expect, it } from 'vitest';
import { digits, key } from '../../src/index.js';
import type { Who } from '../../src/page/worker/images/families.js';
import type { ImageTrainEvent } from '../../src/page/worker/images/training.js';
import { Lent } from '../../src/page/worker/lent.js';
import { anyone, DIM, file, idxFile, listening, made } from './verbs.js';

describe('the worker', () => {
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
