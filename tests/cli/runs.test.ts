import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { encode as encodePng } from 'fast-png';
import { beforeAll, describe, expect, it } from 'vitest';
import { decodeImage } from '../../src/images/index.js';
import { decodePointSet, decodeWeights, readNpy, readSafetensors } from '../../src/index.js';
import {
  eventsOf,
  expectDone as expectEnded,
  inProcess,
  type Outcome,
  scorefield,
  scratch,
  TINY,
} from './cli.js';

const folder = scratch();
const at = (...names: string[]) => join(folder, ...names);
const expectDone = (outcome: Outcome, command: string) => expectEnded(outcome, command, folder);
const bytes = (...names: string[]) => new Uint8Array(readFileSync(at(...names)));

describe('a run', () => {
  beforeAll(async () => {
    const outcome = await scorefield(['train', ...TINY, '--print-every', '5', '--json', '--out', at('run')]);
    expectDone(outcome, 'train');
    const steps = eventsOf(outcome, 'step') as unknown as { step: number; loss: number }[];
    expect(steps.map(({ step }) => step)).toEqual([0, 5, 10, 15]);
    const rows = readFileSync(at('run', 'loss.csv'), 'utf8').trimEnd().split('\n');
    expect(rows).toHaveLength(21);
    expect(rows[0]).toBe('step,loss');
    for (const { step, loss } of steps) expect(rows[step + 1]).toBe(`${step},${loss}`);
  }, 60_000);

  it('leaves its files', () => {
    expect(readdirSync(at('run')).sort()).toEqual([
      'checkpoint.safetensors',
      'data.safetensors',
      'loss.csv',
      'loss.png',
      'loss.svg',
      'picture.png',
      'picture.svg',
      'run.json',
      'weights.safetensors',
    ]);
    const { config, step } = decodeWeights(bytes('run', 'weights.safetensors'));
    expect(step).toBe(20);
    expect(config).toMatchObject({ features: 8, width: 8, depth: 1, levels: 3 });
    const { image } = decodePointSet(bytes('run', 'data.safetensors'));
    expect(image).toMatchObject({ height: 28, width: 28 });
  });

  it('has weights without times and places, so that equal runs give equal files', async () => {
    const out = at('elsewhere', 'deeper');
    const outcome = await scorefield(['train', ...TINY, '--checkpoint-every', '7', '--json', '--out', out]);
    expectDone(outcome, 'train');
    for (const file of [
      'weights.safetensors',
      'checkpoint.safetensors',
      'loss.csv',
      'loss.svg',
      'picture.png',
    ]) {
      expect(bytes('elsewhere', 'deeper', file), file).toEqual(bytes('run', file));
    }
    expect(Object.keys(readSafetensors(bytes('run', 'weights.safetensors')).metadata)).toEqual([
      'scorefield',
      'kind',
      'network',
      'step',
    ]);
  });

  it('is sampled from', async () => {
    const args = ['--steps', '500', '--chains', '3', '--bins', '10', '--level', '2', '--thin', '4'];
    // A tenth of the steps is burn-in, which is kept and not counted.
    const outcome = await scorefield(['sample', at('run'), '--json', ...args, '--save', at('x.npy')]);
    expectDone(outcome, 'sample');
    const [histogram] = eventsOf(outcome, 'histogram') as unknown as Record<string, number[]>[];
    expect(histogram).toMatchObject({
      bins: 10,
      xlim: [0, 1],
      ylim: [0, 1],
      steps: 500,
      chains: 3,
      level: 2,
      burnIn: 50,
    });
    expect(histogram.counts).toHaveLength(100);
    expect(histogram.counts.reduce((a, b) => a + b, 0) + Number(histogram.outside)).toBe(1350);
    expect(histogram.mean).toHaveLength(2);
    const cells = readNpy(bytes('run', 'histogram.npy'));
    expect(cells.shape).toEqual([10, 10]);
    expect([...cells.data]).toEqual(histogram.counts);
    const kept = readNpy(bytes('x.npy'));
    expect(kept.shape).toEqual([125, 3, 2]);
    expect(kept.data.every(Number.isFinite)).toBe(true);
    const every = ['--thin', '1', '--burn-in', '0', '--save', at('all.npy')];
    const whole = await inProcess(['sample', at('run'), '--json', ...args, ...every]);
    const all = readNpy(bytes('all.npy'));
    expect(all.shape).toEqual([500, 3, 2]);
    expect(kept.data).toEqual(all.data.filter((_, i) => (Math.floor(i / 6) + 1) % 4 === 0));
    const [{ counts }] = eventsOf(whole, 'histogram') as unknown as { counts: number[] }[];
    expect(counts.every((n, i) => n >= histogram.counts[i])).toBe(true);
    const [{ totalVariation, expectedTotalVariation }] = eventsOf(outcome, 'distance') as unknown as {
      totalVariation: number;
      expectedTotalVariation: number;
    }[];
    expect(expectedTotalVariation).toBeGreaterThan(0);
    expect(expectedTotalVariation).toBeLessThan(totalVariation);
    expect(totalVariation).toBeGreaterThan(0);
    expect(totalVariation).toBeLessThanOrEqual(1);
  });

  it('shows its field, at the levels it has', async () => {
    const outcome = await scorefield(['field', at('run'), '--json', '--grid', '4', '--out', at('field')]);
    expectDone(outcome, 'field');
    expect(eventsOf(outcome, 'field').map(({ level }) => level)).toEqual([0]);
    const two = await scorefield([
      'field',
      at('run'),
      '--json',
      '--levels',
      '2,1',
      '--grid',
      '4',
      '--out',
      at('field'),
    ]);
    expect(eventsOf(two, 'field').map(({ level }) => level)).toEqual([2, 1]);
    expect(eventsOf(two, 'field')[0].score).toHaveLength(16);
    expect(readdirSync(at('field')).sort()).toEqual(['field.png', 'field.svg']);
  });

  it('is evaluated', async () => {
    const outcome = await scorefield(['evaluate', at('run'), '--json', '--steps', '200', '--samples', '100']);
    expectDone(outcome, 'evaluate');
    const levels = eventsOf(outcome, 'level') as unknown as Record<string, number>[];
    expect(levels.map(({ level }) => level)).toEqual([0, 1, 2]);
    for (const { loss, bestLoss, excess } of levels) expect(loss).toBeCloseTo(bestLoss + excess, 10);
    // Of three levels from 1e-4 to 1 the middle one is nearest to the article's 0.022.
    expect(eventsOf(outcome, 'distance')).toMatchObject([{ level: 1 }]);
    expect(outcome.stderr).toMatch(/level +sigma +loss +best +excess/);
    expect(readFileSync(at('run', 'evaluation.csv'), 'utf8').split('\n')).toHaveLength(5);
  });

  it('that is finished is not trained again', async () => {
    const outcome = await scorefield(['train', '--resume', '--json', '--out', at('run')]);
    expectDone(outcome, 'train');
    expect(outcome.stderr).toContain('already finished');
    expect(eventsOf(outcome, 'step')).toEqual([]);
  });

  it('with a constant rate may be made longer, to the same bits', async () => {
    const constant = ['--schedule', 'constant', '--json'];
    await inProcess(['train', ...TINY, ...constant, '--out', at('long')]);
    expectDone(
      await inProcess(['train', '--resume', '--steps', '33', '--json', '--out', at('long')]),
      'train',
    );
    await inProcess(['train', ...TINY, ...constant, '--steps', '33', '--out', at('once')]);
    for (const file of ['weights.safetensors', 'checkpoint.safetensors', 'loss.csv']) {
      expect(bytes('long', file), file).toEqual(bytes('once', file));
    }
  });

  it('is replaced when told to', async () => {
    await inProcess(['train', ...TINY, '--out', at('replaced')]);
    await inProcess(['field', at('replaced')]);
    const outcome = await inProcess([
      'train',
      ...TINY,
      '--seed',
      '1',
      '--overwrite',
      '--json',
      '--out',
      at('replaced'),
    ]);
    expectDone(outcome, 'train');
    expect(existsSync(at('replaced', 'field.png'))).toBe(false);
    expect(bytes('replaced', 'weights.safetensors')).not.toEqual(bytes('run', 'weights.safetensors'));
  });
});

