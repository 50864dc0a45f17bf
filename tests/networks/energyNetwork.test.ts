import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type EnergyNetworkOptions, energyNetwork, key } from '../../src/index.js';
import { EnergyNetwork } from '../../src/networks/energyNetwork.js';
import { forEachCore, relativeToLargest, sameBits } from '../cores.js';
import { oneLine } from '../formats/oneLine.js';
import { energyOf } from '../reference/energy.js';
import { energyGolden, goldenDifference, goldenEnergy } from './energyGolden.js';
import { noise } from './layerRun.js';
import { runTimed } from './timedRun.js';

const point = (x: ArrayLike<number>, dim: number, s: number) => Array.from(x).slice(s * dim, (s + 1) * dim);

it('the twin: its gradient is that of its scalar by differences, relative error < 1e-7', () => {
  const shapes: [string, number[]][] = [
    ['features.frequencies', [2, 3, 2]],
    ['embedding.time.weight', [4, 13]],
    ['embedding.time.bias', [4]],
    ...[0, 1].flatMap((l): [string, number[]][] => [
      [`shift.${l}.weight`, [4, 4]],
      [`shift.${l}.bias`, [4]],
      [`layers.${l}.weight`, [4, l === 0 ? 8 : 4]],
      [`layers.${l}.bias`, [4]],
    ]),
    ['out.weight', [1, 4]],
    ['out.bias', [1]],
  ];
  const parameters = Object.fromEntries(
    shapes.map(([name, shape], i) => [
      name,
      {
        shape,
        data: noise(
          shape.reduce((a, b) => a * b),
          i,
        ),
      },
    ]),
  );
  const x = [0.3, -0.8];
  const { gradient } = energyOf(parameters, x, 0.4);
  const h = 1e-5;
  gradient.forEach((slope, d) => {
    const at = (by: number) =>
      energyOf(
        parameters,
        x.map((v, i) => (i === d ? v + by : v)),
        0.4,
      ).phi;
    expect(Math.abs((at(h) - at(-h)) / (2 * h) - slope) / Math.abs(slope)).toBeLessThan(1e-7);
  });
});

