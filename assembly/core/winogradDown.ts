// Winograd's transforms down the columns of a picture, a whole run of pixels at once: to lines LINE_BYTES apart, or from them.
import { madd, nmadd } from './simd';
import { eight, five, four, LINE_BYTES, STEP, two } from './winograd';

/** B^T of six runs of pixels, to six lines. */
export function inputDown(
  p0: usize,
  p1: usize,
  p2: usize,
  p3: usize,
  p4: usize,
  p5: usize,
  out: usize,
  bytes: usize,
): void {
  const c2 = two();
  const c4 = four();
  const c5 = five();
  for (const end = p0 + bytes; p0 < end; p0 += STEP) {
    const a0 = v128.load(p0);
    const a1 = v128.load(p1);
    const a2 = v128.load(p2);
    const a3 = v128.load(p3);
    const a4 = v128.load(p4);
    const a5 = v128.load(p5);
    const s = nmadd(a2, c4, a4);
    const t = nmadd(a1, c4, a3);
    const u = f32x4.sub(a4, a2);
    const v = f32x4.sub(a3, a1);
    if (WIDE) {
      const b0 = v128.load(p0, 16);
      const b1 = v128.load(p1, 16);
      const b2 = v128.load(p2, 16);
      const b3 = v128.load(p3, 16);
      const b4 = v128.load(p4, 16);
      const b5 = v128.load(p5, 16);
      const sb = nmadd(b2, c4, b4);
      const tb = nmadd(b1, c4, b3);
      const ub = f32x4.sub(b4, b2);
      const vb = f32x4.sub(b3, b1);
      v128.store(out, madd(a0, c4, nmadd(a2, c5, a4)));
      v128.store(out, madd(b0, c4, nmadd(b2, c5, b4)), 16);
      v128.store(out, f32x4.add(s, t), LINE_BYTES);
      v128.store(out, f32x4.add(sb, tb), 1 * LINE_BYTES + 16);
      v128.store(out, f32x4.sub(s, t), 2 * LINE_BYTES);
      v128.store(out, f32x4.sub(sb, tb), 2 * LINE_BYTES + 16);
      v128.store(out, madd(v, c2, u), 3 * LINE_BYTES);
      v128.store(out, madd(vb, c2, ub), 3 * LINE_BYTES + 16);
      v128.store(out, nmadd(v, c2, u), 4 * LINE_BYTES);
      v128.store(out, nmadd(vb, c2, ub), 4 * LINE_BYTES + 16);
      v128.store(out, madd(a1, c4, nmadd(a3, c5, a5)), 5 * LINE_BYTES);
      v128.store(out, madd(b1, c4, nmadd(b3, c5, b5)), 5 * LINE_BYTES + 16);
    } else {
      v128.store(out, madd(a0, c4, nmadd(a2, c5, a4)));
      v128.store(out, f32x4.add(s, t), LINE_BYTES);
      v128.store(out, f32x4.sub(s, t), 2 * LINE_BYTES);
      v128.store(out, madd(v, c2, u), 3 * LINE_BYTES);
      v128.store(out, nmadd(v, c2, u), 4 * LINE_BYTES);
      v128.store(out, madd(a1, c4, nmadd(a3, c5, a5)), 5 * LINE_BYTES);
    }
    p1 += STEP;
    p2 += STEP;
    p3 += STEP;
    p4 += STEP;
    p5 += STEP;
    out += STEP;
  }
}

