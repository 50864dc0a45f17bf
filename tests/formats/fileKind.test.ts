import { describe, expect, it } from 'vitest';
import { fileKind, isText } from '../../src/formats/fileKind.js';

const bytes = (text: string) => Uint8Array.from(text, (c) => c.charCodeAt(0));

describe('fileKind', () => {
  it('calls files by what people call them', () => {
    const kinds: [string, string][] = [
      ['', 'an empty file'],
      ['\x89PNG\r\n\x1a\n', 'a PNG picture'],
      ['\xff\xd8\xff\xe0', 'a JPEG picture'],
      ['GIF89a', 'a GIF picture'],
      ['RIFF....WEBPVP8 ', 'a WebP picture'],
      ['BM\x46\0\0\0\0\0\0\0\x36\0\0\0', 'a BMP picture'],
      ['....ftypavif', 'an AVIF picture'],
      ['....ftypheic', 'a HEIC picture'],
      ['\x93NUMPY\x01\0', 'an npy array'],
      ['PK\x03\x04', 'a zip archive, as npz files and those of torch.save are'],
      ['\x1f\x8b\x08', 'a gzip-compressed file'],
      ['\x40\0\0\0\0\0\0\0{"a":', 'a safetensors file'],
      ['\0\0\x08\x03', 'an IDX file'],
      ['%PDF-1.7', 'a PDF document'],
      ['\x01\x02', 'a file that begins with the bytes 01 02'],
      ['\0\0\x0a\x03', 'a file that begins with the bytes 00 00 0a 03'],
    ];
    for (const [text, kind] of kinds) {
      expect(fileKind(bytes(text))).toBe(kind);
      expect(isText(bytes(text))).toBe(false);
    }
  });

  it('shows how text begins, whatever its language, on one line', () => {
    expect(fileKind(bytes('\r\nx,y\r\n1,2'))).toBe('text that begins with "x,y"');
    const long = new TextEncoder().encode('größe '.repeat(100));
    expect(fileKind(long)).toBe(`text that begins with "${'größe '.repeat(100).slice(0, 40)}"`);
    expect(isText(long)).toBe(true);
    // Not UTF-8, as older programs write.
    expect(isText(bytes('gr\xf6\xdfe;x\n1;2'))).toBe(true);
    expect(isText(bytes('a\0b'))).toBe(false);
  });
});
