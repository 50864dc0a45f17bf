// What the first screen computes: the pen, dark ink, the flow, and the losses it shows.
import { beforeAll, describe, expect, it } from 'vitest';
import { PointCounter } from '../../src/diagnostics/pointCounter.js';
import {
  builtInImage,
  type Core,
  imageDistribution,
  loadCore,
  nearest,
  smoothedHistogram,
  totalVariation,
  writeNpy,
} from '../../src/index.js';
import { LEVELS, Path } from '../../src/page/chapters/draw/path.js';
import { emptySheet, inverted, stroked } from '../../src/page/chapters/shared/strokes.js';
import { withUsedNames } from '../../src/page/save/usedNames.js';
import { Losses } from '../../src/page/state/losses.js';
import { type GatherEvent, gather } from '../../src/page/worker/gather.js';
import { isOfPoints, readPoints } from '../../src/page/worker/readPoints.js';
import { Session } from '../../src/page/worker/session.js';
import { isInk } from '../../src/page/worker/shrink.js';

describe('gather', () => {
  let core: Core;
  const events: GatherEvent[] = [];
  const data = imageDistribution(builtInImage('rings'));
  beforeAll(async () => {
    core = await loadCore({ kernel: 'strict' });
    const session = new Session(core, undefined);
    session.setImage(builtInImage('rings'));
    const emit = (event: unknown) => events.push(event as GatherEvent);
    await gather(
      session,
      { n: 5000, seed: 3, sigmas: LEVELS },
      { emit, signal: new AbortController().signal },
    );
  });

  it('tells every level once, and ends with every particle within 1e-6 of a pixel', () => {
    expect(events.map(({ at }) => at)).toEqual([...LEVELS.keys(), LEVELS.length]);
    const { distance } = nearest(events[LEVELS.length].x, data.points, { dim: 2 });
    expect(Math.max(...distance)).toBeLessThan(1e-6);
  });

  it('is distributed as the picture under the noise of a level: total variation below 0.065 of 5,000 points on 144 cells', () => {
    // Of 5,000 exact draws it is 0.022 to 0.064, over five seeds and these levels.
    for (const at of [10, 25, 40]) {
      const grid = { bins: 12, xlim: [-0.3, 1.3], ylim: [-0.3, 1.3] } as const;
      const counter = new PointCounter(grid, 2);
      counter.add(events[at].x);
      const truth = smoothedHistogram(data, LEVELS[at], grid);
      expect(totalVariation(counter.histogram(), truth), `level ${at}`).toBeLessThan(0.065);
      // Particles of another level would be seen.
      const other = smoothedHistogram(data, 2.5 * LEVELS[at], grid);
      expect(totalVariation(counter.histogram(), other)).toBeGreaterThan(0.08);
    }
  });

  it('stops when it is told to', async () => {
    const session = new Session(core, undefined);
    session.setImage(builtInImage('five'));
    const controller = new AbortController();
    const emit = ({ at }: GatherEvent) => {
      if (at === 2) controller.abort();
    };
    const run = gather(
      session,
      { n: 10, seed: 0, sigmas: LEVELS },
      { emit: emit as (event: unknown) => void, signal: controller.signal },
    );
    await expect(run).rejects.toThrow();
  });

  it('a path lies between its levels, and ends at no noise', () => {
    const path = new Path();
    expect(path.at(0.1)).toHaveLength(0);
    for (const { x } of events) path.add(x);
    expect(path.at(LEVELS[0])).toEqual(events[0].x);
    expect(path.at(LEVELS[LEVELS.length - 1])).toEqual(events[LEVELS.length].x);
    const [a, b] = [events[20].x[0], events[21].x[0]];
    const between = path.at(Math.sqrt(LEVELS[20] * LEVELS[21]))[0];
    expect(between).toBeCloseTo((a + b) / 2, 5);
  });
});

