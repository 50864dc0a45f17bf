// The local scores of places: s(y) = (mean - y) / sigma^2, where the mean of a pixel is that of the pictures' pixels, weighted by
// exp(-|patch of the picture - patch of y|^2 / (2 sigma^2)) (Kamb and Ganguli, "An analytic theory of creativity in convolutional
// diffusion models", 2025: the local score, and with a reach beyond the picture the equivariant one).
import { LANE_BYTES, LANES } from '../../../src/abi/panels';
import { sumLanes } from '../../core/simd';
import { addPatches } from './patches';
import {
  channelsOf,
  clearRows,
  countsOf,
  dimOf,
  heightOf,
  LEAST,
  limitsOf,
  localBackground,
  localPictures,
  PULLS,
  placeOf,
  radiusOf,
  reachOf,
  recordBytes,
  recordsOf,
  SPAN_BYTES,
  SUM,
  slopeOf,
  spansOf,
  tilesOf,
  widthOf,
} from './record';
import { addWhole } from './whole';

/** Tiles that one place uses before the next does: they stay in the cache, and so does what is known of the place meanwhile. */
const BLOCK: usize = 8;
/** Above every squared distance that counts: the distance of a surplus picture is infinite. */
const MOST: f32 = 3e38;

/** Writes the scores s of n places x, both panels [ceil(n / 8)][D][8]; lanes without a place get 0. */
export function localPanels(score: usize, x: usize, s: usize, n: usize): void {
  const bytes = dimOf(score) * LANE_BYTES;
  for (let i: usize = 0; i < n; i += LANES) {
    localPanel(score, x, s, min<usize>(LANES, n - i));
    x += bytes;
    s += bytes;
  }
}

/** The scores of the first n lanes of a panel. */
function localPanel(score: usize, x: usize, s: usize, n: usize): void {
  const bytes = dimOf(score) * LANE_BYTES;
  clearRows(score);
  for (let lane: usize = 0; lane < n; lane++) start(score, x + (lane << 2), placeOf(score, lane));
  for (let block: usize = 0; block < tilesOf(score); block += BLOCK) {
    const end = min<usize>(block + BLOCK, tilesOf(score));
    for (let lane: usize = 0; lane < n; lane++)
      for (let tile = block; tile < end; tile++) addTile(score, tile, placeOf(score, lane));
  }
  memory.fill(s, 0, bytes);
  for (let lane: usize = 0; lane < n; lane++) finish(score, placeOf(score, lane), s + (lane << 2));
}

/** Copies one lane of a panel, empties the records, and compares the place with the background. */
function start(score: usize, x: usize, place: usize): void {
  const D = dimOf(score);
  const pixels = heightOf(score) * widthOf(score);
  for (let d: usize = 0; d < D; d++) store<f32>(place + (d << 2), load<f32>(x + d * LANE_BYTES));
  memory.fill(recordsOf(score, place), 0, pixels * recordBytes(channelsOf(score)));
  if (radiusOf(score) < 0) {
    empty(score, place, 0);
    return;
  }
  for (let i: usize = 0; i < pixels; i++) empty(score, place, i);
  if (reachOf(score) > 0) return;
  addPatches(score, localBackground(score), place, 0, 0, 0);
  for (let i: usize = 0; i < pixels; i++) weighBackground(score, place, i);
}

/** Says that nothing was added to a pixel. */
function empty(score: usize, place: usize, pixel: usize): void {
  store<f32>(limitsOf(score, place) + (pixel << 2), MOST);
  const record = recordsOf(score, place) + pixel * recordBytes(channelsOf(score));
  v128.store(record, f32x4.splat(MOST), LEAST);
}

/** Counts what the background has added to a pixel as often as pictures of tiles have it there. */
function weighBackground(score: usize, place: usize, pixel: usize): void {
  const count = v128.load32_splat(countsOf(score) + (pixel << 2));
  const record = recordsOf(score, place) + pixel * recordBytes(channelsOf(score));
  const end = record + recordBytes(channelsOf(score));
  for (let at = record + SUM; at < end; at += 16) v128.store(at, f32x4.mul(v128.load(at), count));
  // Where no tile has it, no weight may be measured by it.
  if (load<f32>(countsOf(score) + (pixel << 2)) == 0) empty(score, place, pixel);
}

/** Adds a tile of pictures, at all the places to which it may be moved. */
function addTile(score: usize, tile: usize, place: usize): void {
  const pictures = localPictures(score) + tile * dimOf(score) * LANE_BYTES;
  if (radiusOf(score) < 0) {
    addWhole(score, pictures, place);
    return;
  }
  const spans = spansOf(score) + tile * heightOf(score) * SPAN_BYTES;
  const reach = reachOf(score);
  for (let dy = -reach; dy <= reach; dy++)
    for (let dx = -reach; dx <= reach; dx++) addPatches(score, pictures, place, dy, dx, spans);
}

/** Divides the sums of a place by the sums of weights and by sigma^2. s: its lane of a panel of scores. */
function finish(score: usize, place: usize, s: usize): void {
  const channels = radiusOf(score) < 0 ? dimOf(score) : channelsOf(score);
  const precision: f32 = -2 * slopeOf(score);
  let record = recordsOf(score, place);
  for (const end = s + dimOf(score) * LANE_BYTES; s < end; record += recordBytes(channels)) {
    const factor: f32 = precision / sumLanes(v128.load(record, SUM));
    for (let at = record; at < record + (channels << 4); at += 16) {
      store<f32>(s, factor * sumLanes(v128.load(at, PULLS)));
      s += LANE_BYTES;
    }
  }
}
