import { readFileSync } from 'node:fs';
import { readSafetensors } from '../../src/formats/safetensors.js';
import { conv2d, dense, type Values } from './imageLayers.js';

const SIDE = 28;

const { tensors } = readSafetensors(
  readFileSync(new URL('../fixtures/classifier/classifier.safetensors', import.meta.url)),
  'classifier.safetensors',
);

/** The positive part of x [n, h, w, c], then the maximum of each block of 2x2; an odd last row or column is left out. */
function reluPool(x: Values): Values {
  const [n, height, width, channels] = x.shape;
  const [rows, columns] = [Math.floor(height / 2), Math.floor(width / 2)];
  const data = new Float64Array(n * rows * columns * channels);
  let at = 0;
  for (let b = 0; b < n; b++)
    for (let i = 0; i < rows; i++)
      for (let j = 0; j < columns; j++)
        for (let c = 0; c < channels; c++) {
          const corner = ((b * height + 2 * i) * width + 2 * j) * channels + c;
          const below = corner + width * channels;
          data[at++] = Math.max(
            0,
            x.data[corner],
            x.data[corner + channels],
            x.data[below],
            x.data[below + channels],
          );
        }
  return { shape: [n, rows, columns, channels], data };
}

/** Features [n, c h w] of pictures [n, h, w, c], channel by channel: the order of PyTorch, which made the weights. */
function flatten({ shape: [n, height, width, channels], data }: Values): Values {
  const pixels = height * width;
  const size = pixels * channels;
  const flat = Float64Array.from(data, (_, i) => {
    const rest = i % size;
    return data[i - rest + (rest % pixels) * channels + Math.floor(rest / pixels)];
  });
  return { shape: [n, size], data: flat };
}

/**
 * Logits [n, 10] of pictures of digits: images [n, 28, 28], bright on black, about in [0, 1]. In float64, with the
 * weights that fixtures/classifier/classifier.py trained.
 *
 * @throws RangeError unless there are n pictures
 */
export function classifierLogits(images: ArrayLike<number>, n: number): Float64Array {
  if (images.length !== n * SIDE * SIDE) {
    throw new RangeError(
      `classifierLogits: images must have ${n} x ${SIDE} x ${SIDE} values, got ${images.length}`,
    );
  }
  const layer = (name: string) => [tensors[`${name}.weight`], tensors[`${name}.bias`]] as const;
  let x: Values = { shape: [n, SIDE, SIDE, 1], data: images };
  for (const name of ['conv1', 'conv2', 'conv3']) {
    x = reluPool(conv2d(x, ...layer(name), { padding: [1, 1, 1, 1] }));
  }
  return dense(flatten(x), ...layer('dense')).data as Float64Array;
}

/** The digit, 0 to 9, that each of n pictures [n, 28, 28] shows: the largest of its logits. @throws as classifierLogits */
export function classify(images: Float32Array, n: number): Uint8Array {
  const logits = classifierLogits(images, n);
  return Uint8Array.from({ length: n }, (_, i) => {
    const own = logits.subarray(10 * i, 10 * (i + 1));
    return own.indexOf(Math.max(...own));
  });
}
