import { describe, expect, it } from 'vitest';
import { type ConvSizes, takesWinograd } from '../../src/networks/convChoice.js';
import { forEachCore, sameBits } from '../cores.js';
import { conv2d, conv2dGradients } from '../reference/imageLayers.js';
import { convCase } from './layerCases.js';
import { noise, runLayer, values } from './layerRun.js';

/** Root-mean-square error over root-mean-square value. */
function rmsError(got: ArrayLike<number>, want: ArrayLike<number>): number {
  let [error, value] = [0, 0];
  for (let i = 0; i < want.length; i++) {
    error += (got[i] - want[i]) ** 2;
    value += want[i] ** 2;
  }
  return Math.sqrt(error / value);
}

interface Shape {
  n: number;
  height: number;
  width: number;
  channels: number;
  outputs: number;
}

const sizes = ({ height, width, channels, outputs }: Shape): ConvSizes => ({
  ...{ height, width, channels, outputs, side: 3, step: 1, pad: 1 },
});

/** Sides of 4 to 65 pixels, each with another of the two; numbers of samples such that blocks begin within a picture. */
const pictures: Shape[] = Array.from({ length: 62 }, (_, i) => ({
  n: 1 + (i % 3),
  height: 4 + i,
  width: 4 + ((29 * i + 17) % 62),
  channels: 8,
  outputs: 8,
})).filter((shape) => takesWinograd(sizes(shape)));

/** Channels: all remainders of tiles of six, five and four rows and of strips of eight and sixteen columns. */
const channels: Shape[] = [
  ...[16, 24, 32, 40, 48, 56, 64].map((count, i) => ({ channels: count, outputs: 8 * ((3 * i) % 7) + 8 })),
  { channels: 8, outputs: 72 },
  { channels: 136, outputs: 8 },
  { channels: 8, outputs: 136 },
].map((counts, i) => ({ n: 1 + (i % 9), height: 7 + (i % 4), width: 12 - (i % 5), ...counts }));

/** Rows of tiles cut into pieces: since they are long, and since pixels are. */
const pieces: Shape[] = [
  { n: 2, height: 4, width: 397, channels: 8, outputs: 8 },
  { n: 1, height: 8, width: 14, channels: 512, outputs: 8 },
  { n: 1, height: 7, width: 11, channels: 8, outputs: 1024 },
  { n: 1, height: 4, width: 8, channels: 1024, outputs: 16 },
];

forEachCore("Winograd's convolution", (core) => {
  /** Largest of the root-mean-square errors of the output and of each gradient, beside the twin in float64. */
  function worstError({ n, height, width, channels: C, outputs: N }: Shape): number {
    const x = values([n, height, width, C], 1);
    const weight = values([N, C, 3, 3], 2);
    const bias = values([N], 3);
    const shift = values([n, N], 4);
    const dy = noise(n * height * width * N, 5);
    const layer = convCase({ x, weight, bias, shift });
    const run = runLayer(core, n, layer.given, layer.build, dy);
    expect(sameBits(run.alone, run.y)).toBe(true);
    const want = conv2d(x, weight, bias, { padding: [1, 1, 1, 1] }).data;
    const y = Float64Array.from(want, (value, i) => {
      const sample = Math.floor(i / (height * width * N));
      return value + shift.data[sample * N + (i % N)];
    });
    const gradients = conv2dGradients(x, weight, { shape: [n, height, width, N], data: dy });
    const errors = [
      rmsError(run.y, y),
      rmsError(run.gradients.x, gradients.x),
      rmsError(run.gradients['conv.weight'], gradients.weight),
      rmsError(run.gradients['conv.bias'], gradients.bias),
      rmsError(run.gradients.shift, gradients.shift),
    ];
    return Math.max(...errors);
  }

  it.each([
    ['pictures of 4 to 65 pixels a side', '5e-6', pictures],
    ['channels of all remainders', '5e-6', channels],
    ['pieces of rows, up to 1,024 channels', '1e-5', pieces],
  ])(
    '%s: outputs and gradients within %s rms of the twin, samples alone the same bits',
    (_, bound, shapes) => {
      expect(shapes.length).toBeGreaterThan(3);
      for (const shape of shapes) {
        expect(takesWinograd(sizes(shape)), JSON.stringify(shape)).toBe(true);
        expect(worstError(shape), JSON.stringify(shape)).toBeLessThan(Number(bound));
      }
    },
  );
});

describe('the choice of a convolution', () => {
  const digit = { height: 28, width: 28, channels: 32, outputs: 32, side: 3, step: 1, pad: 1 };

  it.each([
    ['3 x 3 kernels over whole vectors of channels', {}, true],
    ['one channel', { channels: 1 }, false],
    ['one output', { outputs: 1 }, false],
    ['channels that do not fill vectors', { channels: 12 }, false],
    ['kernels of one pixel', { side: 1, pad: 0 }, false],
    ['every second pixel', { step: 2 }, false],
    ['another padding', { pad: 0 }, false],
    ['pictures smaller than a tile', { height: 3, width: 3 }, false],
    ['pictures of 5 x 5, of which tiles are mostly empty', { height: 5, width: 5 }, false],
    ['pictures of 7 x 7', { height: 7, width: 7 }, true],
    ['more channels than a line holds', { channels: 1032 }, false],
  ])('%s', (_, change, isWinograd) => {
    expect(takesWinograd({ ...digit, ...change })).toBe(isWinograd);
  });
});
