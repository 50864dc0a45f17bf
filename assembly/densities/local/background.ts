// Background: what most pictures have at a pixel. Where all eight pictures of a tile have background in the patch around a pixel, they
// resemble the place as much as the background itself does, which is compared once, and counts as so many pictures.
import { LANE_BYTES, LANES } from '../../../src/abi/panels';
import {
  channelsOf,
  countsOf,
  heightOf,
  inksOf,
  localBackground,
  localPictures,
  radiusOf,
  reachOf,
  SPAN_BYTES,
  setNoise,
  spansOf,
  tilesOf,
  widthOf,
} from './record';

/** After the pictures and the background were written: finds where they differ. */
export function localPack(score: usize): void {
  const row = widthOf(score) * channelsOf(score);
  let p = localPictures(score);
  let ink = inksOf(score);
  for (let tile: usize = 0; tile < tilesOf(score); tile++) {
    let ground = localBackground(score);
    for (let y: usize = 0; y < heightOf(score); y++) {
      let first = row;
      let end: usize = 0;
      for (let i: usize = 0; i < row; i++) {
        const v = v128.load32_splat(ground);
        if (v128.any_true(v128.or(f32x4.ne(v128.load(p), v), f32x4.ne(v128.load(p, 16), v)))) {
          first = min<usize>(first, i);
          end = i + 1;
        }
        p += LANE_BYTES;
        ground += LANE_BYTES;
      }
      const channels = channelsOf(score);
      store<u16>(ink, <u16>(first / channels));
      store<u16>(ink, <u16>((end + channels - 1) / channels), 2);
      ink += SPAN_BYTES;
    }
  }
}

/** Sets the noise: 1 / sigma^2, and the radius of the patches, below 0 for the whole picture. */
export function localNoise(score: usize, precision: f32, radius: i32): void {
  if (setNoise(score, -0.5 * precision, radius)) writeSpans(score);
}

/** Writes where patches of pictures hold more than background, and how often not. Moved patches are all compared. */
function writeSpans(score: usize): void {
  const height = <i32>heightOf(score);
  const width = <i32>widthOf(score);
  const r = radiusOf(score);
  const counts = countsOf(score);
  memory.fill(counts, 0, (<usize>(height * width)) << 2);
  let span = spansOf(score);
  for (let tile: usize = 0; tile < tilesOf(score); tile++) {
    const inks = inksOf(score) + tile * height * SPAN_BYTES;
    for (let y = 0; y < height; y++) {
      let first = reachOf(score) > 0 || r < 0 ? 0 : width;
      let end = width - first;
      for (let i = max<i32>(0, y - r); i < min<i32>(height, y + r + 1); i++) {
        const ink = inks + <usize>i * SPAN_BYTES;
        if (load<u16>(ink) >= load<u16>(ink, 2)) continue;
        first = min<i32>(first, max<i32>(0, <i32>load<u16>(ink) - r));
        end = max<i32>(end, min<i32>(width, <i32>load<u16>(ink, 2) + r));
      }
      store<u16>(span, <u16>first);
      store<u16>(span, <u16>end, 2);
      span += SPAN_BYTES;
      for (let x = 0; x < width; x++) {
        if (x >= first && x < end) continue;
        const count = counts + ((<usize>(y * width + x)) << 2);
        store<f32>(count, load<f32>(count) + <f32>LANES);
      }
    }
  }
}
