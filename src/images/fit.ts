import { integer } from '../core/check.js';
import { type ImageSet, imageDim } from '../data/imageSet.js';

/** What one output takes along an axis: weights of the inputs from `first` on. */
interface Tap {
  readonly first: number;
  readonly weights: readonly number[];
}

/**
 * The taps of `size` outputs that share a window of the axis evenly: the window is `length` inputs long and begins at
 * `from`, either of which may be a fraction. Downwards an output is the mean over its part of the window; upwards it is
 * interpolated.
 */
function tapsOf(inputs: number, from: number, length: number, size: number): Tap[] {
  const step = length / size;
  return Array.from({ length: size }, (_, i): Tap => {
    if (step < 1) {
      // Input j stands at j + 1/2; beyond the outermost the picture goes on as it ends.
      const at = Math.min(inputs - 1, Math.max(0, from + (i + 0.5) * step - 0.5));
      const first = Math.min(Math.floor(at), Math.max(0, inputs - 2));
      return { first, weights: inputs === 1 ? [1] : [1 - (at - first), at - first] };
    }
    const [begin, end] = [from + i * step, Math.min(inputs, from + (i + 1) * step)];
    const first = Math.min(inputs - 1, Math.floor(begin));
    const weights: number[] = [];
    for (let j = first; j < end; j++) weights.push((Math.min(end, j + 1) - Math.max(begin, j)) / step);
    return { first, weights };
  });
}

/**
 * Images cropped centrally to the aspect ratio of `height` x `width`, then scaled to that size: by the mean over areas
 * downwards, by bilinear interpolation upwards, of the values as they are. Bytes are rounded to bytes. A set of that size is
 * returned as it is.
 *
 * @param set the images
 * @param options height and width to come to, in pixels
 * @throws RangeError unless height and width are positive integers.
 */
export function fitImages(set: ImageSet, { height, width }: { height: number; width: number }): ImageSet {
  integer('fitImages', 'height', height);
  integer('fitImages', 'width', width);
  if (height === set.height && width === set.width) return set;
  const { count, channels, pixels } = set;
  const scale = Math.min(set.height / height, set.width / width);
  // Rounding must not let a window begin before the picture.
  const window = (inputs: number, size: number) =>
    tapsOf(inputs, Math.max(0, (inputs - scale * size) / 2), scale * size, size);
  const rows = window(set.height, height);
  const columns = window(set.width, width);
  const length = count * height * width * channels;
  const out = pixels instanceof Uint8Array ? new Uint8Array(length) : new Float32Array(length);
  const isByte = pixels instanceof Uint8Array;
  const rowLength = set.width * channels;
  const row = new Float64Array(rowLength);
  for (let image = 0, at = 0; image < count; image++) {
    const start = image * imageDim(set);
    for (const down of rows) {
      row.fill(0);
      down.weights.forEach((weight, k) => {
        const from = start + (down.first + k) * rowLength;
        for (let i = 0; i < rowLength; i++) row[i] += weight * pixels[from + i];
      });
      for (const { first, weights } of columns) {
        for (let channel = 0; channel < channels; channel++) {
          let sum = 0;
          for (let k = 0; k < weights.length; k++) sum += weights[k] * row[(first + k) * channels + channel];
          out[at++] = isByte ? Math.round(sum) : sum;
        }
      }
    }
  }
  return { ...set, height, width, pixels: out };
}
