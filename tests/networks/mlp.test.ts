import fc from 'fast-check';
import { expect, it } from 'vitest';
import { key, type MlpOptions, mlp } from '../../src/index.js';
import { Mlp } from '../../src/networks/mlp.js';
import { forEachCore, relativeToLargest, sameBits, worst } from '../cores.js';
import { oneLine } from '../formats/oneLine.js';
import * as twin from '../reference/mlp.js';
import { noise } from './layerRun.js';
import { runTimed } from './timedRun.js';

forEachCore('multilayer network', (core) => {
  const sizes = fc.record({
    ...{ n: fc.integer({ min: 1, max: 11 }), dim: fc.integer({ min: 1, max: 9 }) },
    ...{ hidden: fc.integer({ min: 1, max: 9 }), depth: fc.integer({ min: 0, max: 3 }) },
    ...{ labels: fc.integer({ min: 0, max: 3 }), seed: fc.integer({ min: 0, max: 1000 }) },
  });

  it('any sizes, labels or none: outputs within 2e-6 of the twin, gradients within 5e-6 of the largest of all from differences, a sample alone the bits it has in a batch', () => {
    const property = fc.property(sizes, ({ n, dim, hidden, depth, labels: count, seed }) => {
      using network = new Mlp(core, { height: 1, width: 1, channels: dim, hidden, depth, labels: count });
      network.setParameters(noise(network.count, seed));
      const times = Array.from({ length: n }, (_, i) => 0.3 * i - 0.7);
      const labels = count > 0 ? times.map((_, i) => (i + seed) % count) : undefined;
      const x = { shape: [n, dim], data: noise(n * dim, seed + 1) };
      const dy = noise(n * dim, seed + 2);
      const tensors = network.tensors();
      const { y, gradients } = runTimed(network, { x: x.data, times, labels }, () => dy);
      expect(relativeToLargest(y, twin.mlp(tensors, { x, times, labels }).data)).toBeLessThan(2e-6);
      expect(sameBits(network.predict(x.data, times, labels), y)).toBe(true);
      const scale = Math.max(...Object.values(gradients).flatMap((data) => Array.from(data, Math.abs)));
      for (const [name, data] of Object.entries(gradients)) {
        for (const entry of new Set([0, data.length >> 1, data.length - 1])) {
          const moved = (by: number) => {
            const changed = Float64Array.from(tensors[name].data);
            changed[entry] += by;
            const of = { ...tensors, [name]: { shape: tensors[name].shape, data: changed } };
            const out = twin.mlp(of, { x, times, labels }).data;
            return dy.reduce((sum, d, i) => sum + d * out[i], 0);
          };
          const difference = (moved(1e-4) - moved(-1e-4)) / 2e-4;
          expect(Math.abs(data[entry] - difference) / scale, `${name}[${entry}]`).toBeLessThan(5e-6);
        }
      }
    });
    fc.assert(property, { numRuns: 40, seed: 7 });
  });

  it('is told cosines and sines of 1, 2, ..., 32 times the time, and the time, rounded to float32', () => {
    using network = mlp(core, { height: 1, width: 1, channels: 1 }, { hidden: 2, depth: 0 });
    for (const time of [0, -1.7, 0.25, 3]) {
      const { numbers, level } = network.conditionOf(time);
      expect(worst(numbers, twin.mlpNumbers(time).map(Math.fround), (a, b) => Math.abs(a - b))).toBe(0);
      expect(level).toBe(0);
    }
  });

  it('a new one has the sizes that its options say, and weights by the key', () => {
    const shape = { height: 2, width: 3, channels: 2 };
    using network = mlp(core, shape, { hidden: 8, depth: 2, classes: 4, key: key(2) });
    expect(network.config).toEqual({ ...shape, hidden: 8, depth: 2, labels: 5 });
    expect(network.dim).toBe(12);
    expect(network.shape).toEqual(shape);
    using same = mlp(core, shape, { hidden: 8, depth: 2, classes: 4, key: key(2) });
    using other = mlp(core, shape, { hidden: 8, depth: 2, classes: 4 });
    expect(sameBits(same.parameters(), network.parameters())).toBe(true);
    expect(sameBits(other.parameters(), network.parameters())).toBe(false);
    using plain = mlp(core, shape);
    expect(plain.config).toEqual({ ...shape, hidden: 256, depth: 3, labels: 0 });
    const { data } = plain.tensors()['blocks.1.a.weight'];
    expect(data.every((v) => Math.abs(v) <= 1 / 16)).toBe(true);
    // Of 65,536 numbers uniform within 1 / 16; a standard error is a 300th part.
    const square = data.reduce((sum, v) => sum + v * v, 0) / data.length;
    expect(Math.abs(3 * square * 256 - 1)).toBeLessThan(0.02);
  });

  it.each<[MlpOptions | object, object, string]>([
    [{ hidden: 0 }, {}, 'mlp: hidden must be a positive integer, got 0'],
    [{ depth: -1 }, {}, 'mlp: depth must be an integer of at least 0, got -1'],
    [{ depth: 1e9 }, {}, 'mlp: depth must be at most 1000, got 1000000000'],
    [{ classes: 1.5 }, {}, 'mlp: classes must be an integer of at least 0, got 1.5'],
    [{}, { channels: 0 }, 'mlp: channels must be a positive integer, got 0'],
    [{}, { height: 2.5 }, 'mlp: height must be a positive integer, got 2.5'],
    [{}, { width: -3 }, 'mlp: width must be a positive integer, got -3'],
    [{ key: [1] }, {}, 'mlp: key must be'],
    [{ hidden: 20_000 }, {}, 'network: '],
  ])('refuses %o over %o, and takes nothing', (options, shape, message) => {
    const { used } = core.memory;
    const run = () => mlp(core, { height: 1, width: 1, channels: 2, ...shape }, options as MlpOptions);
    expect(oneLine(run)).toContain(message);
    expect(core.memory.used).toBe(used);
  });
});
