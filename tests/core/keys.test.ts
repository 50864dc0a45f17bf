import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { foldIn, key, split } from '../../src/index.js';
import { oneLine } from '../formats/oneLine.js';
import { golden, type LayoutName, type RandomGolden } from '../golden.js';
import * as twin from '../reference.js';

const { threefry2x32, keys, layouts } = golden<RandomGolden>('random');
const LAYOUTS: LayoutName[] = ['original', 'partitionable'];
const word = fc.integer({ min: 0, max: 2 ** 32 - 1 });
const anyKey = fc.tuple(word, word).map((words) => Uint32Array.from(words));
const anyLayout = fc.constantFrom(...LAYOUTS);

describe('keys', () => {
  it('key(seed) is PRNGKey(seed) of a JAX with 64-bit integers', () => {
    const positive = keys.filter(({ seed, x64 }) => seed >= 0 && (x64 || seed < 2 ** 32));
    expect(positive.length).toBeGreaterThan(8);
    for (const row of positive) expect([...key(row.seed)]).toEqual(row.key);
  });

  it('key(seed) of a negative seed is PRNGKey(seed) of a JAX as it is by default', () => {
    const negative = keys.filter(({ seed, x64 }) => seed < 0 && !x64);
    expect(negative.length).toBeGreaterThan(0);
    for (const row of negative) expect([...key(row.seed)]).toEqual(row.key);
    // jax.random.key_data(jax.random.key(seed)), JAX 0.10.2
    expect([...key(-5)]).toEqual([0, 4294967291]);
    expect([...key(-(2 ** 31))]).toEqual([0, 2147483648]);
  });

  it.each(LAYOUTS)('split and foldIn equal JAX exactly, %s layout', (layout) => {
    for (const { key: from, n, keys: want } of layouts[layout].split) {
      expect(split(Uint32Array.from(from), n, { layout }).map((k) => [...k])).toEqual(want);
    }
    for (const { key: from, data, result } of layouts[layout].foldIn) {
      expect([...foldIn(Uint32Array.from(from), data)]).toEqual(result);
    }
  });

  it('foldIn gives the known answers of Random123 and JAX whose counter begins with 0', () => {
    const reachable = threefry2x32.filter(({ counter }) => counter[0] === 0);
    expect(reachable.map(({ output }) => output[0].toString(16))).toContain('6b200159');
    for (const row of reachable)
      expect([...foldIn(Uint32Array.from(row.key), row.counter[1])]).toEqual(row.output);
  });

  it('split and foldIn equal the twin for any key', () => {
    fc.assert(
      fc.property(anyKey, fc.integer({ min: 1, max: 70 }), word, anyLayout, (from, n, data, layout) => {
        expect(split(from, n, { layout }).map((k) => [...k])).toEqual(twin.splitKey(from, n, layout));
        expect([...foldIn(from, data)]).toEqual(twin.foldInKey(from, data));
      }),
    );
  });

  it('bad arguments give one line that names the function', () => {
    const k = key(0);
    for (const seed of [-(2 ** 31) - 1, 0.5, Number.NaN]) {
      expect(oneLine(() => key(seed))).toBe(
        `key: seed must be an integer of at least -2147483648, got ${seed}`,
      );
    }
    expect(oneLine(() => key(2 ** 53))).toBe(
      'key: seed must be an integer from -2147483648 to 9007199254740991, got 9007199254740992',
    );
    expect(oneLine(() => split(k, 0))).toBe('split: n must be a positive integer, got 0');
    expect(oneLine(() => foldIn(k, 2 ** 32))).toMatch(
      /^foldIn: data must be an integer from 0 to 4294967295, got/,
    );
    const notKey = [0, 1] as unknown as Uint32Array;
    expect(oneLine(() => split(notKey))).toMatch(/^split: key must be a Uint32Array of 2 words/);
    expect(oneLine(() => foldIn(new Uint32Array(3), 1))).toMatch(
      /^foldIn: key must be .*, got an array of 3$/,
    );
    const layout = 'new' as LayoutName;
    expect(oneLine(() => split(k, 2, { layout }))).toBe(
      "split: layout must be 'original' or 'partitionable', got \"new\"",
    );
  });
});
