// Group normalisation (Wu and He, "Group normalization", 2018), with SiLU behind it if the record says so, of pictures
// [sample][pixel][channel]: y = gamma (x - mean) / sqrt(variance + epsilon) + beta, mean and variance over the pixels and
// channels of a group of a sample. Mean and variance are formed one after the other, which loses no digits where the mean is
// large.
import { GroupNormField as At } from '../../src/abi/plan';
import { silu } from '../core/math';
import { madd, storeLanes } from '../core/simd';
import { ABREAST, addAbreast, addChannelSums, CHUNK } from './channels';

/** Bytes of WORK: six rows of channels. */
export function groupNormBytes(C: usize): usize {
  return ((6 * C) << 2) + 64;
}

/** y = norm(x), or SiLU of it. y: overwritten; MOMENTS and SLOPE: overwritten, in WORK and not at all where nothing is kept. */
export function groupNormForward(op: usize, samples: usize): void {
  const C = load<usize>(op, At.CHANNELS);
  const pixels = load<usize>(op, At.PIXELS);
  const bytes = C << 2;
  const gamma = load<usize>(op, At.GAMMA);
  const isSilu = load<u32>(op, At.SILU) != 0;
  const work = load<usize>(op, At.WORK);
  const kept = load<usize>(op, At.MOMENTS);
  const slopes = load<usize>(op, At.SLOPE);
  for (let s: usize = 0; s < samples; s++) {
    const x = load<usize>(op, At.X) + s * pixels * bytes;
    const y = load<usize>(op, At.Y) + s * pixels * bytes;
    const mean = kept != 0 ? kept + 2 * s * bytes : work + 2 * bytes;
    const scale = work + bytes;
    moments(op, x, mean);
    for (let c: usize = 0; c < bytes; c += 4)
      store<f32>(scale + c, load<f32>(gamma + c) * load<f32>(mean + bytes + c));
    for (let first: usize = 0; first < pixels; first += CHUNK) {
      const end = min<usize>(CHUNK, pixels - first) * bytes;
      const to = y + first * bytes;
      normalise(x + first * bytes, to, end, bytes, mean, scale, load<usize>(op, At.BETA));
      // What this writes beyond a chunk that is not full is written again, or is room beyond the arrays.
      const slope = slopes + (s * pixels + first) * bytes;
      if (isSilu) silu(to, to, slopes != 0 ? slope : 0, end);
    }
  }
}

/** y = scale (x - mean) + beta for some pixels. end: their bytes; bytes: of one pixel; mean, scale, beta: f32 [C]. */
function normalise(
  x: usize,
  y: usize,
  end: usize,
  bytes: usize,
  mean: usize,
  scale: usize,
  beta: usize,
): void {
  for (let c: usize = 0; c < bytes; c += 16) {
    const vMean = v128.load(mean + c);
    const vScale = v128.load(scale + c);
    const vBeta = v128.load(beta + c);
    const isFull = c + 16 <= bytes;
    for (let p = c; p < end; p += bytes) {
      const z = madd(f32x4.sub(v128.load(x + p), vMean), vScale, vBeta);
      if (isFull) v128.store(y + p, z);
      else storeLanes(y + p, z, (bytes - c) >> 2);
    }
  }
}

/** Mean and reciprocal deviation of each channel's group: f32 [2][C] at `mean`. x: one sample. */
function moments(op: usize, x: usize, mean: usize): void {
  const C = load<usize>(op, At.CHANNELS);
  const pixels = load<usize>(op, At.PIXELS);
  const bytes = C << 2;
  const sums = load<usize>(op, At.WORK);
  const deviation = mean + bytes;
  memory.fill(sums, 0, bytes);
  addChannelSums(x, pixels, C, sums);
  groupMeans(op, sums, mean);
  memory.fill(sums, 0, bytes);
  addSquares(x, pixels, C, mean, sums);
  groupMeans(op, sums, deviation);
  const epsilon = load<f32>(op, At.EPSILON);
  for (let c: usize = 0; c < bytes; c += 4)
    store<f32>(deviation + c, 1 / sqrt<f32>(load<f32>(deviation + c) + epsilon));
}

