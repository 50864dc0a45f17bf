// The weights that come with the page: what their networks are worth, and what packing costs.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  builtInImage,
  builtInImages,
  decodeDenoiserWeights,
  decodeWeights,
  digits,
  evaluate,
  heldOutErrors,
  imageDistribution,
  imagePoints,
  key,
  linearDenoisers,
  loadCore,
  loadDenoiser,
  loadNetwork,
  normal,
  presets,
  readSafetensors,
  writeSafetensors,
} from '../../src/index.js';
import { unpackWeights } from '../../src/page/weights/unpack.js';

const fileOf = (name: string) =>
  new Uint8Array(readFileSync(new URL(`../../src/page/weights/${name}.safetensors`, import.meta.url)));
const core = await loadCore();

describe('weights that come with the page', () => {
  it('are 600 KB together, the digits’ less than 400', () => {
    const sizes = [...builtInImages, 'digits'].map((name) => fileOf(name).length);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(600e3);
    expect(fileOf('digits').length).toBeLessThan(400e3);
  });

  it.each(builtInImages)(
    'of %s: the default settings’ network, whose loss is less than 0.05 above the best possible',
    async (name) => {
      const weights = decodeWeights(unpackWeights(fileOf(name), name));
      expect(weights.config).toEqual(presets.quick.network);
      expect(weights.step).toBe(presets.quick.training.steps);
      const net = loadNetwork(core, weights);
      const levels = [0, 6, 12, 17, 23, 29];
      const data = imageDistribution(builtInImage(name));
      let [excess, best] = [0, 0];
      for await (const quality of evaluate(net, data, { levels, samples: 512 })) {
        excess += quality.excess;
        best += quality.bestLoss;
      }
      net.dispose();
      expect(excess / levels.length).toBeLessThan(0.05);
      expect(best / levels.length).toBeGreaterThan(0.1);
    },
  );

  it('of digits: errs less on digits it has not seen than the best linear denoiser of 2,000 does', async () => {
    const denoiser = loadDenoiser(core, decodeDenoiserWeights(unpackWeights(fileOf('digits'), 'digits')), {
      averaged: false,
    });
    expect(denoiser.network.labels).toBe(11);
    const linear = linearDenoisers(core, imagePoints(digits(core, key(0), 2000, { size: 20 })));
    const { dim, points } = imagePoints(digits(core, key(1), 60, { size: 20 }));
    // Of the linear denoiser's error, at each sigma.
    const most = { 0.1: 0.25, 0.25: 0.35, 0.5: 0.5, 1: 0.85 };
    const sigmas = Object.keys(most).map(Number);
    const compared = heldOutErrors(
      { dim, points },
      { sigmas, denoisers: (sigma) => ({ own: denoiser.at(sigma), linear: linear.at(sigma) }) },
    );
    for await (const { sigma, errors } of compared)
      expect(errors.own / errors.linear, `at ${sigma}`).toBeLessThan(most[sigma as keyof typeof most]);
    denoiser.dispose();
  });

  it('are packed with errors of at most 1 / 254 of an input’s largest weight, and keep small tensors and metadata', async () => {
    const { packWeights } = (await import(
      String(new URL('../../src/page/weights/pack.mjs', import.meta.url))
    )) as { packWeights(file: Uint8Array): Uint8Array };
    const drawn = (seed: number, shape: number[]) => ({ shape, data: normal(core, key(seed), shape) });
    const tensors = {
      matrix: drawn(1, [40, 30]),
      kernel: drawn(2, [8, 16, 3, 3]),
      bias: drawn(3, [40]),
      frequencies: drawn(4, [128, 2]),
    };
    const packed = packWeights(writeSafetensors(tensors, { kind: 'a test' }));
    const { tensors: back, metadata } = readSafetensors(unpackWeights(packed, 'a test'));
    expect(metadata).toEqual({ kind: 'a test' });
    expect(Object.keys(back)).toEqual(Object.keys(tensors));
    for (const name of ['bias', 'frequencies'] as const) expect(back[name]).toEqual(tensors[name]);
    for (const name of ['matrix', 'kernel'] as const) {
      const { shape, data } = tensors[name];
      expect(back[name].shape).toEqual(shape);
      const taps = data.length / shape[0] / shape[1];
      const inputOf = (i: number) => Math.floor(i / taps) % shape[1];
      const most = new Float32Array(shape[1]);
      for (const [i, v] of data.entries()) most[inputOf(i)] = Math.max(most[inputOf(i)], Math.abs(v));
      for (const [i, v] of data.entries())
        expect(Math.abs(back[name].data[i] - v)).toBeLessThanOrEqual((0.5001 / 127) * most[inputOf(i)]);
    }
    expect(() => unpackWeights(new Uint8Array(9), 'nothing')).toThrow('nothing');
  });
});
