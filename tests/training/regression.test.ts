import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { makeCalls } from '../../src/core/job.js';
import { readSafetensors } from '../../src/formats/safetensors.js';
import {
  type DenoiserConfig,
  key,
  type Layout,
  type LearnedDenoiser,
  learnedDenoiser,
  mlp,
  normal,
  split,
  unet,
} from '../../src/index.js';
import type { Tensor } from '../../src/networks/planned.js';
import { Unet } from '../../src/networks/unet.js';
import { unetConfig } from '../../src/networks/unetConfig.js';
import { weightOf } from '../../src/training/denoiserConfig.js';
import { DenoisingRegression, type NoisyPoint } from '../../src/training/regression.js';
import { forEachCore, relativeToLargest, sameBits } from '../cores.js';
import { noise } from '../networks/layerRun.js';
import { runTimed } from '../networks/timedRun.js';
import * as twin from '../reference/mlp.js';

const folder = new URL('../golden/', import.meta.url);
const read = (name: string) => readSafetensors(readFileSync(new URL(name, folder)), name);

const GUARD = 0xabcdef01;

/** One call of the kernel: the loss of points x [n, dim], and its gradients, flat and by name. */
function regression(
  denoiser: LearnedDenoiser,
  x: Float32Array,
  points: NoisyPoint[],
  { layout = 'original', panels = 1 }: { layout?: Layout; panels?: number } = {},
) {
  const { core, network, dim } = denoiser;
  const { memory } = core;
  const n = points.length;
  const objective = new DenoisingRegression(denoiser, { batch: n, layout, panels });
  const { pointWords } = objective;
  const count = Math.ceil(network.count / 4) * 4;
  const at = memory.take(4 * (pointWords * n + count + 1) + 64);
  const gradient = Math.ceil((at + 4 * pointWords * n) / 16) * 16;
  const lossAt = memory.take(8);
  const words = new Uint32Array(pointWords * n);
  points.forEach((point, i) => {
    const coordinates = objective.write(words.subarray(i * pointWords, (i + 1) * pointWords), point);
    expect(coordinates.length).toBe(dim);
    coordinates.set(x.subarray(i * dim, (i + 1) * dim));
  });
  memory.u32(at, words.length).set(words);
  memory.f32(gradient, count).fill(Number.NaN);
  memory.u32(gradient + 4 * count, 1)[0] = GUARD;
  makeCalls(core.wasm, [objective.call(at, n, gradient, lossAt)]);
  expect(memory.u32(gradient + 4 * count, 1)[0]).toBe(GUARD);
  const flat = memory.f32(gradient, network.count).slice();
  const [loss] = memory.f64(lossAt, 1);
  objective.dispose();
  memory.give(at);
  memory.give(lossAt);
  return { loss, flat, gradients: network.named(flat) };
}

/** Points of uneven noises, weights and labels. */
function pointsOf(n: number, labels = 0): NoisyPoint[] {
  return split(key(8), n).map((of, i) => ({
    ...{ key: of, sigma: 0.05 * 1.6 ** i, weight: 1 / (1 + i), label: labels > 0 ? (3 * i) % labels : 0 },
  }));
}

/** y = x + sigma z of the rows of x, as float32 has them. */
function noisy(
  denoiser: LearnedDenoiser,
  x: Float32Array,
  points: NoisyPoint[],
  layout?: Layout,
): Float32Array {
  const { core, dim } = denoiser;
  const z = points.map((point) => normal(core, point.key, [dim], { layout }));
  return x.map((v, i) => {
    const point = Math.floor(i / dim);
    return v + Math.fround(Math.fround(points[point].sigma) * z[point][i % dim]);
  });
}

/** The mean over points and coordinates of weight (D - x)^2. */
function meanSquare(clean: ArrayLike<number>, x: Float32Array, points: NoisyPoint[]): number {
  const dim = x.length / points.length;
  return (
    x.reduce((sum, v, i) => sum + points[Math.floor(i / dim)].weight * (clean[i] - v) ** 2, 0) / x.length
  );
}

