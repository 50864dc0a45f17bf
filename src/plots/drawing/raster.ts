import { readFile } from 'node:fs/promises';
import type { ResvgRenderOptions } from '@resvg/resvg-wasm';

/** Pixels of a picture. */
export interface Raster {
  /** Columns. */
  readonly width: number;
  /** Rows. */
  readonly height: number;
  /** RGBA bytes [height, width, 4], row 0 on top, colours not multiplied by alpha. */
  readonly pixels: Uint8Array;
}

/** Options of {@link toPng} and {@link toRgba}. */
export interface RasterOptions {
  /** Pixels per unit of the SVG. */
  scale?: number;
  /** Width in pixels; takes the place of scale. */
  width?: number;
}

type Resvg = typeof import('@resvg/resvg-wasm').Resvg;
let ready: Promise<{ Resvg: Resvg; fonts: Uint8Array[] }> | undefined;

async function load(): Promise<{ Resvg: Resvg; fonts: Uint8Array[] }> {
  // A bundle of the kind CommonJS has a file name, but no address of its own. An import of `createRequire` webpack would replace.
  const { resolve } = process.getBuiltinModule('node:module').createRequire(import.meta.url ?? __filename);
  const [{ Resvg, initWasm }, wasm, ...fonts] = await Promise.all([
    import('@resvg/resvg-wasm'),
    readFile(resolve('@resvg/resvg-wasm/index_bg.wasm')),
    readFile(resolve('scorefield/fonts/inter-400.ttf')),
    readFile(resolve('scorefield/fonts/inter-600.ttf')),
  ]);
  try {
    await initWasm(wasm);
  } catch (error) {
    // the module belongs to the process, and its owner may have started it before us
    if (!/already initialized/i.test(String(error))) throw error;
  }
  return { Resvg, fonts };
}

async function render<T>(
  where: string,
  svg: string,
  { scale = 1, width }: RasterOptions,
  take: (image: { width: number; height: number; pixels: Uint8Array; asPng(): Uint8Array }) => T,
): Promise<T> {
  const size = width ?? scale;
  if (!(size > 0 && size < 1e5)) {
    throw new RangeError(
      `${where}: ${width === undefined ? 'scale' : 'width'} must be a positive number, got ${size}`,
    );
  }
  ready ??= load();
  // What failed once, such as a font that was not installed yet, is tried again.
  ready.catch(() => {
    ready = undefined;
  });
  const { Resvg, fonts } = await ready;
  const options: ResvgRenderOptions = {
    font: { fontBuffers: fonts, defaultFontFamily: 'Inter', sansSerifFamily: 'Inter' },
    fitTo: width === undefined ? { mode: 'zoom', value: scale } : { mode: 'width', value: Math.round(width) },
  };
  const tree = new Resvg(svg, options);
  const image = tree.render();
  try {
    return take(image);
  } finally {
    image.free();
    tree.free();
  }
}

/**
 * Draws an SVG as a PNG file's bytes, with the Inter font built in. Throws a RangeError for a scale not above 0.
 *
 * @param svg a document of this library's or any other
 * @example
 * ```js
 * import { lossFigure, toPng } from 'scorefield/plots';
 *
 * const svg = lossFigure({ steps: [0, 1, 2], loss: [3, 2, 1.5] });
 * console.log((await toPng(svg, { width: 800 })).length); // the bytes of a PNG file
 * ```
 */
export function toPng(svg: string, options: RasterOptions = {}): Promise<Uint8Array> {
  return render('toPng', svg, options, (image) => image.asPng());
}

/**
 * Draws an SVG as pixels, with the Inter font built in. Throws a RangeError for a scale not above 0.
 *
 * @param svg a document of this library's or any other
 */
export function toRgba(svg: string, options: RasterOptions = {}): Promise<Raster> {
  return render('toRgba', svg, options, ({ width, height, pixels }) => {
    // resvg multiplies colours by alpha; a canvas does not, and the two must agree
    for (let i = 0; i < pixels.length; i += 4) {
      const alpha = pixels[i + 3];
      if (alpha === 0 || alpha === 255) continue;
      for (let k = i; k < i + 3; k++) pixels[k] = Math.min(255, Math.round((pixels[k] * 255) / alpha));
    }
    return { width, height, pixels };
  });
}
