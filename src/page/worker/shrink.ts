import type { GreyImage } from '../../index.js';

/** Most pixels a side of a picture: the exact score looks at every pixel. */
const LARGEST = 64;

/** Whether a picture is dark ink on light paper: its edge is light, and some of it is much darker. */
export function isInk({ height, width, pixels }: GreyImage): boolean {
  let [sum, count] = [0, 0];
  let darkest = 1;
  for (let r = 0; r < height; r++) {
    for (let c = 0; c < width; c++) {
      const value = pixels[r * width + c];
      darkest = Math.min(darkest, value);
      if (r > 0 && c > 0 && r < height - 1 && c < width - 1) continue;
      sum += value;
      count++;
    }
  }
  return sum / count > 0.6 && darkest < sum / count - 0.3;
}

/** Shrinks a picture to at most `LARGEST` pixels a side. @throws Error if it is black and so is no distribution */
export function lit(image: GreyImage, name: string): GreyImage {
  const small = shrunk(image);
  if (!small.pixels.some((value) => value > 0))
    throw new Error(`${name}: has no light in it; bright is dense, so nothing of it can be drawn`);
  return small;
}

/** Averages pixels until at most `LARGEST` a side are left; rounds intensities to multiples of 1 / 255. */
function shrunk(image: GreyImage): GreyImage {
  const scale = Math.max(1, Math.max(image.height, image.width) / LARGEST);
  const height = Math.max(2, Math.round(image.height / scale));
  const width = Math.max(2, Math.round(image.width / scale));
  const pixels = new Float32Array(height * width);
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const [top, bottom] = span(row, height, image.height);
      const [left, right] = span(column, width, image.width);
      let sum = 0;
      for (let r = top; r < bottom; r++)
        for (let c = left; c < right; c++) sum += image.pixels[r * image.width + c];
      pixels[row * width + column] = Math.round((255 * sum) / ((bottom - top) * (right - left))) / 255;
    }
  }
  return { height, width, pixels };
}

function span(i: number, n: number, of: number): [number, number] {
  const first = Math.min(of - 1, Math.floor((i * of) / n));
  return [first, Math.max(first + 1, Math.floor(((i + 1) * of) / n))];
}
