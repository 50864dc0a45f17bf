import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { digits, key, loadCore } from '../../src/index.js';

/** A U-Net and a training so small that a run takes a moment. */
// biome-ignore format: one option and its value after the other
export const TINY_UNET = ['--channels', '8,8', '--groups', '4', '--attention', 'none', '--steps', '12', '--batch', '4'];

/** The bytes of an IDX file of bytes. */
export function idxBytes(shape: number[], values: ArrayLike<number>): Uint8Array {
  const sizes = shape.flatMap((size) => [size >>> 24, (size >>> 16) & 255, (size >>> 8) & 255, size & 255]);
  return Uint8Array.from([0, 0, 8, shape.length, ...sizes, ...Array.from(values)]);
}

/** Writes n drawn digits of size x size pixels with their labels as IDX files; returns the path of the images. */
export async function writeDigits(folder: string, n: number, size: number): Promise<string> {
  const set = digits(await loadCore({ kernel: 'strict' }), key(3), n, { size });
  writeFileSync(join(folder, 'labels-idx1-ubyte'), idxBytes([n], set.labels as Uint16Array));
  const path = join(folder, 'images-idx3-ubyte');
  writeFileSync(path, idxBytes([n, size, size], set.pixels));
  return path;
}
