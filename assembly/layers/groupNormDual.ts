// Group normalisation of samples with tangents. With h = (x - mean) r, r the reciprocal deviation, and means over a group,
// hdot = J xdot, J = r (1 - mean - h mean(h .)), which is symmetric; zdot = gamma hdot; behind SiLU, ydot = SiLU'(z) zdot. Backward,
// with g = gamma dzdot of each tangent: dxdot = J g, dgamma += dzdot hdot, and dx has, beside what it has without tangents,
// -r (h mean(g hdot) + mean(h xdot) J g + mean(h g) hdot). Samples come first, then as many for each tangent.
import { GroupNormField as At } from '../../src/abi/plan';
import { siluCurvature } from '../core/math';
import { groupMeans, groupNormForward, normSums, sampleBackward } from './groupNorm';

/** Bytes of one sample. */
function pictureBytes(op: usize): usize {
  return (load<usize>(op, At.PIXELS) * load<usize>(op, At.CHANNELS)) << 2;
}

/** Two rows of channels of a sample: mean and reciprocal deviation; of a tangent, the group's means of xdot and of h xdot. */
function momentsOf(op: usize, s: usize): usize {
  return load<usize>(op, At.MOMENTS) + ((2 * s * load<usize>(op, At.CHANNELS)) << 2);
}

/** y of samples and of their tangents. Of a tangent, SLOPE keeps SiLU''(z) zdot. */
export function groupNormDualForward(op: usize, samples: usize, tangents: usize): void {
  const bytes = load<usize>(op, At.CHANNELS) << 2;
  const picture = pictureBytes(op);
  const pixels = load<usize>(op, At.PIXELS);
  const sums = load<usize>(op, At.WORK);
  groupNormForward(op, samples);
  for (let t = samples; t < samples * (1 + tangents); t++) {
    const s = t % samples;
    const x = load<usize>(op, At.X) + s * picture;
    const xDot = load<usize>(op, At.X) + t * picture;
    const own = momentsOf(op, t);
    // Copies xdot onto itself.
    normSums(x, xDot, xDot, pixels, bytes, 0, momentsOf(op, s), sums);
    groupMeans(op, sums, own);
    groupMeans(op, sums + bytes, own + bytes);
    for (let c: usize = 0; c < bytes; c += 4) {
      for (let at = c; at < picture; at += bytes) tangentForward(op, s, t, c, at);
    }
  }
}

/** ydot, and what SLOPE keeps, of the number `at` bytes into tangent t of sample s, whose channel is c bytes from the first. */
function tangentForward(op: usize, s: usize, t: usize, c: usize, at: usize): void {
  const picture = pictureBytes(op);
  const gamma = load<f32>(load<usize>(op, At.GAMMA) + c);
  const zDot = gamma * hDot(op, s, t, c, at);
  const y = load<usize>(op, At.Y) + t * picture + at;
  const slopes = load<usize>(op, At.SLOPE);
  if (slopes == 0) {
    store<f32>(y, zDot);
    return;
  }
  const z = gamma * normalised(op, s, c, at) + load<f32>(load<usize>(op, At.BETA) + c);
  const curvature = f32x4.extract_lane(siluCurvature(f32x4.splat(z)), 0);
  store<f32>(slopes + t * picture + at, curvature * zDot);
  store<f32>(y, load<f32>(slopes + s * picture + at) * zDot);
}

/** h of a number of sample s. */
function normalised(op: usize, s: usize, c: usize, at: usize): f32 {
  const moments = momentsOf(op, s) + c;
  const deviation = load<f32>(moments + (load<usize>(op, At.CHANNELS) << 2));
  return (load<f32>(load<usize>(op, At.X) + s * pictureBytes(op) + at) - load<f32>(moments)) * deviation;
}

/** hdot of a number of its tangent t. */
function hDot(op: usize, s: usize, t: usize, c: usize, at: usize): f32 {
  const bytes = load<usize>(op, At.CHANNELS) << 2;
  const deviation = load<f32>(momentsOf(op, s) + bytes + c);
  const means = momentsOf(op, t) + c;
  const xDot = load<f32>(load<usize>(op, At.X) + t * pictureBytes(op) + at);
  return deviation * (xDot - load<f32>(means) - normalised(op, s, c, at) * load<f32>(means + bytes));
}

