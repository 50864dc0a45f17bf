import fc from 'fast-check';
import { expect, it } from 'vitest';
import { RunField } from '../../src/abi/samplers.js';
import { bits, categorical, foldIn, gumbel, key, normal, uniform } from '../../src/index.js';
import { openRun, runBytes } from '../../src/samplers/runBlock.js';
import { forEachCore, ulps, worst } from '../cores.js';
import { oneLine } from '../formats/oneLine.js';
import { golden, type LayoutName, type RandomGolden } from '../golden.js';
import * as twin from '../reference.js';

const { layouts } = golden<RandomGolden>('random');
const LAYOUTS: LayoutName[] = ['original', 'partitionable'];
const word = fc.integer({ min: 0, max: 2 ** 32 - 1 });
const anyKey = fc.tuple(word, word).map((words) => Uint32Array.from(words));
const anyLayout = fc.constantFrom(...LAYOUTS);

/** What the golden files keep of an array: all of it, or its first and last eight. */
function ends(values: ArrayLike<number>): number[] {
  const all = Array.from(values);
  return all.length <= 100 ? all : [...all.slice(0, 8), ...all.slice(-8)];
}

const relative = (a: number, b: number) => Math.abs(a - b) / Math.abs(b);
/** Relative for large values, absolute for those near zero, where the outer logarithm's argument is near 1. */
const gumbelError = (a: number, b: number) => Math.abs(a - b) / Math.max(1, Math.abs(b));