/** A of four runs of pixels, to six lines. */
export function deltaDown(p0: usize, p1: usize, p2: usize, p3: usize, out: usize, bytes: usize): void {
  const c2 = two();
  const c4 = four();
  for (const end = p0 + bytes; p0 < end; p0 += STEP) {
    const a0 = v128.load(p0);
    const a1 = v128.load(p1);
    const a2 = v128.load(p2);
    const a3 = v128.load(p3);
    const s = f32x4.add(a0, a2);
    const t = f32x4.add(a1, a3);
    const u = madd(a2, c4, a0);
    const v = madd(a3, c4, a1);
    if (WIDE) {
      const b0 = v128.load(p0, 16);
      const b1 = v128.load(p1, 16);
      const b2 = v128.load(p2, 16);
      const b3 = v128.load(p3, 16);
      const sb = f32x4.add(b0, b2);
      const tb = f32x4.add(b1, b3);
      const ub = madd(b2, c4, b0);
      const vb = madd(b3, c4, b1);
      v128.store(out, a0);
      v128.store(out, b0, 16);
      v128.store(out, f32x4.add(s, t), LINE_BYTES);
      v128.store(out, f32x4.add(sb, tb), 1 * LINE_BYTES + 16);
      v128.store(out, f32x4.sub(s, t), 2 * LINE_BYTES);
      v128.store(out, f32x4.sub(sb, tb), 2 * LINE_BYTES + 16);
      v128.store(out, madd(v, c2, u), 3 * LINE_BYTES);
      v128.store(out, madd(vb, c2, ub), 3 * LINE_BYTES + 16);
      v128.store(out, nmadd(v, c2, u), 4 * LINE_BYTES);
      v128.store(out, nmadd(vb, c2, ub), 4 * LINE_BYTES + 16);
      v128.store(out, a3, 5 * LINE_BYTES);
      v128.store(out, b3, 5 * LINE_BYTES + 16);
    } else {
      v128.store(out, a0);
      v128.store(out, f32x4.add(s, t), LINE_BYTES);
      v128.store(out, f32x4.sub(s, t), 2 * LINE_BYTES);
      v128.store(out, madd(v, c2, u), 3 * LINE_BYTES);
      v128.store(out, nmadd(v, c2, u), 4 * LINE_BYTES);
      v128.store(out, a3, 5 * LINE_BYTES);
    }
    p1 += STEP;
    p2 += STEP;
    p3 += STEP;
    out += STEP;
  }
}

/** A^T of six lines, to four runs of pixels. */
export function outputUp(x: usize, q0: usize, q1: usize, q2: usize, q3: usize, bytes: usize): void {
  const c2 = two();
  const c4 = four();
  const c8 = eight();
  for (const end = x + bytes; x < end; x += STEP) {
    const a0 = v128.load(x);
    const a1 = v128.load(x, LINE_BYTES);
    const a2 = v128.load(x, 2 * LINE_BYTES);
    const a3 = v128.load(x, 3 * LINE_BYTES);
    const a4 = v128.load(x, 4 * LINE_BYTES);
    const a5 = v128.load(x, 5 * LINE_BYTES);
    const s = f32x4.add(a1, a2);
    const t = f32x4.sub(a1, a2);
    const u = f32x4.add(a3, a4);
    const v = f32x4.sub(a3, a4);
    if (WIDE) {
      const b0 = v128.load(x, 16);
      const b1 = v128.load(x, 1 * LINE_BYTES + 16);
      const b2 = v128.load(x, 2 * LINE_BYTES + 16);
      const b3 = v128.load(x, 3 * LINE_BYTES + 16);
      const b4 = v128.load(x, 4 * LINE_BYTES + 16);
      const b5 = v128.load(x, 5 * LINE_BYTES + 16);
      const sb = f32x4.add(b1, b2);
      const tb = f32x4.sub(b1, b2);
      const ub = f32x4.add(b3, b4);
      const vb = f32x4.sub(b3, b4);
      v128.store(q0, f32x4.add(f32x4.add(a0, s), u));
      v128.store(q0, f32x4.add(f32x4.add(b0, sb), ub), 16);
      v128.store(q1, madd(v, c2, t));
      v128.store(q1, madd(vb, c2, tb), 16);
      v128.store(q2, madd(u, c4, s));
      v128.store(q2, madd(ub, c4, sb), 16);
      v128.store(q3, f32x4.add(madd(v, c8, t), a5));
      v128.store(q3, f32x4.add(madd(vb, c8, tb), b5), 16);
    } else {
      v128.store(q0, f32x4.add(f32x4.add(a0, s), u));
      v128.store(q1, madd(v, c2, t));
      v128.store(q2, madd(u, c4, s));
      v128.store(q3, f32x4.add(madd(v, c8, t), a5));
    }
    q0 += STEP;
    q1 += STEP;
    q2 += STEP;
    q3 += STEP;
  }
}