describe('pictures', () => {
  const png = (height: number, width: number, values: number[]) =>
    encodePng({ width, height, data: Uint8Array.from(values), channels: 1, depth: 8 });

  it('come from PNG files of several resolutions, with weights', async () => {
    writeFileSync(at('small.png'), png(2, 3, [0, 255, 0, 51, 0, 0]));
    writeFileSync(
      at('large.png'),
      png(
        4,
        6,
        Array.from({ length: 24 }, (_, i) => 10 * i),
      ),
    );
    const args = [at('small.png'), at('large.png'), '--weights', '1,3'];
    expectDone(await inProcess(['train', ...args, ...TINY, '--json', '--out', at('two')]), 'train');
    const { data, image } = decodePointSet(bytes('two', 'data.safetensors'));
    expect(image).toBeUndefined();
    const shares = [data.logits.subarray(0, 6), data.logits.subarray(6)].map((part) =>
      part.reduce((sum, logit) => sum + Math.exp(logit), 0),
    );
    expect(shares[0]).toBeCloseTo(1, 5);
    expect(shares[1]).toBeCloseTo(3, 5);
    expectDone(await inProcess(['sample', at('two'), '--steps', '100', '--json']), 'sample');
    const other = await inProcess(['train', at('small.png'), '--resume', '--out', at('two')]);
    expect(other).toMatchObject({ code: 2, stdout: '' });
    expect(other.stderr).toContain('small.png is not what the run in');
    expectDone(await inProcess(['train', ...args, '--resume', '--json', '--out', at('two')]), 'train');
  });

  it('may be inverted, and lie the right way round', async () => {
    writeFileSync(at('corner.png'), png(2, 2, [255, 0, 255, 255]));
    expectDone(
      await inProcess(['train', at('corner.png'), '--invert', ...TINY, '--json', '--out', at('corner')]),
      'train',
    );
    const { image } = decodePointSet(bytes('corner', 'data.safetensors'));
    expect([...(image?.pixels ?? [])]).toEqual([0, 1, 0, 0]);
    // Row 0 on top, column 1 to the right: in the figure, too, the upper right of the picture is the bright one.
    const { width, pixels } = await decodeImage(bytes('corner', 'picture.png'));
    const bright = (x: number, y: number) => pixels[2 * y * width + 2 * x];
    expect([bright(80, 110), bright(220, 110), bright(80, 240), bright(220, 240)]).toEqual([0, 1, 0, 0]);
    expect([bright(360, 110), bright(500, 110), bright(360, 240), bright(500, 240)]).toEqual([0, 1, 0, 0]);
  });

  it('come from IDX files, plain and gzipped, by number', async () => {
    const header = [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 2];
    const idx = Uint8Array.from([...header, 0, 0, 0, 255, 51, 255, 0, 0]);
    writeFileSync(at('images-idx3-ubyte'), idx);
    writeFileSync(at('images.gz'), gzipSync(idx));
    for (const [i, file] of ['images-idx3-ubyte', 'images.gz'].entries()) {
      const args = ['--idx', at(file), '--index', '1', ...TINY, '--json', '--out', at(`idx${i}`)];
      expectDone(await inProcess(['train', ...args]), 'train');
    }
    const { image } = decodePointSet(bytes('idx0', 'data.safetensors'));
    expect([...(image?.pixels ?? [])]).toEqual([Math.fround(0.2), 1, 0, 0]);
    expect(bytes('idx1', 'weights.safetensors')).toEqual(bytes('idx0', 'weights.safetensors'));
  });

  it.each(['rings'])('come with the program: %s', async (name) => {
    const out = at(name);
    expectDone(await inProcess(['train', '--builtin', name, ...TINY, '--json', '--out', out]), 'train');
  });
});

describe("the article's run", () => {
  const directory = process.env.MNIST_DIR;
  it.skipIf(!directory)('has a step-0 loss of 1.01777 on MNIST image 0 (MNIST_DIR is set)', async () => {
    const outcome = await scorefield(
      [
        ...[
          'train',
          '--preset',
          'article',
          '--idx',
          `${directory}/train100-images-idx3-ubyte`,
          '--index',
          '0',
        ],
        ...['--steps', '1', '--json', '--out', at('article')],
      ],
      {},
    );
    expectDone(outcome, 'train');
    const [{ step, loss }] = eventsOf(outcome, 'step') as unknown as { step: number; loss: number }[];
    expect([step, loss.toFixed(5)]).toEqual([0, '1.01777']);
  });
});
