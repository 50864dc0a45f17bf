import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readSafetensors } from '../../src/formats/safetensors.js';
import { forEachCore, relativeToLargest, sameBits } from '../cores.js';
import type { Padding, Values } from '../reference/imageLayers.js';
import {
  addCase,
  attentionCase,
  concatenateCase,
  convCase,
  denseCase,
  embeddingCase,
  groupNormCase,
  imageValues,
  type LayerCase,
  type Sizes,
  siluCase,
  upsampleCase,
} from './layerCases.js';
import { noise, runLayer, values } from './layerRun.js';

interface Settings {
  layer: string;
  stride: number;
  padding: Padding;
  groups: number;
  eps: number;
  silu: boolean;
  heads: number;
}

const { tensors, metadata } = readSafetensors(
  readFileSync(new URL('../golden/imageLayers.safetensors', import.meta.url)),
);
/** Times as sines and cosines are a network's, not a layer's. */
const goldenCases = Object.entries(JSON.parse(metadata.cases) as Record<string, Settings>).filter(
  ([, { layer }]) => layer !== 'sinusoidal' && layer !== 'fourier',
);

/** Layers that PyTorch has under one name, and this library in two forms. */
function layersOf(name: string, settings: Settings): LayerCase[] {
  const given = (tensor: string): Values => tensors[`${name}.${tensor}`];
  const linear = { x: given('x'), weight: given('weight'), bias: given('bias') };
  switch (settings.layer) {
    case 'conv':
      return [convCase({ ...linear, step: settings.stride, pad: settings.padding[0] })];
    case 'groupNorm':
      return [groupNormCase(linear, settings)];
    case 'silu':
      return [siluCase(linear.x, 'rows'), siluCase(linear.x, 'panels')];
    case 'upsample':
      return [upsampleCase(linear.x)];
    case 'attention':
      return [attentionCase({ q: given('q'), k: given('k'), v: given('v') }, settings.heads)];
    case 'dense': {
      const { x, ...rest } = linear;
      const [n, inputs] = x.shape;
      // A linear layer is a convolution of one pixel, too.
      const pixel = { shape: [n, 1, 1, inputs], data: x.data };
      return [denseCase(linear), convCase({ x: pixel, ...rest, isLinear: true })];
    }
    case 'embedding':
      return [embeddingCase(given('ids').data, linear.weight)];
    default:
      throw new Error(`no layer ${settings.layer}`);
  }
}

/** Rows of a picture [n, h, w, c] cut to, or filled with zeros up to, another height and width. */
function resized({ shape: [n, height, width, channels], data }: Values, to: number[]): Float64Array {
  const out = new Float64Array(n * to[1] * to[2] * channels);
  for (let i = 0; i < out.length; i++) {
    const c = i % channels;
    const [sample, row, column] = [
      Math.floor(i / (channels * to[2] * to[1])),
      Math.floor(i / (channels * to[2])) % to[1],
      Math.floor(i / channels) % to[2],
    ];
    if (row < height && column < width)
      out[i] = data[((sample * height + row) * width + column) * channels + c];
  }
  return out;
}

/** The names of a case's arrays in the golden file. */
const goldenName = (name: string) => name.replace(/^(conv|norm|dense|table)\./, '');

function samplesOf({ given }: LayerCase): number {
  return Object.values(given.inputs)[0]?.shape[0] ?? given.labels?.length;
}

/** All arrays of a case by name. */
const arraysOf = ({ given: { inputs, parameters = {} } }: LayerCase) => ({ ...inputs, ...parameters });

/** Most entries of an array whose derivative is formed. */
const ENTRIES = 12;

