// Passes over the rows of a tile of eight pictures.
import { LANE_BYTES } from '../../../src/abi/panels';
import { madd } from '../../core/simd';

/** Squared distances of `count` pixels, summed over channels. p: [count][channels][8]; y: [count][channels]; out: [count][8]. */
export function differences(channels: usize, p: usize, y: usize, out: usize, count: i32): void {
  const end = out + <usize>count * LANE_BYTES;
  if (channels == 1) {
    for (; out < end; out += LANE_BYTES) {
      const v = v128.load32_splat(y);
      const u0 = f32x4.sub(v128.load(p), v);
      const u1 = f32x4.sub(v128.load(p, 16), v);
      v128.store(out, f32x4.mul(u0, u0));
      v128.store(out, f32x4.mul(u1, u1), 16);
      p += LANE_BYTES;
      y += 4;
    }
    return;
  }
  for (; out < end; out += LANE_BYTES) {
    let s0 = f32x4.splat(0);
    let s1 = s0;
    for (const last = y + (channels << 2); y < last; y += 4) {
      const v = v128.load32_splat(y);
      const u0 = f32x4.sub(v128.load(p), v);
      const u1 = f32x4.sub(v128.load(p, 16), v);
      s0 = madd(u0, u0, s0);
      s1 = madd(u1, u1, s1);
      p += LANE_BYTES;
    }
    v128.store(out, s0);
    v128.store(out, s1, 16);
  }
}

/** a += b. Rows of `count` pixels, [count][8]. */
export function addRow(a: usize, b: usize, count: i32): void {
  for (const end = a + <usize>count * LANE_BYTES; a < end; a += LANE_BYTES) {
    v128.store(a, f32x4.add(v128.load(a), v128.load(b)));
    v128.store(a, f32x4.add(v128.load(a, 16), v128.load(b, 16)), 16);
    b += LANE_BYTES;
  }
}

/** out = a + b. */
export function sumRows(a: usize, b: usize, out: usize, count: i32): void {
  for (const end = out + <usize>count * LANE_BYTES; out < end; out += LANE_BYTES) {
    v128.store(out, f32x4.add(v128.load(a), v128.load(b)));
    v128.store(out, f32x4.add(v128.load(a, 16), v128.load(b, 16)), 16);
    a += LANE_BYTES;
    b += LANE_BYTES;
  }
}

/** d = (p - y)^2, a += d, out = a + b: `differences`, `addRow` and `sumRows` at once, of one channel. */
export function nextRow(p: usize, y: usize, d: usize, a: usize, b: usize, out: usize, count: i32): void {
  for (const end = out + <usize>count * LANE_BYTES; out < end; out += LANE_BYTES) {
    const v = v128.load32_splat(y);
    const u0 = f32x4.sub(v128.load(p), v);
    const u1 = f32x4.sub(v128.load(p, 16), v);
    const d0 = f32x4.mul(u0, u0);
    const d1 = f32x4.mul(u1, u1);
    v128.store(d, d0);
    v128.store(d, d1, 16);
    const s0 = f32x4.add(v128.load(a), d0);
    const s1 = f32x4.add(v128.load(a, 16), d1);
    v128.store(a, s0);
    v128.store(a, s1, 16);
    v128.store(out, f32x4.add(s0, v128.load(b)));
    v128.store(out, f32x4.add(s1, v128.load(b, 16)), 16);
    p += LANE_BYTES;
    y += 4;
    d += LANE_BYTES;
    a += LANE_BYTES;
    b += LANE_BYTES;
  }
}

/**
 * out[x] = sums[x] + ... + sums[x + k - 1] for `count` places x, by blocks of k: the end of one, summed backwards in place, and the
 * beginning of the next. sums: [count + k - 1][8], overwritten.
 */