/** means[c]: the sum of `sums` over the group of channel c, divided by the numbers of the group in a sample. */
export function groupMeans(op: usize, sums: usize, means: usize): void {
  const C = load<usize>(op, At.CHANNELS);
  const size = C / load<usize>(op, At.GROUPS);
  const count = <f32>(size * load<usize>(op, At.PIXELS));
  for (let first: usize = 0; first < C; first += size) {
    let sum: f32 = 0;
    for (let c = first; c < first + size; c++) sum += load<f32>(sums + (c << 2));
    for (let c = first; c < first + size; c++) store<f32>(means + (c << 2), sum / count);
  }
}

/** sums[c] += the sum over pixels of (x[p][c] - mean[c])^2. */
function addSquares(x: usize, pixels: usize, C: usize, mean: usize, sums: usize): void {
  const bytes = C << 2;
  for (let first: usize = 0; first < pixels; first += CHUNK) {
    const end = x + min<usize>(CHUNK, pixels - first) * bytes;
    let c: usize = 0;
    for (; c + ABREAST <= bytes; c += ABREAST) {
      const mean0 = v128.load(mean + c);
      const mean1 = v128.load(mean + c, 16);
      const mean2 = v128.load(mean + c, 32);
      const mean3 = v128.load(mean + c, 48);
      let sum0 = f32x4.splat(0);
      let sum1 = f32x4.splat(0);
      let sum2 = f32x4.splat(0);
      let sum3 = f32x4.splat(0);
      for (let p = x + c; p < end; p += bytes) {
        sum0 = addSquare(v128.load(p), mean0, sum0);
        sum1 = addSquare(v128.load(p, 16), mean1, sum1);
        sum2 = addSquare(v128.load(p, 32), mean2, sum2);
        sum3 = addSquare(v128.load(p, 48), mean3, sum3);
      }
      addAbreast(sums + c, sum0, sum1, sum2, sum3);
    }
    for (; c < bytes; c += 16) {
      const centre = v128.load(mean + c);
      let sum = f32x4.splat(0);
      for (let p = x + c; p < end; p += bytes) sum = addSquare(v128.load(p), centre, sum);
      sum = f32x4.add(v128.load(sums + c), sum);
      if (c + 16 <= bytes) v128.store(sums + c, sum);
      else storeLanes(sums + c, sum, (bytes - c) >> 2);
    }
    x = end;
  }
}

/** sum + (x - mean)^2. */
function addSquare(x: v128, mean: v128, sum: v128): v128 {
  const d = f32x4.sub(x, mean);
  return madd(d, d, sum);
}

/**
 * With h = (x - mean) / deviation and dz the gradient in front of SiLU: dgamma += sum of dz h, dbeta += sum of dz, and
 * dx = (gamma dz - m1 - h m2) / deviation, m1 and m2 the group's means of gamma dz and of gamma dz h. dx: overwritten, may be dy.
 */
export function groupNormBackward(op: usize, samples: usize, gradients: usize): void {
  const bytes = load<usize>(op, At.CHANNELS) << 2;
  const picture = load<usize>(op, At.PIXELS) * bytes;
  const slopes = load<usize>(op, At.SLOPE);
  for (let s: usize = 0; s < samples; s++) {
    sampleBackward(
      op,
      load<usize>(op, At.X) + s * picture,
      load<usize>(op, At.DY) + s * picture,
      load<usize>(op, At.DX) + s * picture,
      slopes != 0 ? slopes + s * picture : 0,
      load<usize>(op, At.MOMENTS) + 2 * s * bytes,
      gradients,
    );
  }
}

/** The same for one sample. slope: SiLU's, or 0; mean: with the reciprocal deviation behind it. */
export function sampleBackward(
  op: usize,
  x: usize,
  dy: usize,
  dx: usize,
  slope: usize,
  mean: usize,
  gradients: usize,
): void {
  const C = load<usize>(op, At.CHANNELS);
  const pixels = load<usize>(op, At.PIXELS);
  const bytes = C << 2;
  const gamma = load<usize>(op, At.GAMMA);
  const dGamma = gamma + gradients;
  const dBeta = load<usize>(op, At.BETA) + gradients;
  // Sums of dz and of dz h over pixels; then gamma times them; then their means over groups.
  const sums = load<usize>(op, At.WORK);
  const weighted = sums + 2 * bytes;
  const means = weighted + 2 * bytes;
  normSums(x, dy, dx, pixels, bytes, slope, mean, sums);
  for (let c: usize = 0; c < bytes; c += 4) {
    store<f32>(dBeta + c, load<f32>(dBeta + c) + load<f32>(sums + c));
    store<f32>(dGamma + c, load<f32>(dGamma + c) + load<f32>(sums + bytes + c));
    store<f32>(weighted + c, load<f32>(sums + c) * load<f32>(gamma + c));
    store<f32>(weighted + bytes + c, load<f32>(sums + bytes + c) * load<f32>(gamma + c));
  }
  groupMeans(op, weighted, means);
  groupMeans(op, weighted + bytes, means + bytes);
  inputGradient(dx, x, pixels, bytes, gamma, mean, means);
}