/** The gradients of x, of its tangents, of gamma and of beta. dx: overwritten, may be dy. */
export function groupNormDualBackward(op: usize, samples: usize, tangents: usize, gradients: usize): void {
  const picture = pictureBytes(op);
  for (let s: usize = 0; s < samples; s++) {
    const dx = load<usize>(op, At.DX) + s * picture;
    beforeSilu(op, s, samples, tangents);
    sampleBackward(op, load<usize>(op, At.X) + s * picture, dx, dx, 0, momentsOf(op, s), gradients);
    for (let k: usize = 1; k <= tangents; k++) tangentBackward(op, s, s + k * samples, gradients);
  }
}

/** dx <- dz of sample s, and of its tangents. */
function beforeSilu(op: usize, s: usize, samples: usize, tangents: usize): void {
  const picture = pictureBytes(op);
  const dy = load<usize>(op, At.DY);
  const dx = load<usize>(op, At.DX);
  const slopes = load<usize>(op, At.SLOPE);
  for (let at = s * picture; at < (s + 1) * picture; at += 4) {
    const slope: f32 = slopes != 0 ? load<f32>(slopes + at) : 1;
    let dz = slope * load<f32>(dy + at);
    for (let k: usize = 1; k <= tangents; k++) {
      const own = at + k * samples * picture;
      const d = load<f32>(dy + own);
      if (slopes != 0) dz += load<f32>(slopes + own) * d;
      store<f32>(dx + own, slope * d);
    }
    store<f32>(dx + at, dz);
  }
}

/** What tangent t of sample s adds to dx and dgamma, and dx of the tangent itself, from dz in its place. */
function tangentBackward(op: usize, s: usize, t: usize, gradients: usize): void {
  const bytes = load<usize>(op, At.CHANNELS) << 2;
  const picture = pictureBytes(op);
  const gamma = load<usize>(op, At.GAMMA);
  // The sums over pixels of g, h g and g hdot; then their means over groups.
  const sums = load<usize>(op, At.WORK);
  const means = sums + 3 * bytes;
  const x = load<usize>(op, At.X) + s * picture;
  const dx = load<usize>(op, At.DX) + s * picture;
  const d = load<usize>(op, At.DX) + t * picture;
  normSums(x, d, d, load<usize>(op, At.PIXELS), bytes, 0, momentsOf(op, s), sums);
  for (let c: usize = 0; c < bytes; c += 4) {
    let along: f32 = 0;
    for (let at = c; at < picture; at += bytes) along += load<f32>(d + at) * hDot(op, s, t, c, at);
    store<f32>(gamma + gradients + c, load<f32>(gamma + gradients + c) + along);
    store<f32>(sums + c, load<f32>(sums + c) * load<f32>(gamma + c));
    store<f32>(sums + bytes + c, load<f32>(sums + bytes + c) * load<f32>(gamma + c));
    store<f32>(sums + 2 * bytes + c, along * load<f32>(gamma + c));
  }
  for (let row: usize = 0; row < 3; row++) groupMeans(op, sums + row * bytes, means + row * bytes);
  for (let c: usize = 0; c < bytes; c += 4) {
    const deviation = load<f32>(momentsOf(op, s) + bytes + c);
    const meanHx = load<f32>(momentsOf(op, t) + bytes + c);
    const meanG = load<f32>(means + c);
    const meanHg = load<f32>(means + bytes + c);
    const meanGh = load<f32>(means + 2 * bytes + c);
    for (let at = c; at < picture; at += bytes) {
      const h = normalised(op, s, c, at);
      const own = deviation * (load<f32>(gamma + c) * load<f32>(d + at) - meanG - h * meanHg);
      const bent = h * meanGh + meanHx * own + meanHg * hDot(op, s, t, c, at);
      store<f32>(dx + at, load<f32>(dx + at) - deviation * bent);
      store<f32>(d + at, own);
    }
  }
}
