import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { geomspace, key, type Network, type NetworkConfig, network, normal, train } from '../../src/index.js';
import { defaultNetwork } from '../../src/scores/network.js';
import {
  drain,
  forEachCore,
  relativeToLargest,
  sameBits,
  summaryError,
  tensorName,
  ulps,
  worst,
} from '../cores.js';
import { oneLine } from '../formats/oneLine.js';
import { type ArticleGolden, golden, type NetworkGolden, type TensorsGolden } from '../golden.js';
import * as twin from '../reference.js';

const { cases } = golden<NetworkGolden>('network');
const article = golden<ArticleGolden>('article');

/** The network's tensors under the twin's names. */
function paramsOf(net: Network): twin.Params {
  const named = Object.entries(net.tensors()).map(([name, { shape, data }]) => {
    const layer = /^mlp\.layers\.(\d+)\.(weight|bias)$/.exec(name);
    return [
      layer ? `${layer[2] === 'weight' ? 'W' : 'b'}${layer[1]}` : name.split('.')[1],
      { shape, values: data },
    ];
  });
  return twin.paramsFrom(Object.fromEntries(named));
}

function setGolden(net: Network, tensors: TensorsGolden): void {
  const named = Object.entries(tensors).map(([name, { shape, values }]) => [
    tensorName(name),
    { shape, data: Float32Array.from(values) },
  ]);
  net.setTensors(Object.fromEntries(named));
}

/** Gives every level an alpha and a beta of its own. */
function spread(net: Network): void {
  const tensors = net.tensors();
  tensors['rf_layer.alpha'].data.forEach((_, l, alpha) => {
    alpha[l] = 1.3 * Math.cos(1 + 2 * l);
    tensors['rf_layer.beta'].data[l] = 0.7 * Math.sin(3 + l);
  });
  net.setTensors(tensors);
}

/** Outputs are of order one: the error of each over 1 + its magnitude. */
const error = (a: number, b: number) => Math.abs(a - b) / (1 + Math.abs(b));