forEachCore('draws', (core) => {
  it.each(LAYOUTS)(
    'bits and uniform equal JAX exactly, normal within 2 ulp, gumbel within 2e-7, %s layout',
    (layout) => {
      for (const { key: from, shape, bitSum, ...want } of layouts[layout].arrays) {
        const k = Uint32Array.from(from);
        const words = bits(core, k, shape, { layout });
        expect(words.length).toBe(shape.reduce((product, n) => product * n, 1));
        expect(words.reduce((sum, v) => (sum + v) >>> 0, 0)).toBe(bitSum);
        expect(ends(words)).toEqual(want.bits);
        expect(ends(uniform(core, k, shape, { layout }))).toEqual(want.uniform);
        expect(worst(ends(normal(core, k, shape, { layout })), want.normal, ulps)).toBeLessThanOrEqual(2);
        expect(worst(ends(gumbel(core, k, shape, { layout })), want.gumbel, gumbelError)).toBeLessThan(2e-7);
      }
    },
  );

  it.each(LAYOUTS)('uniform between two ends and categorical equal JAX exactly, %s layout', (layout) => {
    for (const { key: from, shape, minval, maxval, values } of layouts[layout].uniformRange) {
      expect([...uniform(core, Uint32Array.from(from), shape, { minval, maxval, layout })]).toEqual(values);
    }
    for (const { key: from, weights, n, indices } of layouts[layout].categorical) {
      const logits = Float32Array.from(weights, Math.log);
      expect([...categorical(core, Uint32Array.from(from), logits, n, { layout })]).toEqual(indices);
    }
  });

  it.each(LAYOUTS)('normal(key, [400000, 2]) is within 2 ulp of JAX, %s layout', (layout) => {
    const { key: from, shape, at, values } = layouts[layout].largeNormal;
    const z = normal(core, Uint32Array.from(from), shape, { layout });
    expect(
      worst(
        at.map((i) => z[i]),
        values,
        ulps,
      ),
    ).toBeLessThanOrEqual(2);
  });

  it('bits of any shape and key equal the twin', () => {
    const anyShape = fc.array(fc.integer({ min: 0, max: 12 }), { maxLength: 3 });
    fc.assert(
      fc.property(anyKey, anyShape, anyLayout, (from, shape, layout) => {
        const n = shape.reduce((product, size) => product * size, 1);
        expect(bits(core, from, shape, { layout })).toEqual(twin.randomBits(from, n, layout));
      }),
      { numRuns: 300 },
    );
  });

  it('normal and gumbel of any key are within 7e-6 and 2e-7 of the twin', () => {
    for (const layout of LAYOUTS) {
      for (let seed = 0; seed < 20; seed++) {
        const k = foldIn(key(7), seed);
        const words = twin.randomBits(k, 999, layout);
        expect(worst(normal(core, k, [999], { layout }), twin.normalFromBits(words), relative)).toBeLessThan(
          7e-6,
        );
        expect(
          worst(gumbel(core, k, [999], { layout }), twin.gumbelFromBits(words), gumbelError),
        ).toBeLessThan(2e-7);
      }
    }
  });

  /** The normals of step t of a run of C chains, as the fused loop draws them: a unit step from 0 over a score of 0. */
  function drawn(k: ArrayLike<number>, t: number, C: number, total: number, layout: LayoutName): number[] {
    const { memory, wasm } = core;
    const own = { sampler: 'langevin', settings: { stepSize: 1, stepSizes: 0 } } as const;
    const [positions, scores] = [memory.take(64), memory.take(64)];
    const run = memory.take(runBytes(core, own, C, 1));
    const none = { score: 0, firstChain: 0, warmup: 0, thin: 0, histogram: 0, bins: 0, statistics: 0 };
    const partitionable = layout === 'original' ? 0 : 1;
    openRun(core, run, own, {
      ...none,
      ...{ positions, count: C, dim: 1, chains: C, normals: total, partitionable, keys: k },
    });
    memory.u32(run + RunField.NEXT, 1)[0] = t;
    expect(wasm.runSteps(run, t, 1, 0, 0)).toBeTruthy();
    wasm.queryScores(run, scores, 0);
    expect(wasm.runSteps(run, t, 1, 0, 0)).toBeFalsy();
    const z = [...memory.f32(positions, C)];
    for (const at of [positions, scores, run]) memory.give(at);
    return z;
  }

  it('the fused loop counts up to 2^32 - 1 in the original layout, within 3e-7 of the twin', () => {
    for (const total of [2 ** 32 - 1, 2 ** 32 - 2, 2 ** 31 + 1]) {
      const half = Math.ceil(total / 2);
      for (const j of [0, 1, half - 2, half - 1, half, half + 1, total - 2, total - 1]) {
        const first = j < half;
        const low = first ? j : j - half;
        // The padding of an odd array counts 0.
        const block = twin.threefry2x32([3, 4], [low, low + half === total ? 0 : low + half]);
        const [want] = twin.normalFromBits(Uint32Array.of(block[first ? 0 : 1]));
        expect(relative(drawn([3, 4], j, 1, total, 'original')[0], want)).toBeLessThan(3e-7);
      }
    }
  });

  it('the fused loop counts beyond 2^32 in the partitionable layout, a carry in any lane, within 3e-7', () => {
    for (const [t, C] of [
      [2 ** 32 - 2, 1],
      [2 ** 32 - 2, 2],
      [1431655765, 3],
      [858993459, 5],
      [2 ** 32 - 2, 7],
    ]) {
      const want = Array.from({ length: C }, (_, c) => {
        const j = BigInt(t) * BigInt(C) + BigInt(c);
        const [a, b] = twin.threefry2x32([0, 426], [Number(j >> 32n), Number(j & 0xffffffffn)]);
        return twin.normalFromBits(Uint32Array.of(a ^ b))[0];
      });
      expect(worst(drawn([0, 426], t, C, 0, 'partitionable'), want, relative)).toBeLessThan(3e-7);
    }
  });

  it('no kernel writes beyond its array rounded up to four, gumbel to eight, normal beyond the room it says', () => {
    for (let n = 0; n <= 100; n++) {
      for (const layout of [0, 1]) {
        const padded = Math.ceil(n / 4) * 4;
        const at = core.memory.take(4 * padded + 32);
        const guards = () => [core.memory.u32(at, 4), core.memory.u32(at + 16 + 4 * padded, 4)];
        for (const guard of guards()) guard.fill(0xabcdef01);
        core.wasm.bits(at + 16, n, 1, 2, layout);
        core.wasm.uniform(at + 16, n, 0, 1);
        for (const guard of guards()) expect([...guard]).toEqual(Array(4).fill(0xabcdef01));
        core.memory.give(at);
      }
      const eight = Math.ceil(n / 8) * 8;
      const sixteen = Math.ceil(n / 16) * 16;
      const ends = { gumbel: eight, normal: sixteen + Math.min(sixteen, 64) };
      for (const [name, end] of Object.entries(ends) as ['gumbel' | 'normal', number][]) {
        const at = core.memory.take(4 * end + 16);
        const guard = core.memory.u32(at + 4 * end, 4);
        guard.fill(0xabcdef01);
        core.wasm[name](at, n);
        expect([...guard]).toEqual(Array(4).fill(0xabcdef01));
        core.memory.give(at);
      }
    }
  });

  it('an index of weight 0 is never drawn, and frequencies follow the weights within 5 standard errors', () => {
    const weights = [0, 5, 0, 0, 1, 3, 0, 1, 0];
    const n = 20_000;
    for (const layout of LAYOUTS) {
      const drawn = categorical(core, key(11), Float32Array.from(weights, Math.log), n, { layout });
      weights.forEach((weight, i) => {
        const p = weight / 10;
        const count = drawn.filter((v) => v === i).length;
        expect(Math.abs(count - n * p)).toBeLessThanOrEqual(5 * Math.sqrt(n * p * (1 - p)));
      });
    }
  });

  it('bad arguments give one line that names the function, and take no memory', () => {
    const k = key(0);
    const { used } = core.memory;
    expect(oneLine(() => bits(core, k, [3, -1]))).toBe(
      'bits: shape must be an integer of at least 0, got -1',
    );
    expect(oneLine(() => normal(core, k, [1.5]))).toBe(
      'normal: shape must be an integer of at least 0, got 1.5',
    );
    expect(oneLine(() => gumbel(core, k, [65536, 65536]))).toBe(
      'gumbel: shape must have fewer than 2^32 elements, got 4294967296; draw in parts',
    );
    expect(oneLine(() => uniform(core, new Uint32Array(1), [2]))).toMatch(/^uniform: key must be/);
    expect(oneLine(() => normal(core, k, [2], { layout: 'x' as LayoutName }))).toMatch(
      /^normal: layout must be/,
    );
    for (const ends of [{ minval: Number.NaN }, { maxval: Infinity }]) {
      expect(oneLine(() => uniform(core, k, [2], ends))).toMatch(
        /^uniform: minval and maxval must be finite, /,
      );
    }
    const draw = (logits: number[], n = 1) =>
      oneLine(() => categorical(core, k, Float32Array.from(logits), n));
    expect(draw([0, Number.NaN])).toBe('categorical: logits must be finite or -Infinity, got NaN at index 1');
    expect(draw([Infinity])).toMatch(/^categorical: logits must be finite or -Infinity, got Infinity/);
    for (const none of [[], [-Infinity]])
      expect(draw(none)).toMatch(/^categorical: logits must have a finite one/);
    expect(draw([0], -1)).toBe('categorical: n must be an integer of at least 0, got -1');
    expect(draw(Array(4096).fill(0), 2 ** 20)).toBe(
      "categorical: n times the number of logits must be below 2^32, got 1048576 times 4096; draw by 'alias'",
    );
    expect(core.memory.used).toBe(used);
  });

  it('empty shapes are empty, a scalar is one number, and draws leave no memory taken', () => {
    const { used } = core.memory;
    expect(bits(core, key(1), [4, 0, 3])).toEqual(new Uint32Array(0));
    expect(normal(core, key(1), [])).toEqual(normal(core, key(1), [1]));
    expect(categorical(core, key(1), new Float32Array(3), 0)).toEqual(new Uint32Array(0));
    expect(core.memory.used).toBe(used);
  });
});
