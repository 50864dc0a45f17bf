import { afterEach, describe, expect, it, vi } from 'vitest';
import { decodeJpeg, decodeOther, decodePng } from '../../src/images/decode.browser.js';
import { readPng } from '../../src/images/png.js';
import { png } from './png.js';

// The browser's own decoder is stubbed; what is tested is how it is asked, and that its memory is given back.
describe('decode.browser', () => {
  afterEach(() => {
    vi.unstubAllGlobals();
  });

  function stub(context: object | null) {
    const bitmap = { width: 2, height: 1, close: vi.fn() };
    const createImageBitmap = vi.fn(async () => bitmap);
    const sizes: number[][] = [];
    vi.stubGlobal('createImageBitmap', createImageBitmap);
    vi.stubGlobal(
      'OffscreenCanvas',
      class {
        constructor(width: number, height: number) {
          sizes.push([width, height]);
        }
        getContext() {
          return context;
        }
      },
    );
    return { bitmap, createImageBitmap, sizes };
  }

  it('takes the stored values, as RGBA of 8 bits', async () => {
    const data = Uint8ClampedArray.of(1, 2, 3, 4, 5, 6, 7, 8);
    const drawImage = vi.fn();
    const { bitmap, createImageBitmap, sizes } = stub({ drawImage, getImageData: () => ({ data }) });
    expect(await decodeOther(Uint8Array.of(9, 9), 'webp', '')).toEqual({
      width: 2,
      height: 1,
      data,
      max: 255,
    });
    expect(sizes).toEqual([[2, 1]]);
    expect(drawImage).toHaveBeenCalledWith(bitmap, 0, 0);
    expect(createImageBitmap).toHaveBeenCalledWith(expect.objectContaining({ type: 'image/webp', size: 2 }), {
      colorSpaceConversion: 'none',
      premultiplyAlpha: 'none',
    });
    expect(bitmap.close).toHaveBeenCalledOnce();
  });

  it('frees the bitmap when there is no canvas', async () => {
    const { bitmap } = stub(null);
    await expect(decodeJpeg(Uint8Array.of(9))).rejects.toThrow('the browser gives no 2d canvas');
    expect(bitmap.close).toHaveBeenCalledOnce();
  });

  it('hands over a PNG without what may make it refuse', async () => {
    const { createImageBitmap } = stub({ drawImage: vi.fn(), getImageData: () => ({ data: [] }) });
    const palette: [string, number[]] = ['PLTE', [1, 2, 3, 4, 5, 6]];
    const indexed = { width: 2, depth: 8, colourType: 3, interlace: 1 };
    const plain = png(indexed, [[0, 1]], [palette, ['tRNS', [9]]]);
    const broken = png(
      indexed,
      [[0, 1]],
      [['iCCP', [1]], palette, ['tRNS', [9]], ['tRNS', [1, 2, 3]], ['pHYs', []]],
    );
    await decodePng(readPng(broken));
    const [[blob]] = createImageBitmap.mock.calls as unknown as [[Blob]];
    expect(blob.type).toBe('image/png');
    expect(new Uint8Array(await blob.arrayBuffer())).toEqual(plain);
  });
});
