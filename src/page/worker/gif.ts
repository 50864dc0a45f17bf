import { applyPalette, type Encoder, GIFEncoder, type Palette, quantize } from 'gifenc';

export interface GifFrame {
  rgba: Uint8ClampedArray;
  width: number;
  height: number;
  /** Until the next one, ms. */
  delay: number;
}

/** A GIF that grows by frames; the first one's colours serve all. */
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
