// Parts of the points: what each adds to the scores of a group of panels is summed apart, and then joined in one binary tree. Threads
// can share the parts, each joins what is its own, and any number of threads gives the same bits. A part is its panels' states, then
// their sums, [panels][width][8].
import { LANE_BYTES } from '../../../src/abi/panels';
import { expDown } from '../../core/math';
import { madd } from '../../core/simd';
import { addBatch, finish, finishLog, start } from './products';
import {
  BATCH,
  centredOf,
  countOf,
  dimOf,
  FAR,
  groupOf,
  PANELS,
  partsOf,
  STATE_BYTES,
  SUM,
  statesOf,
  TOP,
  widthOf,
} from './record';

/**
 * Scores and log-densities of panels. x: [panels][D][8]; s: the scores, [panels][D][8], overwritten; logp: log p(x),
 * [panels][8], overwritten, unless it is 0.
 */
export function productPanels(score: usize, x: usize, s: usize, logp: usize, panels: usize): void {
  const stride = dimOf(score) * LANE_BYTES;
  const group = groupOf(dimOf(score));
  const parts = centredOf(score) + group * widthOf(score) * LANE_BYTES;
  for (let first: usize = 0; first < panels; first += group) {
    const count = min<usize>(group, panels - first);
    centre(score, x, count);
    sumParts(score, x, count, 0, partsOf(score), parts);
    finishPanels(score, x, count, parts, s, logp);
    x += count * stride;
    s += count * stride;
    if (logp != 0) logp += count * LANE_BYTES;
  }
}

/** Sums the parts i ... i + n - 1, n a power of two, at `to`; behind it, room for one more part for each halving. */
function sumParts(score: usize, x: usize, panels: usize, i: usize, n: usize, to: usize): void {
  if (n == 1) {
    addPart(score, x, panels, i, to);
    return;
  }
  const other = to + partBytes(score, panels);
  sumParts(score, x, panels, i, n >> 1, to);
  sumParts(score, x, panels, i + (n >> 1), n >> 1, other);
  joinParts(score, panels, to, other);
}

/** Most panels that `empiricalShare` and `empiricalFinish` take. */
export function empiricalGroup(score: usize): usize {
  return groupOf(dimOf(score));
}

/** Parts of the points, 1, 2 or 4. Thread t of T has the parts from floor(parts t / T) on. */
export function empiricalParts(score: usize): usize {
  return partsOf(score);
}

/** Bytes of one part of so many panels. */
export function partBytes(score: usize, panels: usize): usize {
  return panels * (STATE_BYTES + widthOf(score) * LANE_BYTES);
}

/**
 * Writes a thread's own of the parts, and joins those whose tree is all its own: it stands where the first of them stood.
 * x: [panels][D][8], a group at most; parts: of all threads.
 */
export function empiricalShare(
  score: usize,
  x: usize,
  panels: usize,
  thread: usize,
  threads: usize,
  parts: usize,
): void {
  const bytes = partBytes(score, panels);
  const end = (partsOf(score) * (thread + 1)) / threads;
  centre(score, x, panels);
  for (let i = (partsOf(score) * thread) / threads; i < end; i++)
    addPart(score, x, panels, i, parts + i * bytes);
  joinOf(score, panels, thread, threads, parts);
}

/** Joins what threads have left at `parts`, and writes the scores of a group of panels; x, s and logp as in `productPanels`. */
export function empiricalFinish(
  score: usize,
  x: usize,
  panels: usize,
  threads: usize,
  parts: usize,
  s: usize,
  logp: usize,
): void {
  centre(score, x, panels);
  joinOf(score, panels, threads, threads, parts);
  finishPanels(score, x, panels, parts, s, logp);
}

