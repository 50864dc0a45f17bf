import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encode } from 'fast-png';
import { describe, expect, it } from 'vitest';
import { eventsOf, expectDone, scorefield, scratch, TINY } from './cli.js';

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
  }, 120_000);
});