forEachCore('gradient network', (core) => {
  const sizes = fc.record({
    ...{ n: fc.integer({ min: 1, max: 11 }), dim: fc.integer({ min: 1, max: 7 }) },
    ...{ hidden: fc.integer({ min: 1, max: 30 }), depth: fc.integer({ min: 1, max: 3 }) },
    ...{ features: fc.integer({ min: 0, max: 5 }), seed: fc.integer({ min: 0, max: 1000 }) },
  });

  it('any sizes: outputs within 5e-6 of the gradient of the twin, gradients within 1e-5 of the largest of all from differences, a sample alone the bits it has in a batch', () => {
    const property = fc.property(sizes, ({ n, dim, hidden, depth, features, seed }) => {
      using network = new EnergyNetwork(core, {
        ...{ height: 1, width: 1, channels: dim, hidden, depth, features },
        ...{ featureScale: 0.2, featureSpread: 2 },
      });
      network.initialise(key(seed));
      network.setParameters(noise(network.count, seed));
      const times = Array.from({ length: n }, (_, i) => 0.3 * i - 0.7);
      const x = noise(n * dim, seed + 1);
      const dy = noise(n * dim, seed + 2);
      const tensors = network.tensors();
      const { y, gradients } = runTimed(network, { x, times }, () => dy);
      const outputs = times.flatMap((time, s) => energyOf(tensors, point(x, dim, s), time).gradient);
      expect(relativeToLargest(y, outputs)).toBeLessThan(5e-6);
      expect(sameBits(network.predict(x, times), y)).toBe(true);
      const scale = Math.max(...Object.values(gradients).flatMap((data) => Array.from(data, Math.abs)));
      for (const [name, data] of Object.entries(gradients)) {
        for (const entry of new Set([0, data.length >> 1, data.length - 1])) {
          const moved = (by: number) => {
            const changed = Float64Array.from(tensors[name].data);
            changed[entry] += by;
            const of = { ...tensors, [name]: { shape: tensors[name].shape, data: changed } };
            const out = times.flatMap((time, s) => energyOf(of, point(x, dim, s), time).gradient);
            return dy.reduce((sum, d, i) => sum + d * out[i], 0);
          };
          const difference = (moved(1e-4) - moved(-1e-4)) / 2e-4;
          expect(Math.abs(data[entry] - difference) / scale, `${name}[${entry}]`).toBeLessThan(1e-5);
        }
      }
    });
    fc.assert(property, { numRuns: 40, seed: 7 });
  });

  it("JAX's network: outputs within 3e-6 of its grad of the scalar, gradients of least-squares denoising within 1e-5 of a root mean square of those through that grad", () => {
    const { network, denoiser, x, z } = goldenEnergy(core);
    const times = [0, 1, 2, 3, 4, 5].map((i) => 0.3 * i - 0.7);
    expect(relativeToLargest(network.predict(x, times), energyGolden.gradient.flat())).toBeLessThan(3e-6);
    times.forEach((time, s) => {
      const { phi } = energyOf(network.tensors(), point(x, 2, s), time);
      expect(Math.abs(phi - energyGolden.phi[s])).toBeLessThan(1e-6);
    });
    const noises = times.map((_, i) => 0.2 * 1.5 ** i);
    const coefficients = noises.map((sigma) => denoiser.coefficients(sigma));
    const y = Array.from(x, (v, i) => v + noises[i >> 1] * z[i]);
    const input = Float32Array.from(y, (v, i) => v * coefficients[i >> 1].in);
    let loss = 0;
    const batch = { x: input, times: coefficients.map(({ time }) => time) };
    const { gradients } = runTimed(network, batch, (outputs) =>
      Array.from(outputs, (F, i) => {
        const { skip, out } = coefficients[i >> 1];
        const difference = skip * y[i] + out * F - x[i];
        loss += difference ** 2 / 12;
        return (2 * out * difference) / 12;
      }),
    );
    expect(Math.abs(loss - energyGolden.denoising.loss)).toBeLessThan(1e-6);
    expect(goldenDifference(gradients, energyGolden.denoising.gradients)).toBeLessThan(1e-5);
    network.dispose();
  });

  it('its scalar has the same parameters in the same order', () => {
    using network = energyNetwork(core, { height: 1, width: 1, channels: 2 }, { hidden: 9, features: 5 });
    using scalar = network.scalar();
    expect(scalar.plan.parameters.map(({ name, first }) => [name, first])).toEqual(
      network.plan.parameters.map(({ name, first }) => [name, first]),
    );
    expect(sameBits(scalar.parameters(), network.parameters())).toBe(true);
  });

  it('a new one has the sizes that its options say, weights and frequencies by the key, and takes both from tensors', () => {
    const shape = { height: 2, width: 3, channels: 2 };
    const options = { hidden: 8, depth: 3, features: 5, featureScale: 0.5, featureSpread: 4 };
    using network = energyNetwork(core, shape, { ...options, key: key(2) });
    expect(network.config).toEqual({ ...shape, ...options });
    expect(network.dim).toBe(12);
    using other = energyNetwork(core, shape, options);
    const frequencies = (of: EnergyNetwork) => of.tensors()['features.frequencies'];
    expect(frequencies(network).shape).toEqual([2, 5, 12]);
    expect(sameBits(frequencies(other).data, frequencies(network).data)).toBe(false);
    other.setTensors(network.tensors());
    const x = noise(24, 1);
    expect(sameBits(other.predict(x, [0.1, 0.2]), network.predict(x, [0.1, 0.2]))).toBe(true);
    using plain = energyNetwork(core, shape);
    expect(plain.config).toMatchObject({ hidden: 128, depth: 2, features: 0 });
    expect(Object.keys(plain.tensors())).not.toContain('features.frequencies');
  });

  it.each<[EnergyNetworkOptions | object, object, string]>([
    [{ hidden: 0 }, {}, 'energyNetwork: hidden must be a positive integer, got 0'],
    [{ depth: 0 }, {}, 'energyNetwork: depth must be a positive integer, got 0'],
    [{ depth: 1e9 }, {}, 'energyNetwork: depth must be at most 1000, got 1000000000'],
    [{ features: -1 }, {}, 'energyNetwork: features must be an integer of at least 0, got -1'],
    [{ featureScale: 0 }, {}, 'energyNetwork: featureScale must be a positive finite number, got 0'],
    [{ featureSpread: NaN }, {}, 'energyNetwork: featureSpread must be a positive finite number, got NaN'],
    [{}, { channels: 0 }, 'energyNetwork: channels must be a positive integer, got 0'],
    [{ key: [1] }, {}, 'energyNetwork: key must be'],
    [{ hidden: 20_000 }, {}, 'network: '],
  ])('refuses %o over %o, and takes nothing', (options, shape, message) => {
    const { used } = core.memory;
    const run = () =>
      energyNetwork(core, { height: 1, width: 1, channels: 2, ...shape }, options as EnergyNetworkOptions);
    expect(oneLine(run)).toContain(message);
    expect(core.memory.used).toBe(used);
  });
});
