import { describe, expect, it } from 'vitest';
import { readCifar } from '../../src/formats/cifar.js';
import { oneLine } from './oneLine.js';

/** Records of these labels: red counts up from the label, green is 100, blue is 200. */
function batch(labels: number[]): Uint8Array {
  const bytes = new Uint8Array(3073 * labels.length);
  labels.forEach((label, record) => {
    const start = 3073 * record;
    bytes[start] = label;
    for (let i = 0; i < 1024; i++) {
      bytes.set([(label + i) % 256], start + 1 + i);
      bytes.set([100], start + 1025 + i);
      bytes.set([200], start + 2049 + i);
    }
  });
  return bytes;
}

describe('readCifar', () => {
  it('puts the planes of a record side by side, pixel by pixel', () => {
    const set = readCifar(batch([3, 9]));
    expect(set).toMatchObject({ count: 2, height: 32, width: 32, channels: 3, classes: 10 });
    expect(set.labels).toEqual(Uint16Array.of(3, 9));
    expect(set.pixels.slice(0, 6)).toEqual(Uint8Array.of(3, 100, 200, 4, 100, 200));
    expect(set.pixels.slice(3 * 1024, 3 * 1024 + 6)).toEqual(Uint8Array.of(9, 100, 200, 10, 100, 200));
    expect(set.pixels).toHaveLength(6144);
  });

  it('or makes them grey', () => {
    const set = readCifar(batch([3]), { grey: true });
    expect(set).toMatchObject({ count: 1, channels: 1, labels: Uint16Array.of(3) });
    expect(set.pixels[0]).toBe(Math.round(0.2126 * 3 + 71.52 + 14.44));
  });

  it('reports what is no batch', () => {
    for (const length of [0, 3072, 6147]) {
      expect(oneLine(() => readCifar(new Uint8Array(length), { name: 'a.bin' }))).toBe(
        'readCifar: a.bin must hold one or more records of 3073 bytes (a label and 32 x 32 x 3 values), got ' +
          `${length} bytes: it is no batch of CIFAR-10, or truncated; fetch it again`,
      );
    }
    expect(oneLine(() => readCifar(batch([3, 10])))).toBe(
      'readCifar: the file must have labels from 0 to 9, got 10 in record 1: it is no batch of CIFAR-10',
    );
    // @ts-expect-error a page may hand over anything
    expect(() => readCifar('text')).toThrow(TypeError);
  });
});
