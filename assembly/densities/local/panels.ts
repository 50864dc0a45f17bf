// The local scores of places: s(y) = (mean - y) / sigma^2, where the mean of a pixel is that of the pictures' pixels, weighted by
// exp(-|patch of the picture - patch of y|^2 / (2 sigma^2)) (Kamb and Ganguli, "An analytic theory of creativity in convolutional
// diffusion models", 2025: the local score, and with a reach beyond the picture the equivariant one).
import { LANE_BYTES, LANES } from '../../../src/abi/panels';
import { sumLanes } from '../../core/simd';
import { addPatches } from './patches';
import {
  channelsOf,
  dimOf,
  heightOf,
  LEAST,
  limitsOf,
  localPictures,
  PULLS,
  placeOf,
  radiusOf,
  reachOf,
  recordBytes,
  recordsOf,
  SUM,
  scaleOf,
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
  for (let lane: usize = 0; lane < n; lane++) start(score, x + (lane << 2), placeOf(score, lane));
  const tiles = localPictures(score);
  const end = tiles + tilesOf(score) * bytes;
  for (let block = tiles; block < end; block += BLOCK * bytes) {
    const last = min<usize>(block + BLOCK * bytes, end);
    for (let lane: usize = 0; lane < n; lane++)
      for (let tile = block; tile < last; tile += bytes) addTile(score, tile, placeOf(score, lane));
  }
  memory.fill(s, 0, bytes);
  for (let lane: usize = 0; lane < n; lane++) finish(score, placeOf(score, lane), s + (lane << 2));
}

/** Copies one lane of a panel, and empties the records. */
function start(score: usize, x: usize, place: usize): void {
  const D = dimOf(score);
  const limits = limitsOf(score, place);
  const records = recordsOf(score, place);
  const pixels = heightOf(score) * widthOf(score);
  for (let d: usize = 0; d < D; d++) store<f32>(place + (d << 2), load<f32>(x + d * LANE_BYTES));
  memory.fill(records, 0, pixels * recordBytes(score));
  for (let i: usize = 0; i < pixels; i++) {
    store<f32>(limits + (i << 2), MOST);
    // All pixels share the first record where the patch is the whole picture.
    if (radiusOf(score) >= 0 || i == 0)
      v128.store(records + i * recordBytes(score), f32x4.splat(MOST), LEAST);
  }
}

/** Adds a tile of pictures, at all the places to which it may be moved. */
function addTile(score: usize, tile: usize, place: usize): void {
  if (radiusOf(score) < 0) {
    addWhole(score, tile, place);
    return;
  }
  const reach = reachOf(score);
  for (let dy = -reach; dy <= reach; dy++)
    for (let dx = -reach; dx <= reach; dx++) addPatches(score, tile, place, dy, dx);
}

/** Divides the sums of a place by the sums of weights and by sigma^2. s: its lane of a panel of scores. */
function finish(score: usize, place: usize, s: usize): void {
  const records = recordsOf(score, place);
  const channels = radiusOf(score) < 0 ? dimOf(score) : channelsOf(score);
  const bytes = PULLS + (channels << 4);
  const precision: f32 = -2 * scaleOf(score);
  let record = records;
  for (const end = s + dimOf(score) * LANE_BYTES; s < end; record += bytes) {
    const factor: f32 = precision / sumLanes(v128.load(record, SUM));
    for (let at = record; at < record + (channels << 4); at += 16) {
      store<f32>(s, factor * sumLanes(v128.load(at, PULLS)));
      s += LANE_BYTES;
    }
  }
}