forEachCore('network', (core) => {
  /** Largest error of all levels' scores at n points against the twin; throws unless each row is the same alone. */
  function scoreError(config: Partial<NetworkConfig>, seed: number, n: number): number {
    using net = network(core, config, { key: key(seed) });
    const { dim } = net.config;
    spread(net);
    const params = paramsOf(net);
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

  describe.each(cases.map((row) => [row.config.depth, row] as const))('golden, depth %i', (_, row) => {
    const { seed, ...sizes } = row.config;
    const config = { ...sizes, sigmaMin: row.sigmas[0], sigmaMax: row.sigmas.at(-1) };

    it('initial tensors within 2e-7 of JAX and Equinox, sigmas within 4 ulp', () => {
      using net = network(core, config, { key: key(seed) });
      const tensors = net.tensors();
      expect(Object.keys(tensors).sort()).toEqual(Object.keys(row.initial.tensors).map(tensorName).sort());
      for (const [name, { shape, values }] of Object.entries(row.initial.tensors)) {
        expect(tensors[tensorName(name)].shape).toEqual(shape);
        expect(relativeToLargest(tensors[tensorName(name)].data, values)).toBeLessThan(2e-7);
      }
      expect(worst(net.sigmas, row.sigmas, ulps)).toBeLessThanOrEqual(4);
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
  });

  it("the article's: initial tensors within 2e-7 of JAX and Equinox, sigmas within 11 ulp", () => {
    using net = network(core);
    const tensors = net.tensors();
    for (const name in article.initial) {
      expect(tensors[tensorName(name)].shape).toEqual(article.initial[name].shape);
      expect(summaryError(tensors[tensorName(name)].data, article.initial[name])).toBeLessThan(2e-7);
    }
    // JAX goes through float32 logarithms; ours are the exact ones rounded.
    expect(worst(net.sigmas, article.sigmas, ulps)).toBeLessThanOrEqual(11);
    expect(geomspace(0.5, 8, 5)).toEqual(Float32Array.of(0.5, 1, 2, 4, 8));
    expect(geomspace(3, 5, 1)).toEqual(Float32Array.of(3));
  });

  it('any sizes: scores within 3e-6 of the twin, a row alone has the bits it has in a batch', () => {
    const sizes = fc.record({
      dim: fc.integer({ min: 1, max: 5 }),
      features: fc.integer({ min: 1, max: 9 }),
      width: fc.integer({ min: 1, max: 9 }),
      depth: fc.integer({ min: 0, max: 3 }),
      levels: fc.integer({ min: 1, max: 4 }),
      featureScale: fc.constantFrom(0.5, 1, 2),
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
  ])('$dim dimensions, $features features, width $width, depth $depth: within 3e-6 of the twin', (config) => {
    expect(scoreError(config, 5, 19)).toBeLessThan(3e-6);
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

  it('tensors are copies and come back as they were set', () => {
    using net = network(core, cases[0].config, { key: key(4) });
    spread(net);
    const tensors = net.tensors();
    using score = net.at(1);
    const x = normal(core, key(1), [3, 3]);
    const before = score.score(x);
    const kept = structuredClone(tensors);
    for (const { data } of Object.values(tensors)) data.fill(0);
    expect(sameBits(score.score(x), before)).toBe(true);
    net.setTensors(tensors);
    expect([...score.score(x)]).toEqual(Array(9).fill(0));
    net.setTensors(kept);
    expect(net.tensors()).toEqual(kept);
    expect(sameBits(score.score(x), before)).toBe(true);
  });

  it('flat and named are inverses', () => {
    using net = network(core, cases[1].config);
    const flat = Float32Array.from({ length: net.count }, (_, i) => i);
    expect(net.flat(net.named(flat))).toEqual(flat);
    expect(Object.keys(net.named(flat))).not.toContain('rf_layer.B_cos');
  });

  it('at() follows the network through setTensors and training', async () => {
    using net = network(core, { dim: 1, features: 3, width: 4, depth: 1, levels: 2, sigmaMin: 0.1 });
    using score = net.at(1);
    const x = Float32Array.of(0.1, 0.6);
    const seen = [score.score(x)];
    spread(net);
    seen.push(score.score(x));
    const data = { dim: 1, points: Float32Array.of(0, 1), logits: new Float32Array(2) };
    await drain(train(net, data, { batch: 4, steps: 2 }));
    seen.push(score.score(x));
    expect(sameBits(seen[0], seen[1]) || sameBits(seen[1], seen[2])).toBe(false);
    using fresh = net.at(1);
    expect(sameBits(score.score(x), fresh.score(x))).toBe(true);
  });

  it('dispose gives back all memory', () => {
    const { used } = core.memory;
    const net = network(core, cases[0].config);
    const score = net.at(0);
    score.score(new Float32Array(30));
    score.dispose();
    net.dispose();
    expect(core.memory.used).toBe(used);
  });

  it('bad tensors give one line that names them and change nothing', () => {
    using net = network(core, cases[0].config);
    const kept = net.tensors();
    const message = (change: (tensors: typeof kept) => void) => {
      const tensors = structuredClone(kept);
      change(tensors);
      return oneLine(() => net.setTensors(tensors));
    };
    for (const name of Object.keys(kept)) {
      expect(message((t) => delete t[name])).toMatch(new RegExp(`^network: tensor ${name} is missing;`));
      const { shape, data } = kept[name];
      expect(
        message((t) => {
          t[name].data[data.length - 1] = Number.NaN;
        }),
      ).toBe(`network: tensor ${name} must be finite, got NaN at index ${data.length - 1}`);
      expect(
        message((t) => {
          t[name].shape = [...shape, 1];
        }),
      ).toBe(`network: tensor ${name} must have shape [${shape}], got [${shape},1]`);
      expect(
        message((t) => {
          t[name].data = data.slice(1);
        }),
      ).toMatch(new RegExp(`^network: tensor ${name} must have`));
    }
    expect(net.tensors()).toEqual(kept);
  });

  it('bad options give one line that names them, and take no memory', () => {
    const { used } = core.memory;
    const message = (config: Partial<NetworkConfig>) => oneLine(() => network(core, config));
    for (const name of ['dim', 'features', 'width', 'levels'] as const) {
      for (const value of [0, -1, 2.5, Number.NaN]) {
        expect(message({ [name]: value })).toBe(`network: ${name} must be a positive integer, got ${value}`);
      }
    }
    expect(message({ depth: -1 })).toBe('network: depth must be an integer of at least 0, got -1');
    for (const name of ['featureScale', 'sigmaMin', 'sigmaMax'] as const) {
      for (const value of [0, -1, Infinity, Number.NaN]) {
        expect(message({ [name]: value })).toBe(
          `network: ${name} must be a positive finite number, got ${value}`,
        );
      }
    }
    expect(message({ sigmaMin: 2 })).toBe('network: sigmaMin must be below sigmaMax, got 2 and 1');
    expect(message({ output: 'x' as 'noise' })).toBe("network: output must be 'score' or 'noise', got \"x\"");
    const bad = new Uint32Array(3);
    expect(oneLine(() => network(core, {}, { key: bad }))).toMatch(
      /^network: key must be a Uint32Array of 2 words/,
    );
    expect(core.memory.used).toBe(used);
  });

  it('a level outside the network gives one line that names it', () => {
    using net = network(core, { ...defaultNetwork, levels: 3, features: 2, width: 2 });
    for (const level of [-1, 3, 0.5, Number.NaN]) {
      expect(oneLine(() => net.at(level))).toBe(
        `network.at: level must be an integer from 0 to 2, got ${level}`,
      );
    }
  });
});