forEachCore('layers of images', (core) => {
  describe("PyTorch's values, each layer alone in a plan", () => {
    it.each(goldenCases)(
      '%s: outputs and gradients within 2e-6 of the largest, by Winograd 5e-6',
      (name, settings) => {
        const bound = name.startsWith('conv3Lanes') ? 5e-6 : 2e-6;
        for (const layer of layersOf(name, settings)) {
          const golden = tensors[`${name}.y`];
          // With zeros below and to the right alone, PyTorch leaves out what does not fill a patch; here sizes are rounded up.
          const { shape } = layer.twin(arraysOf(layer));
          const isCut =
            golden.shape.join() !== shape.join() && settings.layer === 'conv' && shape.length === 4;
          const fitted = (tensor: Values) =>
            isCut && golden.shape.length === 4 ? resized(tensor, shape) : tensor.data;
          const dy = fitted(tensors[`${name}.dy`]);
          const run = runLayer(core, samplesOf(layer), layer.given, layer.build, dy);
          const y =
            isCut && golden.shape.length === 4 ? resized({ shape, data: run.y }, golden.shape) : run.y;
          expect(relativeToLargest(y, golden.data)).toBeLessThan(bound);
          expect(sameBits(run.alone, run.y)).toBe(true);
          for (const [array, data] of Object.entries(run.gradients)) {
            const want = tensors[`${name}.d${goldenName(array)}`];
            expect(relativeToLargest(data, want.data), array).toBeLessThan(bound);
          }
        }
      },
    );
  });

  /** Outputs against the twin, gradients against its differences, and samples alone against the batch. */
  function check(layer: LayerCase, { bound, gradientBound }: { bound: number; gradientBound: number }): void {
    const arrays: Record<string, Values> = arraysOf(layer);
    const want = layer.twin(arrays);
    const dy = noise(want.data.length, 99);
    const n = samplesOf(layer);
    const run = runLayer(core, n, layer.given, layer.build, dy);
    expect(relativeToLargest(run.y, want.data)).toBeLessThan(bound);
    expect(sameBits(run.alone, run.y)).toBe(true);
    for (const [name, got] of Object.entries(run.gradients)) {
      const { shape, data } = arrays[name];
      const step = Math.max(1, Math.floor(data.length / ENTRIES));
      const entries = Array.from({ length: Math.min(ENTRIES, data.length) }, (_, i) => i * step + (i % step));
      const differences = entries.map((entry) => {
        const moved = (by: number) => {
          const changed = Float64Array.from(data);
          changed[entry] += by;
          const y = layer.twin({ ...arrays, [name]: { shape, data: changed } }).data;
          return dy.reduce((sum, d, i) => sum + d * y[i], 0);
        };
        return (moved(1e-4) - moved(-1e-4)) / 2e-4;
      });
      const scale = got.reduce((most, v) => Math.max(most, Math.abs(v)), 1e-3);
      entries.forEach((entry, i) => {
        expect(Math.abs(got[entry] - differences[i]) / scale, `${name}[${entry}]`).toBeLessThan(
          gradientBound,
        );
      });
    }
  }

  const side = fc.integer({ min: 1, max: 9 });
  const sizes = fc.record({
    ...{ n: fc.integer({ min: 1, max: 11 }), height: side, width: side, channels: side, outputs: side },
    seed: fc.integer({ min: 0, max: 1000 }),
  });
  /**
   * Runs a property of any sizes, and of one pixel, of a picture that kernels do not go over at once, and of five pixels, alone and as
   * a half of a line: one less than a tile of rows has.
   */
  function anySizes(property: (sizes: Sizes) => void): void {
    const one = { n: 1, height: 1, width: 1, channels: 1, outputs: 1, seed: 3 };
    const large = { n: 2, height: 8, width: 17, channels: 3, outputs: 2, seed: 5 };
    const five = { n: 2, height: 1, width: 5, channels: 8, outputs: 8, seed: 7 };
    const ten = { ...five, height: 2, width: 10 };
    const examples = [one, large, five, ten].map((s): [Sizes] => [s]);
    fc.assert(fc.property(sizes, property), { numRuns: 40, seed: 11, examples });
  }

  it.each([
    ['1 x 1', 1, 1, 0],
    ['1 x 1, step 2', 1, 2, 0],
    ['3 x 3', 3, 1, 1],
    ['3 x 3 without padding above', 3, 1, 0],
    ['3 x 3, step 2', 3, 2, 1],
    ['3 x 3, step 2 without padding above', 3, 2, 0],
  ])(
    'conv of any sizes, %s, batches of 1 to 11: within 1e-6 of the twin, gradients within 4e-6 of differences, samples alone the same bits',
    (_, kernel, step, pad) => {
      anySizes((s) => {
        const { n, channels, outputs, seed } = s;
        const given = {
          x: imageValues(s),
          weight: values([outputs, channels, kernel, kernel], seed + 1),
          bias: values([outputs], seed + 2),
          ...(seed % 2 === 1 && { shift: values([n, outputs], seed + 3) }),
        };
        check(convCase({ ...given, step, pad }), { bound: 1e-6, gradientBound: 4e-6 });
      });
    },
  );

  it('groupNorm of any sizes, with SiLU or without: within 1e-6 of the twin, gradients within 4e-6 of differences', () => {
    anySizes((s) => {
      const { channels, seed } = s;
      const groups = Array.from({ length: channels }, (_, i) => i + 1).filter((g) => channels % g === 0);
      const weight = values([channels], seed + 1, (v) => 1 + v / 2);
      // Of one number the deviation is 0, and the slope 1 / sqrt(eps).
      const given = { x: imageValues(s), weight, bias: values([channels], seed + 2) };
      const settings = { groups: groups[seed % groups.length], eps: 0.01, silu: seed % 3 > 0 };
      check(groupNormCase(given, settings), { bound: 1e-6, gradientBound: 4e-6 });
    });
  });

  it('silu of any sizes, rows and panels: within 3e-7 of the twin, gradients within 1e-6 of differences', () => {
    anySizes((s) => {
      const form = s.seed % 2 ? 'rows' : 'panels';
      const x = values([s.n, s.channels * s.width], s.seed, (v) => 8 * v);
      check(siluCase(x, form), { bound: 3e-7, gradientBound: 1e-6 });
    });
  });

  it('upsample of any sizes: the bits of the twin, gradients within 1e-6 of differences', () => {
    anySizes((s) => {
      check(upsampleCase(imageValues(s)), { bound: Number.MIN_VALUE, gradientBound: 1e-6 });
    });
  });

  it('concatenate of any sizes: the bits of the twin, gradients within 1e-6 of differences', () => {
    anySizes((s) => {
      const b = imageValues({ ...s, channels: s.outputs, seed: s.seed + 1 });
      check(concatenateCase(imageValues(s), b), { bound: Number.MIN_VALUE, gradientBound: 1e-6 });
    });
  });

  it('add of any sizes, rows and panels: within 1e-7 of the twin, gradients within 1e-6 of differences', () => {
    anySizes((s) => {
      const shape = [s.n, s.channels * s.width];
      const form = s.seed % 2 ? 'rows' : 'panels';
      const y = values(shape, s.seed);
      check(addCase(y, values(shape, s.seed + 1), form), { bound: 1e-7, gradientBound: 1e-6 });
    });
  });

  it('attention of any sizes: within 2e-6 of the twin, gradients within 4e-6 of differences', () => {
    anySizes(({ n, height, width, channels, outputs: heads, seed }) => {
      const tokens = height * Math.ceil(width / 2);
      const shape = [n, tokens, channels * Math.ceil(heads / 3)];
      const [q, k, v] = [0, 1, 2].map((i) => values(shape, seed + i, (value) => (i < 2 ? 3 : 1) * value));
      check(attentionCase({ q, k, v }, Math.ceil(heads / 3)), { bound: 2e-6, gradientBound: 4e-6 });
    });
  });

  it('dense of any sizes: within 1e-6 of the twin, gradients within 2e-6 of differences', () => {
    anySizes(({ n, channels, outputs, seed }) => {
      const given = {
        x: values([n, channels], seed),
        weight: values([outputs, channels], seed + 1),
        bias: values([outputs], seed + 2),
      };
      check(denseCase(given), { bound: 1e-6, gradientBound: 2e-6 });
    });
  });

  it('embedding of any sizes, rows met often or never: the bits of the twin, gradients within 1e-6 of differences', () => {
    anySizes(({ n, channels, outputs, seed }) => {
      const labels = Array.from({ length: n }, (_, i) => (i * i + seed) % outputs);
      const layer = embeddingCase(labels, values([outputs, channels], seed));
      check(layer, { bound: Number.MIN_VALUE, gradientBound: 1e-6 });
    });
  });
});
