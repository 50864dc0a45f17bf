import type { Raster, RasterOptions } from './raster.js';

export type { Raster, RasterOptions } from './raster.js';

async function draw(
  where: string,
  svg: string,
  { scale = 1, width }: RasterOptions,
): Promise<HTMLCanvasElement> {
  const size = width ?? scale;
  if (!(size > 0 && size < 1e5)) {
    throw new RangeError(
      `${where}: ${width === undefined ? 'scale' : 'width'} must be a positive number, got ${size}`,
    );
  }
  const url = URL.createObjectURL(new Blob([svg], { type: 'image/svg+xml' }));
  try {
    const image = new Image();
    await new Promise((resolve, reject) => {
      image.onload = resolve;
      image.onerror = () => reject(new Error(`${where}: the browser could not draw this SVG`));
      image.src = url;
    });
    const zoom = width === undefined ? scale : Math.round(width) / image.width;
    const canvas = document.createElement('canvas');
    canvas.width = Math.round(image.width * zoom);
    canvas.height = Math.round(image.height * zoom);
    context(canvas).drawImage(image, 0, 0, canvas.width, canvas.height);
    return canvas;
  } finally {
    URL.revokeObjectURL(url);
  }
}

function context(canvas: HTMLCanvasElement): CanvasRenderingContext2D {
  // pixels are read back at once, so the canvas is better kept in ordinary memory
  const made = canvas.getContext('2d', { willReadFrequently: true });
  if (!made) throw new Error('plots: this browser has no 2d canvas');
  return made;
}

/** Draws an SVG as a PNG file's bytes with the page's fonts. Throws a RangeError for a scale not above 0. */
export async function toPng(svg: string, options: RasterOptions = {}): Promise<Uint8Array> {
  const canvas = await draw('toPng', svg, options);
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'));
  if (!blob) throw new Error('toPng: the browser could not encode this picture');
  return new Uint8Array(await blob.arrayBuffer());
}

/** Draws an SVG as pixels with the page's fonts. Throws a RangeError for a scale not above 0. */
export async function toRgba(svg: string, options: RasterOptions = {}): Promise<Raster> {
  const canvas = await draw('toRgba', svg, options);
  const { width, height, data } = context(canvas).getImageData(0, 0, canvas.width, canvas.height);
  return { width, height, pixels: new Uint8Array(data.buffer) };
}
