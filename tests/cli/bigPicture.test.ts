import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encode } from 'fast-png';
import { describe, expect, it } from 'vitest';
import { decodePointSet } from '../../src/index.js';
import { eventsOf, expectDone, inProcess, scorefield, scratch, TINY } from './cli.js';

const folder = scratch();
const [WIDTH, HEIGHT] = [700, 500];

describe('a picture of 350,000 pixels', () => {
  it('is learned, sampled, evaluated and denoised, each with small figures', async () => {
    const data = Uint8Array.from({ length: WIDTH * HEIGHT }, (_, i) => {
      const [row, column] = [Math.floor(i / WIDTH), i % WIDTH];
      return 128 + 127 * Math.sin(row / 37) * Math.cos(column / 23);
    });
    const picture = join(folder, 'big.png');
    writeFileSync(picture, encode({ width: WIDTH, height: HEIGHT, data, channels: 1, depth: 8 }));
    const run = join(folder, 'run');
    const trained = await scorefield(['train', picture, ...TINY, '--out', run, '--json']);
    expectDone(trained, 'train', folder);
    // Of every pixel it would be of five megabytes.
    expect(statSync(join(run, 'picture.svg')).size).toBeLessThan(1_500_000);

    const sampled = await scorefield(['sample', run, '--steps', '500', '--json']);
    expectDone(sampled, 'sample', folder);
    const [{ counts }] = eventsOf(sampled, 'histogram');
    expect((counts as number[]).reduce((sum, count) => sum + count, 0)).toBeLessThanOrEqual(500);
    expect(statSync(join(run, 'histogram.svg')).size).toBeLessThan(1_500_000);

    const evaluated = await scorefield(['evaluate', run, '--steps', '500', '--json']);
    expectDone(evaluated, 'evaluate', folder);
    const losses = eventsOf(evaluated, 'level') as { loss: number; bestLoss: number }[];
    expect(losses).toHaveLength(3);
    for (const { loss, bestLoss } of losses) expect(loss).toBeGreaterThanOrEqual(bestLoss);

    const denoised = await scorefield(['denoise', run, '--out', join(folder, 'denoised'), '--json']);
    expectDone(denoised, 'denoise', folder);
    const [{ error }] = eventsOf(denoised, 'denoised') as { error: Record<string, number> }[];
    expect(error.best).toBeLessThan(error.noisy);

    const small = join(folder, 'small');
    const args = ['train', picture, '--shrink', '7', '--invert', ...TINY, '--out', small];
    expect(await scorefield(args)).toMatchObject({ code: 0 });
    const { image } = decodePointSet(new Uint8Array(readFileSync(join(small, 'data.safetensors'))));
    expect([image?.height, image?.width]).toEqual([71, 100]);
    const mean = (x: ArrayLike<number>) => Array.from(x).reduce((sum, v) => sum + v / x.length, 0);
    expect(Math.abs(mean(image?.pixels ?? []) - (1 - mean(data) / 255))).toBeLessThan(5e-3);
    const again = await scorefield([...args, '--resume']);
    expect(again).toMatchObject({ code: 0, stderr: expect.stringContaining('already finished') });
    const other = await scorefield([...args.slice(0, 2), ...TINY, '--resume', '--out', small]);
    expect(other).toMatchObject({ code: 2, stderr: expect.stringContaining('is not what the run') });
    const tiny = await inProcess(['train', picture, '--shrink', '400', '--out', join(folder, 'none')]);
    expect(tiny).toMatchObject({
      code: 2,
      stderr: 'scorefield train: --shrink must leave two pixels of the 700 of the longer side, got 400\n',
    });
  }, 120_000);
});
