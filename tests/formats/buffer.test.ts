import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readNpy, writeNpy } from '../../src/formats/npy.js';
import { readSafetensors, writeSafetensors } from '../../src/formats/safetensors.js';

// Small files come from Node's readFile as views of a shared pool, whose `slice` makes views too.
const folder = mkdtempSync(join(tmpdir(), 'scorefield-buffer-'));
afterAll(() => rmSync(folder, { recursive: true }));

function throughFile(bytes: Uint8Array): Buffer {
  const file = join(folder, 'file');
  writeFileSync(file, bytes);
  const pooled = Buffer.from('some bytes that take the start of the pool');
  return Buffer.concat([pooled, readFileSync(file)]).subarray(pooled.length);
}

describe("a Buffer of Node's", () => {
  const data = Float32Array.of(1, 2, 3);
  it('is read as safetensors', () => {
    const { tensors } = readSafetensors(throughFile(writeSafetensors({ a: { shape: [3], data } }, {})));
    expect(tensors.a).toEqual({ shape: [3], data });
  });
  it('is read as npy', () => {
    expect(readNpy(throughFile(writeNpy(data, [3])))).toEqual({ shape: [3], data });
  });
});
