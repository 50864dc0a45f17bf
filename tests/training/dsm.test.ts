import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  foldIn,
  type Key,
  key,
  type Layout,
  type Network,
  type NetworkConfig,
  network,
  normal,
  uniform,
} from '../../src/index.js';
import {
  dsmGradient,
  forEachCore,
  relativeToLargest,
  setGolden,
  smallSizes,
  spreadLevels,
  tensorName,
  twinOf,
  twinTensors,
  worst,
} from '../cores.js';
import { type DiffusionGolden, golden, type NetworkGolden } from '../golden.js';
import { differences } from '../reference/errors.js';
import * as twin from '../reference.js';

const { cases } = golden<NetworkGolden>('network');

/** A batch of B points in the unit cube with their noise keys. */
function batchOf(net: Network, B: number): { x: Float32Array; keys: Key[] } {
  const x = uniform(net.core, key(21), [B, net.config.dim]);
  return { x, keys: Array.from({ length: B }, (_, b) => foldIn(key(22), b)) };
}

/** The points [B][D], and their noisy copies [B][L][D] as float32 arithmetic makes them. */
function noisyOf(net: Network, x: Float32Array, keys: Key[], layout: Layout) {
  const { dim, levels } = net.config;
  const points = keys.map((_, b) => [...x.subarray(b * dim, (b + 1) * dim)]);
  const noisy = keys.map((k, b) => {
    const z = normal(net.core, k, [levels, dim], { layout });
    return Array.from(net.sigmas, (sigma, l) =>
      points[b].map((v, d) => Math.fround(v + Math.fround(z[l * dim + d] * sigma))),
    );
  });
  return { points, noisy };
}

