import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { bytesOfText } from '../../src/page/worker/bytesOfText.js';
import { dist } from './help.js';

const { textOfBytes } = (await import(String(new URL('../../src/page/binaryText.mjs', import.meta.url)))) as {
  textOfBytes(bytes: Uint8Array): string;
};

describe('binaries as text', () => {
  it('are read as they were written', () => {
    const every = Uint8Array.from({ length: 1000 }, (_, i) => (i < 256 ? i : (i * i) % 97));
    for (const bytes of [every, new Uint8Array(0), readFileSync(dist('strict.wasm'))]) {
      const text = textOfBytes(bytes);
      expect(text).toMatch(/^[#%&(-;=-[\]-_a-}]*$/);
      expect(Buffer.compare(bytesOfText(text), bytes)).toBe(0);
    }
  });

  it('are within 5 % of the binary, in characters and gzipped', () => {
    const bytes = readFileSync(dist('strict.wasm'));
    const text = textOfBytes(bytes);
    const size = (content: string | Uint8Array) => gzipSync(content, { level: 9 }).length;
    expect(text.length).toBeLessThan(1.05 * bytes.length);
    expect(size(text)).toBeLessThan(1.05 * size(bytes));
  });
});
