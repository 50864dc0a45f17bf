import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  builtInImage,
  type Core,
  categorical,
  foldIn,
  imageDistribution,
  key,
  loadCore,
} from '../../src/index.js';
import { forEachCore, sameBits } from '../cores.js';
import { oneLine } from '../formats/oneLine.js';
import * as twin from '../reference.js';

/** Probabilities of logits, in float64. */
function softmax(logits: Float32Array): Float64Array {
  const largest = logits.reduce((most, logit) => Math.max(most, logit), -Infinity);
  const weights = Float64Array.from(logits, (logit) => Math.exp(logit - largest));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
}

/** The table that the kernel fills: u32 [N][2]. */
function tableOf({ memory, wasm }: Core, logits: Float32Array): Uint32Array {
  const N = logits.length;
  const from = memory.take(4 * N);
  const at = memory.take(wasm.aliasBytes(N));
  memory.f32(from, N).set(logits);
  wasm.aliasTable(at, from, N);
  const table = memory.u32(at, 2 * N).slice();
  for (const taken of [from, at]) memory.give(taken);
  return table;
}

/** Pearson's statistic of draws, over the categories of positive probability, and its degrees of freedom. */
function chiSquare(draws: Uint32Array, p: Float64Array): { statistic: number; freedom: number } {
  const counts = new Float64Array(p.length);
  for (const i of draws) counts[i]++;
  let statistic = 0;
  let freedom = -1;
  for (let i = 0; i < p.length; i++) {
    if (p[i] === 0) {
      expect(counts[i]).toBe(0);
      continue;
    }
    freedom++;
    statistic += (counts[i] - draws.length * p[i]) ** 2 / (draws.length * p[i]);
  }
  return { statistic, freedom };
}

/** A million weights over seven orders of magnitude, some of them 1e-30 of the others and every third 0. */
const million = Float32Array.from({ length: 1_000_000 }, (_, i) =>
  i % 3 === 0 ? -Infinity : i % 1000 === 1 ? -69 : 16 * Math.sin(i) ** 2,
);

forEachCore('draws by an alias table', (core) => {
  const alias = (from: Uint32Array, logits: Float32Array, n: number) =>
    categorical(core, from, logits, n, { drawing: 'alias' });

  it('the table holds each probability within 2^-31 of the largest, all together within 2^-31, 0 exactly', () => {
    const logit = fc.oneof(
      fc.double({ min: -60, max: 30, noNaN: true }),
      fc.constantFrom(-Infinity, 0, -200),
    );
    fc.assert(
      fc.property(fc.array(logit, { minLength: 1, maxLength: 60 }), (values) => {
        const logits = Float32Array.from(values);
        fc.pre(logits.some((value) => value > -Infinity));
        const want = softmax(logits);
        const p = twin.aliasProbabilities(tableOf(core, logits));
        expect(want.reduce((sum, v, i) => sum + Math.abs(v - p[i]), 0)).toBeLessThan(2 ** -31);
        for (let i = 0; i < p.length; i++) if (want[i] === 0) expect(p[i]).toBe(0);
      }),
      { numRuns: 500 },
    );
  });

  it('of a million weights, tiny ones and zeros among them: probabilities within 2^-31 together, no zero drawn', () => {
    const want = softmax(million);
    const p = twin.aliasProbabilities(tableOf(core, million));
    expect(want.reduce((sum, v, i) => sum + Math.abs(v - p[i]), 0)).toBeLessThan(2 ** -31);
    const drawn = alias(key(3), million, 1_000_000);
    expect(drawn.every((i) => million[i] > -Infinity)).toBe(true);
    // By thousands of categories, in which each is expected often enough.
    const groups = new Float64Array(1000);
    want.forEach((v, i) => {
      groups[Math.floor(i / 1000)] += v;
    });
    const { statistic, freedom } = chiSquare(
      drawn.map((i) => Math.floor(i / 1000)),
      groups,
    );
    expect(Math.abs(statistic - freedom)).toBeLessThan(4 * Math.sqrt(2 * freedom));
  });

  it('chi-square of a million draws from 784 categories: within 4 standard deviations, no zero drawn', () => {
    const { logits } = imageDistribution(builtInImage('five'));
    for (const seed of [0, 1, 2]) {
      const { statistic, freedom } = chiSquare(alias(key(seed), logits, 1_000_000), softmax(logits));
      expect(Math.abs(statistic - freedom)).toBeLessThan(4 * Math.sqrt(2 * freedom));
    }
  });

  it('of equal weights every category is as likely, to the bit; one alone is always drawn', () => {
    for (const N of [1, 2, 3, 784]) {
      const p = twin.aliasProbabilities(tableOf(core, new Float32Array(N).fill(-7)));
      for (const v of p) expect(Math.abs(v * N - 1)).toBeLessThan(1e-15);
    }
    const one = Float32Array.of(-Infinity, -90, -Infinity);
    expect(new Set(alias(key(1), one, 1000))).toEqual(new Set([1]));
  });

  it('draws equal the twin, of any key and number; a draw does not depend on how many there are', () => {
    const logits = million.subarray(1, 40);
    const table = tableOf(core, logits);
    for (const n of [0, 1, 15, 16, 17, 333]) {
      const from = foldIn(key(5), n);
      expect(alias(from, logits, n)).toEqual(twin.aliasDraws(from, n, table));
    }
    expect(alias(key(9), logits, 1000).subarray(0, 77)).toEqual(alias(key(9), logits, 77));
  });

  it("no layout changes a draw, none is JAX's, and no memory stays taken", () => {
    const { used } = core.memory;
    const { logits } = imageDistribution(builtInImage('five'));
    const drawn = alias(key(2), logits, 99);
    const options = { drawing: 'alias', layout: 'partitionable' } as const;
    expect(categorical(core, key(2), logits, 99, options)).toEqual(drawn);
    expect(categorical(core, key(2), logits, 99)).not.toEqual(drawn);
    expect(core.memory.used).toBe(used);
  });

  it('bad arguments give one line, and take no memory; n times the logits may be 2^32 or more', () => {
    const { used } = core.memory;
    const draw = (logits: number[], n = 1) => oneLine(() => alias(key(0), Float32Array.from(logits), n));
    expect(draw([0, Number.NaN])).toBe('categorical: logits must be finite or -Infinity, got NaN at index 1');
    expect(draw([-Infinity])).toMatch(/^categorical: logits must have a finite one/);
    expect(draw([0], -1)).toBe('categorical: n must be an integer of at least 0, got -1');
    const drawing = 'table' as 'alias';
    expect(oneLine(() => categorical(core, key(0), Float32Array.of(0), 1, { drawing }))).toBe(
      "categorical: drawing must be 'gumbel' or 'alias', got \"table\"",
    );
    expect(alias(key(0), million, 5000).length).toBe(5000);
    expect(core.memory.used).toBe(used);
  });
});

it('both binaries draw the same', async () => {
  const [strict, relaxed] = [await loadCore({ kernel: 'strict' }), await loadCore({ kernel: 'relaxed' })];
  const logits = million.subarray(0, 100_000);
  const [a, b] = [strict, relaxed].map((core) =>
    categorical(core, key(4), logits, 4096, { drawing: 'alias' }),
  );
  expect(sameBits(tableOf(strict, logits), tableOf(relaxed, logits))).toBe(true);
  expect(a).toEqual(b);
});