/** Makes the joins within a thread's own parts, or, with thread = threads, those of parts of several threads. */
function joinOf(score: usize, panels: usize, thread: usize, threads: usize, parts: usize): void {
  const bytes = partBytes(score, panels);
  const n = partsOf(score);
  for (let half: usize = 1; half < n; half <<= 1) {
    for (let i: usize = 0; i < n; i += 2 * half) {
      // The thread of the first part; the join is its own if the last part is too.
      const first = (threads * (i + 1) - 1) / n;
      const last = (threads * (i + 2 * half) - 1) / n;
      const owner = first == last ? first : threads;
      if (owner == thread) joinParts(score, panels, parts + i * bytes, parts + (i + half) * bytes);
    }
  }
}

/** Centres a group of panels in scratch, and starts their states. x: [panels][D][8]. */
function centre(score: usize, x: usize, panels: usize): void {
  for (let p: usize = 0; p < panels; p++) {
    const c = centredOf(score) + p * widthOf(score) * LANE_BYTES;
    start(score, x + p * dimOf(score) * LANE_BYTES, c, statesOf(score) + p * STATE_BYTES);
  }
}

/** Writes part i of the points to `part`, for a group of panels that `centre` has centred. x: [panels][D][8]. */
function addPart(score: usize, x: usize, panels: usize, i: usize, part: usize): void {
  const stride = dimOf(score) * LANE_BYTES;
  const width = widthOf(score) * LANE_BYTES;
  const centred = centredOf(score);
  const sums = part + panels * STATE_BYTES;
  memory.copy(part, statesOf(score), panels * STATE_BYTES);
  memory.fill(sums, 0, panels * width);
  const batches = (countOf(score) + BATCH - 1) / BATCH;
  const end = min<usize>(countOf(score), ((batches * (i + 1)) / partsOf(score)) * BATCH);
  for (let first = ((batches * i) / partsOf(score)) * BATCH; first < end; first += BATCH) {
    const points = min<usize>(BATCH, end - first);
    for (let p: usize = 0; p < panels; p += PANELS) {
      const isPair = PANELS == 2 && p + 1 < panels;
      const state = part + p * STATE_BYTES;
      addBatch(score, first, points, isPair, x + p * stride, centred + p * width, sums + p * width, state);
    }
  }
}

/** Adds a part to another, both relative to the larger of their largest exponents. */
function joinParts(score: usize, panels: usize, part: usize, other: usize): void {
  const width = widthOf(score) * LANE_BYTES;
  const sums = panels * STATE_BYTES;
  for (let p: usize = 0; p < panels; p++) {
    for (let half: usize = 0; half < LANE_BYTES; half += 16) {
      const to = part + p * STATE_BYTES + half;
      const from = other + p * STATE_BYTES + half;
      const top = f32x4.pmax(v128.load(to, TOP), v128.load(from, TOP));
      const a = expDown(f32x4.sub(v128.load(to, TOP), top));
      const b = expDown(f32x4.sub(v128.load(from, TOP), top));
      v128.store(to, top, TOP);
      v128.store(to, madd(a, v128.load(to, SUM), f32x4.mul(b, v128.load(from, SUM))), SUM);
      v128.store(to, madd(a, v128.load(to, FAR), f32x4.mul(b, v128.load(from, FAR))), FAR);
      const first = sums + p * width + half;
      for (let i = first; i < first + width; i += LANE_BYTES) {
        v128.store(part + i, madd(a, v128.load(part + i), f32x4.mul(b, v128.load(other + i))));
      }
    }
  }
}

/** Writes scores and log-densities from what all points have added. */
function finishPanels(score: usize, x: usize, panels: usize, part: usize, s: usize, logp: usize): void {
  const width = widthOf(score) * LANE_BYTES;
  const stride = dimOf(score) * LANE_BYTES;
  for (let p: usize = 0; p < panels; p++) {
    const sums = part + panels * STATE_BYTES + p * width;
    finish(score, x + p * stride, centredOf(score) + p * width, sums, part + p * STATE_BYTES, s + p * stride);
    if (logp != 0) finishLog(score, part + p * STATE_BYTES, logp + p * LANE_BYTES);
  }
}