export function slide(sums: usize, k: i32, out: usize, count: i32): void {
  const back = <usize>(k - 1) * LANE_BYTES;
  for (const end = out + <usize>count * LANE_BYTES; out < end; ) {
    let s0 = f32x4.splat(0);
    let s1 = s0;
    for (let at = sums + back; at >= sums; at -= LANE_BYTES) {
      s0 = f32x4.add(s0, v128.load(at));
      s1 = f32x4.add(s1, v128.load(at, 16));
      v128.store(at, s0);
      v128.store(at, s1, 16);
    }
    v128.store(out, s0);
    v128.store(out, s1, 16);
    out += LANE_BYTES;
    sums += LANE_BYTES;
    s0 = f32x4.splat(0);
    s1 = s0;
    for (const last = min<usize>(out + back, end); out < last; out += LANE_BYTES) {
      s0 = f32x4.add(s0, v128.load(sums + back));
      s1 = f32x4.add(s1, v128.load(sums + back, 16));
      v128.store(out, f32x4.add(s0, v128.load(sums)));
      v128.store(out, f32x4.add(s1, v128.load(sums, 16)), 16);
      sums += LANE_BYTES;
    }
  }
}

/** out[x] = the sum of three rows over the places x to x + 2. */
export function sum3(a: usize, b: usize, c: usize, out: usize, count: i32): void {
  let p0 = f32x4.add(f32x4.add(v128.load(a), v128.load(b)), v128.load(c));
  let p1 = f32x4.add(f32x4.add(v128.load(a, 16), v128.load(b, 16)), v128.load(c, 16));
  let q0 = f32x4.add(f32x4.add(v128.load(a, 32), v128.load(b, 32)), v128.load(c, 32));
  let q1 = f32x4.add(f32x4.add(v128.load(a, 48), v128.load(b, 48)), v128.load(c, 48));
  for (const end = out + <usize>count * LANE_BYTES; out < end; out += LANE_BYTES) {
    const n0 = f32x4.add(f32x4.add(v128.load(a, 64), v128.load(b, 64)), v128.load(c, 64));
    const n1 = f32x4.add(f32x4.add(v128.load(a, 80), v128.load(b, 80)), v128.load(c, 80));
    v128.store(out, f32x4.add(f32x4.add(p0, q0), n0));
    v128.store(out, f32x4.add(f32x4.add(p1, q1), n1), 16);
    p0 = q0;
    p1 = q1;
    q0 = n0;
    q1 = n1;
    a += LANE_BYTES;
    b += LANE_BYTES;
    c += LANE_BYTES;
  }
}

/** out[x] = the sum of five rows over the places x to x + 4. */
export function sum5(a: usize, b: usize, c: usize, d: usize, e: usize, out: usize, count: i32): void {
  for (let half: usize = 0; half < LANE_BYTES; half += 16) {
    const c0 = column5(a + half, b + half, c + half, d + half, e + half);
    const c1 = column5(a + half + 32, b + half + 32, c + half + 32, d + half + 32, e + half + 32);
    const c2 = column5(a + half + 64, b + half + 64, c + half + 64, d + half + 64, e + half + 64);
    let last = column5(a + half + 96, b + half + 96, c + half + 96, d + half + 96, e + half + 96);
    let t0 = f32x4.add(c0, c1);
    let t1 = f32x4.add(c1, c2);
    let t2 = f32x4.add(c2, last);
    const end = <usize>count * LANE_BYTES + half;
    for (let i: usize = half; i < end; i += LANE_BYTES) {
      const next = column5(a + i + 128, b + i + 128, c + i + 128, d + i + 128, e + i + 128);
      v128.store(out + i, f32x4.add(f32x4.add(t0, t2), next));
      t0 = t1;
      t1 = t2;
      t2 = f32x4.add(last, next);
      last = next;
    }
  }
}

/** The sum of one vector of each of five rows. */
function column5(a: usize, b: usize, c: usize, d: usize, e: usize): v128 {
  const four = f32x4.add(f32x4.add(v128.load(a), v128.load(b)), f32x4.add(v128.load(c), v128.load(d)));
  return f32x4.add(four, v128.load(e));
}
