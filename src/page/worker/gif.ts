import { applyPalette, type Encoder, GIFEncoder, type Palette, quantize } from 'gifenc';

export interface GifFrame {
  rgba: Uint8ClampedArray;
  width: number;
  height: number;
  /** Time until the next frame, ms. */
  delay: number;
}

/** Encodes a GIF frame by frame; the palette is made from the first frame. */
export class Gif {
  readonly #encoder: Encoder = GIFEncoder();
  #palette?: Palette;

  add({ rgba, width, height, delay }: GifFrame): void {
    const isFirst = !this.#palette;
    this.#palette ??= quantize(rgba, 256, { format: 'rgb565' });
    const pixels = new Uint8Array(rgba.buffer, rgba.byteOffset, rgba.length);
    const palette = isFirst ? this.#palette : undefined;
    this.#encoder.writeFrame(applyPalette(pixels, this.#palette), width, height, { palette, delay });
  }

  finish(): Uint8Array<ArrayBuffer> {
    this.#encoder.finish();
    return this.#encoder.bytes();
  }
}
