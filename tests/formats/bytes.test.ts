import { expect, it } from 'vitest';
import {
  gunzip,
  readCsvPoints,
  readNpy,
  readNpyImages,
  readNpyPoints,
  readSafetensors,
} from '../../src/index.js';

const readers = { readNpy, readNpyImages, readNpyPoints, readSafetensors, readCsvPoints, gunzip };

it.each(Object.entries(readers))('%s says what it was given in place of bytes', async (name, read) => {
  const message = async (bytes: unknown) => {
    try {
      await read(bytes as Uint8Array);
      return 'none';
    } catch (error) {
      expect(error).toBeInstanceOf(TypeError);
      return (error as Error).message;
    }
  };
  expect(await message(new ArrayBuffer(8))).toBe(
    `${name}: the file must be a Uint8Array, got an ArrayBuffer: give new Uint8Array(it)`,
  );
  expect(await message(undefined)).toBe(`${name}: the file must be a Uint8Array, got undefined`);
});