/** dx <- dz, and sums f32 [2][C] <- the sums over pixels of dz and of dz h. dz: dy, or dy times `slope` unless that is 0. */
export function normSums(
  x: usize,
  dy: usize,
  dx: usize,
  pixels: usize,
  bytes: usize,
  slope: usize,
  mean: usize,
  sums: usize,
): void {
  memory.fill(sums, 0, 2 * bytes);
  for (let first: usize = 0; first < pixels; first += CHUNK) {
    const at = first * bytes;
    const end = min<usize>(CHUNK, pixels - first) * bytes;
    gradientSums(x + at, dy + at, dx + at, end, bytes, slope != 0 ? slope + at : 0, mean, sums);
  }
}

/**
 * dx <- dz for some pixels, and sums f32 [2][C] += the sums over them of dz and of dz h. Both sums of a channel are formed
 * over these pixels first. end: their bytes; bytes: of one pixel; slope: SiLU's, as dy, or 0; mean: with the reciprocal
 * deviation behind it.
 */
function gradientSums(
  x: usize,
  dy: usize,
  dx: usize,
  end: usize,
  bytes: usize,
  slope: usize,
  mean: usize,
  sums: usize,
): void {
  const deviation = mean + bytes;
  for (let c: usize = 0; c < bytes; c += 16) {
    // Of a last vector that is not full, only its lanes are stored: it is computed from the numbers of the next pixel too.
    const isFull = c + 16 <= bytes;
    const vMean = v128.load(mean + c);
    const vDeviation = v128.load(deviation + c);
    let sum = f32x4.splat(0);
    let sumH = f32x4.splat(0);
    for (let p = c; p < end; p += bytes) {
      const h = f32x4.mul(f32x4.sub(v128.load(x + p), vMean), vDeviation);
      let dz = v128.load(dy + p);
      if (slope != 0) dz = f32x4.mul(dz, v128.load(slope + p));
      sum = f32x4.add(sum, dz);
      sumH = madd(dz, h, sumH);
      if (isFull) v128.store(dx + p, dz);
      else storeLanes(dx + p, dz, (bytes - c) >> 2);
    }
    sum = f32x4.add(v128.load(sums + c), sum);
    sumH = f32x4.add(v128.load(sums + bytes + c), sumH);
    if (isFull) {
      v128.store(sums + c, sum);
      v128.store(sums + bytes + c, sumH);
    } else {
      storeLanes(sums + c, sum, (bytes - c) >> 2);
      storeLanes(sums + bytes + c, sumH, (bytes - c) >> 2);
    }
  }
}

/** dx <- (gamma dx - m1 - h m2) / deviation. means: m1, m2 [C] each; mean: with the reciprocal deviation behind it. */
function inputGradient(
  dx: usize,
  x: usize,
  pixels: usize,
  bytes: usize,
  gamma: usize,
  mean: usize,
  means: usize,
): void {
  const deviation = mean + bytes;
  for (let c: usize = 0; c < bytes; c += 16) {
    const vMean = v128.load(mean + c);
    const r = v128.load(deviation + c);
    const vGamma = v128.load(gamma + c);
    const m1 = v128.load(means + c);
    const m2 = v128.load(means + bytes + c);
    const isFull = c + 16 <= bytes;
    for (let p = c; p < pixels * bytes; p += bytes) {
      const h = f32x4.mul(f32x4.sub(v128.load(x + p), vMean), r);
      const d = f32x4.mul(r, f32x4.sub(f32x4.mul(vGamma, v128.load(dx + p)), madd(h, m2, m1)));
      if (isFull) v128.store(dx + p, d);
      else storeLanes(dx + p, d, (bytes - c) >> 2);
    }
  }
}