forEachCore('denoising score matching', (core) => {
  describe.each(cases.map((row) => [row.config.depth, row.config.encoding ?? 'plain', row] as const))(
    'golden, depth %i, %s',
    (_, __, row) => {
      it.each(['initial', 'shifted'] as const)(
        '%s: loss within 3e-7, every gradient within 2e-6 of JAX',
        (state) => {
          using net = network(core, { ...row.config, sigmaMin: 0.05, sigmaMax: 1 });
          const { tensors, loss, gradients } = row[state];
          setGolden(net, tensors);
          const got = dsmGradient(net, Float32Array.from(row.points.flat()), row.keys);
          expect(Math.abs(got.loss / loss - 1)).toBeLessThan(3e-7);
          expect(Object.keys(got.gradients).sort()).toEqual(Object.keys(gradients).map(tensorName).sort());
          for (const [name, { values }] of Object.entries(gradients)) {
            expect(relativeToLargest(got.gradients[tensorName(name)].data, values)).toBeLessThan(2e-6);
          }
        },
      );
    },
  );

  it('least-squares denoising, depth 2: loss within 3e-7, every gradient within 2e-6 of JAX', () => {
    const [row] = cases;
    using net = network(core, { ...row.config, sigmaMin: 0.05, sigmaMax: 1 });
    setGolden(net, row.shifted.tensors);
    const { loss, gradients } = golden<DiffusionGolden>('diffusion').denoising;
    const got = dsmGradient(net, Float32Array.from(row.points.flat()), row.keys, 'original', 'denoiser');
    expect(Math.abs(got.loss / loss - 1)).toBeLessThan(3e-7);
    expect(Object.keys(got.gradients).sort()).toEqual(Object.keys(gradients).map(tensorName).sort());
    for (const [name, { values }] of Object.entries(gradients)) {
      expect(relativeToLargest(got.gradients[tensorName(name)].data, values)).toBeLessThan(2e-6);
    }
  });

  it.each([
    { dim: 2, features: 6, width: 10, depth: 2, levels: 7, B: 20 },
    { dim: 3, features: 5, width: 7, depth: 0, levels: 4, B: 9 },
  ])(
    'least-squares denoising of $dim dimensions: within 1e-6 of its definition, gradients 1e-5 of differences',
    ({ B, ...config }) => {
      using net = network(core, { ...config, sigmaMin: 0.1 }, { key: key(3) });
      spreadLevels(net);
      const { x, keys } = batchOf(net, B);
      const got = dsmGradient(net, x, keys, 'original', 'denoiser');
      const { points, noisy } = noisyOf(net, x, keys, 'original');
      const tensors = twinTensors(net);
      const lossOf = (all: twin.Tensors) =>
        twin.denoisingLoss(twin.paramsFrom(all), points, noisy, [...net.sigmas]);
      expect(Math.abs(got.loss / lossOf(tensors) - 1)).toBeLessThan(1e-6);
      const want = twin.dsmLoss(twin.paramsFrom(tensors), points, noisy, [...net.sigmas], (s) => s ** 4);
      expect(Math.abs(got.loss / want.loss - 1)).toBeLessThan(1e-6);
      for (const [name, list] of Object.entries(twin.trainedLists(want.gradient))) {
        const { data } = got.gradients[tensorName(name)];
        expect(relativeToLargest(data, list)).toBeLessThan(1e-5);
        const { shape, values } = tensors[name];
        const numeric = differences(
          (v) => lossOf({ ...tensors, [name]: { shape, values: v } }),
          Array.from(values),
        );
        expect(relativeToLargest(data, numeric)).toBeLessThan(1e-5);
      }
      // The other objective is another loss.
      expect(Math.abs(dsmGradient(net, x, keys).loss / got.loss - 1)).toBeGreaterThan(0.1);
    },
  );

  /** Loss and gradients of a network with uneven alpha and beta against the twin's. */
  function errorsOf(config: Partial<NetworkConfig>, seed: number, B: number, layout: Layout) {
    using net = network(core, config, { key: key(seed) });
    spreadLevels(net);
    const { x, keys } = batchOf(net, B);
    const got = dsmGradient(net, x, keys, layout);
    const { points, noisy } = noisyOf(net, x, keys, layout);
    const want = twin.dsmLoss(twinOf(net), points, noisy, [...net.sigmas]);
    const gradients = Object.entries(twin.trainedLists(want.gradient)).map(([name, list]) =>
      relativeToLargest(got.gradients[tensorName(name)].data, list),
    );
    return {
      loss: Math.abs(got.loss / want.loss - 1),
      gradient: worst(
        gradients,
        gradients.map(() => 0),
        (a) => a,
      ),
    };
  }

  it('any sizes and layout: loss within 3e-7, every gradient within 2e-4 of the twin', () => {
    const sizes = fc.record({
      ...smallSizes,
      sigmaMin: fc.constantFrom(1e-3, 0.05, 0.5),
    });
    // At the largest sigma, averaged features of higher frequencies vanish, and their gradients cancel.
    const encodings = fc.constantFrom(
      { encoding: 'plain' as const },
      { encoding: 'averaged' as const, featureScale: 0.2 },
    );
    const layouts = fc.constantFrom<Layout>('original', 'partitionable');
    fc.assert(
      fc.property(
        sizes,
        fc.nat(1000),
        fc.integer({ min: 1, max: 12 }),
        layouts,
        encodings,
        (config, seed, B, layout, encoding) => {
          const { loss, gradient } = errorsOf({ ...config, ...encoding }, seed, B, layout);
          expect(loss).toBeLessThan(3e-7);
          // Of few rows a whole tensor may nearly cancel: most cases are within 1e-6.
          expect(gradient).toBeLessThan(2e-4);
        },
      ),
      { numRuns: 300, seed: 4 },
    );
  });

  it.each([
    { dim: 2, features: 6, width: 10, depth: 2, levels: 7, B: 50 },
    { dim: 2, features: 6, width: 10, depth: 2, levels: 7, B: 50, encoding: 'averaged' as const },
    { dim: 2, features: 6, width: 10, depth: 2, levels: 19, B: 50, encoding: 'averaged' as const },
    { dim: 3, features: 17, width: 70, depth: 3, levels: 4, B: 32 },
    { dim: 37, features: 3, width: 6, depth: 1, levels: 3, B: 43 },
    { dim: 2, features: 256, width: 128, depth: 3, levels: 30, B: 5 },
  ])(
    '$B points at $levels levels, $dim dimensions, more than a block of 128 rows: loss within 1e-7, gradients 1e-5',
    ({ B, ...config }) => {
      for (const layout of ['original', 'partitionable'] as const) {
        const { loss, gradient } = errorsOf(config, 6, B, layout);
        expect(loss).toBeLessThan(1e-7);
        expect(gradient).toBeLessThan(1e-5);
      }
    },
  );

  it.each(['score', 'noise'] as const)(
    'every gradient is that of the loss: differences in float64 within 3e-6, output %s',
    (output) => {
      for (const depth of [0, 1, 2]) {
        const config = { dim: 2, features: 3, width: 5, depth, levels: 3, sigmaMin: 0.1, output };
        using net = network(core, config, { key: key(8) });
        spreadLevels(net);
        const { x, keys } = batchOf(net, 5);
        const { loss, gradients } = dsmGradient(net, x, keys);
        const { points, noisy } = noisyOf(net, x, keys, 'original');
        const tensors = twinTensors(net);
        // The definition, written out once more.
        const lossOf = (all: twin.Tensors) => {
          const params = twin.paramsFrom(all);
          let sum = 0;
          for (const [b, levels] of noisy.entries()) {
            for (const [l, noisyPoint] of levels.entries()) {
              const sigma = net.sigmas[l];
              const scale = output === 'noise' ? 1 / sigma : 1;
              twin.networkScore(params, l, noisyPoint).forEach((s, d) => {
                sum += (sigma * (s * scale - (points[b][d] - noisyPoint[d]) / sigma ** 2)) ** 2;
              });
            }
          }
          return sum / (keys.length * 3 * 2);
        };
        expect(Math.abs(loss / lossOf(tensors) - 1)).toBeLessThan(1e-7);
        for (const name of Object.keys(tensors).filter((n) => !n.startsWith('B_'))) {
          const { shape, values } = tensors[name];
          const numeric = differences(
            (v) => lossOf({ ...tensors, [name]: { shape, values: v } }),
            Array.from(values),
          );
          expect(relativeToLargest(gradients[tensorName(name)].data, numeric)).toBeLessThan(3e-6);
        }
      }
    },
  );

  it('the loss and gradient of a batch are the means of its halves, within 5e-7', () => {
    using net = network(core, { dim: 2, features: 8, width: 9, depth: 2, levels: 5, sigmaMin: 0.05 });
    spreadLevels(net);
    const { x, keys } = batchOf(net, 40);
    const whole = dsmGradient(net, x, keys);
    const halves = [0, 20].map((b) => dsmGradient(net, x.subarray(2 * b, 2 * b + 40), keys.slice(b, b + 20)));
    expect(Math.abs((halves[0].loss + halves[1].loss) / 2 / whole.loss - 1)).toBeLessThan(5e-7);
    const mean = halves[0].flat.map((g, i) => (g + halves[1].flat[i]) / 2);
    expect(relativeToLargest(mean, whole.flat)).toBeLessThan(5e-7);
  });

  it('a NaN among the weights reaches the loss', () => {
    using net = network(core, { dim: 1, features: 2, width: 3, depth: 1, levels: 2 });
    const { x, keys } = batchOf(net, 3);
    core.memory.f32(net.pointer, net.count)[net.count - 1] = Number.NaN;
    net.changed();
    expect(dsmGradient(net, x, keys).loss).toBeNaN();
  });
});