describe('the pen', () => {
  const sheet = emptySheet(32);
  it('leaves a line as wide as it is, and the eraser takes it away', () => {
    const line = stroked(sheet, [16, 4], [16, 28], { radius: 2, isEraser: false });
    expect(line.pixels[16 * 32 + 10]).toBe(1);
    expect(line.pixels[18 * 32 + 10]).toBe(1);
    expect(line.pixels[19 * 32 + 10]).toBe(0);
    const gap = stroked(line, [16, 10], [16, 10], { radius: 2, isEraser: true });
    expect(gap.pixels[16 * 32 + 10]).toBe(0);
    expect(gap.pixels[16 * 32 + 20]).toBe(1);
    // The sheet before is another picture.
    expect(line.pixels[16 * 32 + 10]).toBe(1);
  });

  it('never leaves a black picture, which is no distribution', () => {
    const all = stroked(sheet, [16, 16], [16, 16], { radius: 40, isEraser: true });
    expect(all.pixels.filter((value) => value > 0)).toHaveLength(1);
    const full = { height: 2, width: 2, pixels: new Float32Array(4).fill(1) };
    expect(Math.max(...inverted(full).pixels)).toBeGreaterThan(0);
  });
});

describe('dark ink', () => {
  const paper = (value: number, ink: number) => {
    const pixels = new Float32Array(100).fill(value);
    for (let i = 33; i < 37; i++) pixels[i] = ink;
    return { height: 10, width: 10, pixels };
  };
  it('is told by a light edge', () => {
    expect(isInk(paper(0.95, 0.1))).toBe(true);
    expect(isInk(paper(0.05, 1))).toBe(false);
    expect(isInk(paper(0.9, 0.9))).toBe(false);
    expect(isInk(builtInImage('five'))).toBe(false);
  });
});

describe('Losses', () => {
  it('averages neighbours of long runs, keeps the last steps, and forgets', () => {
    const losses = new Losses();
    expect(losses.last).toBeNaN();
    losses.add(Array.from({ length: 10_000 }, (_, i) => i));
    expect(losses.values.length).toBeLessThanOrEqual(2000);
    expect(losses.steps.at(-1)).toBe(10_000);
    expect(losses.last).toBeGreaterThan(9900);
    losses.clear();
    expect(losses.steps).toEqual([]);
  });
});

describe('readPoints', () => {
  const at = ({ pixels }: { pixels: Float32Array }) =>
    [...pixels.keys()].filter((i) => pixels[i] > 0).map((i) => [Math.floor(i / 64), i % 64, pixels[i]]);

  it('makes a picture of points, x to the right and y upwards, as light as there are points', () => {
    const image = readPoints(new TextEncoder().encode('x,y\n0,0\n0,0\n4,0\n4,2\n'), 'some.csv');
    // The margin is 6 % of 64 pixels; the wider axis fills the rest.
    expect(at(image)).toEqual([
      [17, 60, Math.fround(128 / 255)],
      [46, 3, 1],
      [46, 60, Math.fround(128 / 255)],
    ]);
    const npy = readPoints(writeNpy(Float32Array.of(0, 0, 0, 0, 4, 0, 4, 2), [4, 2]), 'some.npy');
    expect(npy).toEqual(image);
  });

  it('refuses points of three coordinates in words', () => {
    expect(() => readPoints(new TextEncoder().encode('1,2,3\n4,5,6\n'), 'cube.csv')).toThrow(
      'cube.csv: must hold points of the plane, two numbers each, got 3 numbers',
    );
    expect(isOfPoints('a.CSV')).toBe(true);
    expect(isOfPoints('a.png')).toBe(false);
  });
});

describe('withUsedNames', () => {
  it('leaves out what a program does not use, and nothing else', () => {
    const code = "import {\n  key, langevin,\n  keys,\n} from 'scorefield';\n\nlangevin(key(0));\n";
    expect(withUsedNames(code)).toBe("import { key, langevin } from 'scorefield';\n\nlangevin(key(0));\n");
  });
});