forEachCore('least-squares denoising', (core) => {
  it("a batch of a U-Net: PyTorch's denoised points and loss within 2e-6, gradients within 2e-5 of their largest entries", () => {
    const { tensors, metadata } = read('denoising.safetensors');
    const floats = (name: string) => tensors[name].data as Float32Array;
    const [x, z, sigmas] = [floats('x'), floats('z'), floats('sigmas')];
    const labels = tensors.labels.data as Uint32Array;
    const config = unetConfig(JSON.parse(readFileSync(new URL('unet/a/config.json', folder), 'utf8')));
    using network = new Unet(core, config);
    const { tensors: weights } = read('unet/a/diffusion_pytorch_model.safetensors');
    network.setTensors(weights as Record<string, Tensor>);
    const denoiser = learnedDenoiser(network, { sigmaData: Number(metadata.sigmaData) });
    const { dim } = denoiser;
    const of = Array.from(sigmas, (sigma) => denoiser.coefficients(sigma));
    const point = (i: number) => of[Math.floor(i / dim)];
    const y = x.map((v, i) => v + sigmas[Math.floor(i / dim)] * z[i]);
    expect(relativeToLargest(denoiser.denoise(y, sigmas, labels), floats('denoised'))).toBeLessThan(2e-6);
    const given = { x: y.map((v, i) => point(i).in * v), times: of.map(({ time }) => time), labels };
    let loss = 0;
    const { gradients } = runTimed(network, given, (outputs) =>
      outputs.map((output, i) => {
        const { skip, out } = point(i);
        const weight = out ** -2;
        const difference = skip * y[i] + out * output - x[i];
        loss += (weight * difference ** 2) / x.length;
        return (2 * weight * out * difference) / x.length;
      }),
    );
    expect(Math.abs(loss / tensors.loss.data[0] - 1)).toBeLessThan(2e-6);
    for (const [name, data] of Object.entries(gradients)) {
      if (name.endsWith('to_k.bias')) continue;
      expect(relativeToLargest(data, floats(`gradient.${name}`)), name).toBeLessThan(2e-5);
    }
  });

  it.each([
    ['karras', 'original'],
    ['noise', 'partitionable'],
    ['clean', 'original'],
    ['velocity', 'original'],
    ['score', 'original'],
  ] as const)(
    '%s, %s layout: the loss is that of denoise() for the same draws within 1e-5, with labels and weights',
    (parameterisation, layout) => {
      const [dim, n] = [19, 13];
      using network = mlp(core, { height: 1, width: 1, channels: dim }, { hidden: 9, depth: 1, classes: 2 });
      const denoiser = learnedDenoiser(network, { parameterisation });
      const x = noise(n * dim, 4);
      const points = pointsOf(n, 3);
      const y = noisy(denoiser, x, points, layout);
      const clean = denoiser.denoise(
        y,
        points.map(({ sigma }) => sigma),
        points.map(({ label }) => label),
      );
      const { loss } = regression(denoiser, x, points, { layout });
      expect(Math.abs(loss / meanSquare(clean, x, points) - 1)).toBeLessThan(1e-5);
    },
  );

  it('over a U-Net with labels: the same, in blocks of 8 and of 16 points', () => {
    const classes = { channels: [8, 8], groups: 4, classes: 4 };
    using network = unet(core, { height: 4, width: 6, channels: 2 }, classes);
    const denoiser = learnedDenoiser(network);
    const [n, dim] = [11, 48];
    const x = noise(n * dim, 5);
    const points = pointsOf(n, 5);
    const sigmas = points.map(({ sigma }) => sigma);
    const clean = denoiser.denoise(
      noisy(denoiser, x, points),
      sigmas,
      points.map(({ label }) => label),
    );
    const [one, two] = [1, 2].map((panels) => regression(denoiser, x, points, { panels }));
    expect(Math.abs(one.loss / meanSquare(clean, x, points) - 1)).toBeLessThan(1e-5);
    expect(two.loss).toBe(one.loss);
    expect(relativeToLargest(two.flat, one.flat)).toBeLessThan(1e-6);
  });

  it.each<[string, Partial<DenoiserConfig>]>([
    ['karras', {}],
    ['noise', { parameterisation: 'noise', time: { kind: 'ddpm' } }],
    ['velocity', { parameterisation: 'velocity', sigmaData: 2 }],
  ])(
    '%s: every gradient of a small network within 1e-5 of the largest of all from differences of the loss in float64',
    (_, config) => {
      const [dim, n] = [3, 10];
      using network = mlp(core, { height: 1, width: 1, channels: dim }, { hidden: 5, depth: 1, classes: 1 });
      network.setParameters(noise(network.count, 3));
      const denoiser = learnedDenoiser(network, config);
      const x = noise(n * dim, 6);
      const points = pointsOf(n, 2);
      const y = noisy(denoiser, x, points);
      const of = points.map(({ sigma }) => denoiser.coefficients(sigma));
      const point = (i: number) => Math.floor(i / dim);
      const input = { shape: [n, dim], data: Float64Array.from(y, (v, i) => of[point(i)].in * v) };
      const given = {
        x: input,
        // In float32, as the network is told it.
        times: of.map(({ time }) => time),
        labels: points.map(({ label }) => label),
      };
      const tensors = network.tensors();
      const lossOf = (parameters: Parameters<typeof twin.mlp>[0]) => {
        const F = twin.mlp(parameters, given).data;
        const clean = Float64Array.from(y, (v, i) => of[point(i)].skip * v + of[point(i)].out * F[i]);
        return meanSquare(clean, x, points);
      };
      const { loss, gradients } = regression(denoiser, x, points);
      expect(Math.abs(loss / lossOf(tensors) - 1)).toBeLessThan(1e-5);
      const all = Object.values(gradients).flatMap(({ data }) => Array.from(data, Math.abs));
      const scale = Math.max(...all);
      for (const [name, { shape, data }] of Object.entries(gradients)) {
        data.forEach((got, entry) => {
          const moved = (by: number) => {
            const changed = Float64Array.from(tensors[name].data);
            changed[entry] += by;
            return lossOf({ ...tensors, [name]: { shape, data: changed } });
          };
          const difference = (moved(1e-4) - moved(-1e-4)) / 2e-4;
          expect(Math.abs(got - difference) / scale, `${name}[${entry}]`).toBeLessThan(1e-5);
        });
      }
    },
  );

  it('a point of no weight gives nothing, and one of twice the weight twice as much: the same bits', () => {
    using network = mlp(core, { height: 1, width: 1, channels: 5 }, { hidden: 6, depth: 1 });
    const denoiser = learnedDenoiser(network, { parameterisation: 'clean' });
    const x = noise(5, 6);
    const [point] = pointsOf(1);
    const one = regression(denoiser, x, [point]);
    const twice = regression(denoiser, x, [{ ...point, weight: 2 }]);
    const none = regression(denoiser, x, [{ ...point, weight: 0 }]);
    expect(twice.loss).toBe(2 * one.loss);
    expect(
      sameBits(
        twice.flat,
        one.flat.map((v) => 2 * v),
      ),
    ).toBe(true);
    expect(none.loss).toBe(0);
    expect(none.flat.every((v) => v === 0)).toBe(true);
  });

  it('karras with weight output: the loss of a network that gives 0 is about 1 at any noise, for data of deviation sigmaData', () => {
    const dim = 4000;
    using network = mlp(core, { height: 1, width: 1, channels: dim }, { hidden: 1, depth: 0 });
    network.setParameters(new Float32Array(network.count));
    const denoiser = learnedDenoiser(network, { sigmaData: 0.3 });
    const x = normal(core, key(1), [dim]).map((z) => 0.3 * z);
    for (const sigma of [0.01, 0.3, 20]) {
      const point = { key: key(2), sigma, weight: weightOf('output', denoiser.config, sigma), label: 0 };
      const { loss } = regression(denoiser, x, [point]);
      // A mean of squares of 4,000 normal variables has a standard error of 0.022.
      expect(Math.abs(loss - 1)).toBeLessThan(0.1);
    }
  });

  it('gives back its memory', () => {
    using network = mlp(core, { height: 1, width: 1, channels: 2 }, { hidden: 3, depth: 0 });
    const { used } = core.memory;
    regression(learnedDenoiser(network), noise(4, 1), pointsOf(2));
    expect(core.memory.used).toBe(used);
  });
});
