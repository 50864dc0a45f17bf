import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { geomspace, key, type NetworkConfig, network, normal } from '../../src/index.js';
import {
  forEachCore,
  relativeToLargest,
  sameBits,
  setGolden,
  smallSizes,
  spreadLevels,
  summaryError,
  tensorName,
  twinOf,
  ulps,
  worst,
} from '../cores.js';
import { type ArticleGolden, golden, type NetworkGolden } from '../golden.js';
import * as twin from '../reference.js';

const { cases } = golden<NetworkGolden>('network');
const article = golden<ArticleGolden>('article');

/** Outputs are of order one: the error of each over 1 + its magnitude. */
const error = (a: number, b: number) => Math.abs(a - b) / (1 + Math.abs(b));

forEachCore('network', (core) => {
  /** Largest error of all levels' scores at n points against the twin; throws unless each row is the same alone. */
  function scoreError(config: Partial<NetworkConfig>, seed: number, n: number): number {
    using net = network(core, config, { key: key(seed) });
    const { dim } = net.config;
    spreadLevels(net);
    const params = twinOf(net);
    const x = normal(core, key(seed + 1), [n, dim]).map((z) => 0.5 + 0.7 * z);
    const rows = Array.from({ length: n }, (_, i) => x.subarray(i * dim, (i + 1) * dim));
    const errors = Array.from(net.sigmas, (_, level) => {
      using score = net.at(level);
      const got = score.score(x);
      rows.forEach((row, i) => {
        if (!sameBits(score.score(row), got.subarray(i * dim, (i + 1) * dim)))
          throw new Error(`row ${i} differs alone`);
      });
      return worst(
        got,
        rows.flatMap((row) => twin.networkScore(params, level, [...row])),
        error,
      );
    });
    return worst(
      errors,
      errors.map(() => 0),
      (a) => a,
    );
  }

  describe.each(cases.map((row) => [row.config.depth, row.config.encoding ?? 'plain', row] as const))(
    'golden, depth %i, %s',
    (_, __, row) => {
      const { seed, ...sizes } = row.config;
      const config = { ...sizes, sigmaMin: 0.05, sigmaMax: 1 };

      it('initial tensors within 2e-7 of JAX and Equinox, sigmas exactly', () => {
        using net = network(core, config, { key: key(seed) });
        const tensors = net.tensors();
        expect(Object.keys(tensors).sort()).toEqual(Object.keys(row.initial.tensors).map(tensorName).sort());
        for (const [name, { shape, values }] of Object.entries(row.initial.tensors)) {
          expect(tensors[tensorName(name)].shape).toEqual(shape);
          expect(relativeToLargest(tensors[tensorName(name)].data, values)).toBeLessThan(2e-7);
        }
        expect([...net.sigmas]).toEqual(row.sigmas);
      });

      it.each(['initial', 'shifted'] as const)('%s: scores at every level within 3e-6 of JAX', (state) => {
        using net = network(core, config);
        setGolden(net, row[state].tensors);
        const x = Float32Array.from(row[state].x.flat());
        row[state].scores.forEach((want, level) => {
          using score = net.at(level);
          expect(relativeToLargest(score.score(x), want.flat())).toBeLessThan(3e-6);
        });
      });
    },
  );

  it("the article's: initial tensors within 2e-7 of JAX and Equinox, sigmas exactly", () => {
    using net = network(core);
    const tensors = net.tensors();
    for (const name in article.initial) {
      expect(tensors[tensorName(name)].shape).toEqual(article.initial[name].shape);
      expect(summaryError(tensors[tensorName(name)].data, article.initial[name])).toBeLessThan(2e-7);
    }
    expect([...net.sigmas]).toEqual(article.sigmas);
  });

  it('geomspace has a constant ratio within 2e-6, the ends included', () => {
    expect(worst(geomspace(0.5, 8, 5), [0.5, 1, 2, 4, 8], (a, b) => Math.abs(a / b - 1))).toBeLessThan(2e-6);
    const wide = geomspace(1e-6, 1e3, 100);
    const want = Array.from(wide, (_, i) => 10 ** ((9 * i) / 99 - 6));
    expect(worst(wide, want, (a, b) => Math.abs(a / b - 1))).toBeLessThan(2e-6);
    expect(geomspace(1, 5, 1)).toEqual(Float32Array.of(1));
  });

  it('any sizes: scores within 3e-6 of the twin, a row alone has the bits it has in a batch', () => {
    const sizes = fc.record({
      ...smallSizes,
      featureScale: fc.constantFrom(0.5, 1, 2),
      featureSpread: fc.constantFrom(0.25, 1),
      encoding: fc.constantFrom('plain' as const, 'averaged' as const),
    });
    fc.assert(
      fc.property(sizes, fc.integer({ min: 1, max: 20 }), fc.nat(1000), (config, n, seed) => {
        expect(scoreError(config, seed, n)).toBeLessThan(3e-6);
      }),
      { numRuns: 300, seed: 3 },
    );
  });

  it.each([
    { dim: 2, features: 20, width: 33, depth: 2, levels: 2 },
    { dim: 3, features: 17, width: 70, depth: 3, levels: 2 },
    { dim: 7, features: 5, width: 131, depth: 1, levels: 1 },
    { dim: 37, features: 3, width: 6, depth: 2, levels: 2 },
    { dim: 2, features: 256, width: 128, depth: 3, levels: 3 },
    {
      dim: 2,
      features: 128,
      featureSpread: 32,
      encoding: 'averaged' as const,
      width: 128,
      depth: 3,
      levels: 3,
    },
  ])('$dim dimensions, $features features, width $width, depth $depth: within 6e-7 of the twin', (config) => {
    expect(scoreError(config, 5, 19)).toBeLessThan(6e-7);
  });

  it("output 'noise' divides by sigma, within 1 ulp", () => {
    const config = { dim: 2, features: 6, width: 8, depth: 1, levels: 5 };
    using plain = network(core, config);
    using noise = network(core, { ...config, output: 'noise' });
    const x = normal(core, key(1), [20, 2]);
    for (const [level, sigma] of plain.sigmas.entries()) {
      using a = plain.at(level);
      using b = noise.at(level);
      const want = a.score(x).map((v) => v / sigma);
      expect(want.some((v, i) => v !== a.score(x)[i]) || level === 4).toBe(true);
      expect(worst(b.score(x), want, ulps)).toBeLessThanOrEqual(1);
    }
  });
});
