import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { classifierLogits, classify } from './classifier.js';
import { vectorError } from './errors.js';

/** What PyTorch gives for the picture of `wave`, in float64. */
const LOGITS = [
  -0.4689139169853461, -9.58787190429079, 1.0608291945798929, -2.651522981653586, -2.6917289713179606,
  -2.179068761485658, 2.46828682528275, -5.989049616203401, 6.89097785647554, -2.0010881287812676,
];
const wave = Float32Array.from(
  { length: 784 },
  (_, i) => ((31 * Math.floor(i / 28) + 17 * (i % 28)) % 7) / 6,
);

describe('the classifier of digits', () => {
  it("a synthetic picture: PyTorch's logits within 1e-12", () => {
    expect(vectorError(classifierLogits(wave, 1), LOGITS)).toBeLessThan(1e-12);
  });

  it('pictures are judged one by one', () => {
    const two = new Float32Array(2 * 784);
    two.set(wave, 784);
    const [dark] = classify(new Float32Array(784), 1);
    expect([...classify(two, 2)]).toEqual([dark, classify(wave, 1)[0]]);
    expect(() => classify(two, 3)).toThrow('classifierLogits: images must have 3 x 28 x 28 values, got 1568');
  });

  const directory = process.env.MNIST_DIR;
  it.skipIf(!directory)('reads 99.4 % of the 1,000 digits it never saw (MNIST_DIR is set)', () => {
    const read = (name: string, header: number) =>
      gunzipSync(readFileSync(`${directory}/${name}.gz`)).subarray(header);
    const pixels = read('t10k-images-idx3-ubyte', 16).subarray(9000 * 784);
    const labels = read('t10k-labels-idx1-ubyte', 8).subarray(9000);
    const images = Float32Array.from(pixels, (v) => v / 255);
    const digits = classify(images, labels.length);
    expect(labels.length).toBe(1000);
    expect(digits.filter((digit, i) => digit === labels[i]).length).toBe(994);
  });
});
