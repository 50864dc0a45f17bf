// Winograd's transforms across a line of pixels, tile by tile: the runs are the channels of neighbouring pixels, and each tile is four
// pixels from the last.
import { madd, nmadd } from './simd';
import { eight, five, four, STEP, two } from './winograd';

/** B^T of the six pixels of each tile, `bytes` each, of a line from `p0` on, to six matrices, `matrix` bytes apart. */
export function inputAcross(
  p0: usize,
  bytes: usize,
  q0: usize,
  matrix: usize,
  tiles: usize,
  skip: usize,
): void {
  const c2 = two();
  const c4 = four();
  const c5 = five();
  let p1 = p0 + bytes;
  let p2 = p1 + bytes;
  let p3 = p2 + bytes;
  let p4 = p3 + bytes;
  let p5 = p4 + bytes;
  let q1 = q0 + matrix;
  let q2 = q1 + matrix;
  let q3 = q2 + matrix;
  let q4 = q3 + matrix;
  let q5 = q4 + matrix;
  for (; tiles != 0; tiles--) {
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
        v128.store(q0, madd(a0, c4, nmadd(a2, c5, a4)));
        v128.store(q0, madd(b0, c4, nmadd(b2, c5, b4)), 16);
        v128.store(q1, f32x4.add(s, t));
        v128.store(q1, f32x4.add(sb, tb), 16);
        v128.store(q2, f32x4.sub(s, t));
        v128.store(q2, f32x4.sub(sb, tb), 16);
        v128.store(q3, madd(v, c2, u));
        v128.store(q3, madd(vb, c2, ub), 16);
        v128.store(q4, nmadd(v, c2, u));
        v128.store(q4, nmadd(vb, c2, ub), 16);
        v128.store(q5, madd(a1, c4, nmadd(a3, c5, a5)));
        v128.store(q5, madd(b1, c4, nmadd(b3, c5, b5)), 16);
      } else {
        v128.store(q0, madd(a0, c4, nmadd(a2, c5, a4)));
        v128.store(q1, f32x4.add(s, t));
        v128.store(q2, f32x4.sub(s, t));
        v128.store(q3, madd(v, c2, u));
        v128.store(q4, nmadd(v, c2, u));
        v128.store(q5, madd(a1, c4, nmadd(a3, c5, a5)));
      }
      p1 += STEP;
      p2 += STEP;
      p3 += STEP;
      p4 += STEP;
      p5 += STEP;
      q0 += STEP;
      q1 += STEP;
      q2 += STEP;
      q3 += STEP;
      q4 += STEP;
      q5 += STEP;
    }
    const next: usize = 3 * bytes;
    p0 += next;
    p1 += next;
    p2 += next;
    p3 += next;
    p4 += next;
    p5 += next;
    q0 += skip;
    q1 += skip;
    q2 += skip;
    q3 += skip;
    q4 += skip;
    q5 += skip;
  }
}

/** A of the four pixels of each tile of a line, to six matrices, as {@link inputAcross}. */
export function deltaAcross(
  p0: usize,
  bytes: usize,
  q0: usize,
  matrix: usize,
  tiles: usize,
  skip: usize,
): void {
  const c2 = two();
  const c4 = four();
  let p1 = p0 + bytes;
  let p2 = p1 + bytes;
  let p3 = p2 + bytes;
  let q1 = q0 + matrix;
  let q2 = q1 + matrix;
  let q3 = q2 + matrix;
  let q4 = q3 + matrix;
  let q5 = q4 + matrix;
  for (; tiles != 0; tiles--) {
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
        v128.store(q0, a0);
        v128.store(q0, b0, 16);
        v128.store(q1, f32x4.add(s, t));
        v128.store(q1, f32x4.add(sb, tb), 16);
        v128.store(q2, f32x4.sub(s, t));
        v128.store(q2, f32x4.sub(sb, tb), 16);
        v128.store(q3, madd(v, c2, u));
        v128.store(q3, madd(vb, c2, ub), 16);
        v128.store(q4, nmadd(v, c2, u));
        v128.store(q4, nmadd(vb, c2, ub), 16);
        v128.store(q5, a3);
        v128.store(q5, b3, 16);
      } else {
        v128.store(q0, a0);
        v128.store(q1, f32x4.add(s, t));
        v128.store(q2, f32x4.sub(s, t));
        v128.store(q3, madd(v, c2, u));
        v128.store(q4, nmadd(v, c2, u));
        v128.store(q5, a3);
      }
      p1 += STEP;
      p2 += STEP;
      p3 += STEP;
      q0 += STEP;
      q1 += STEP;
      q2 += STEP;
      q3 += STEP;
      q4 += STEP;
      q5 += STEP;
    }
    const next: usize = 3 * bytes;
    p0 += next;
    p1 += next;
    p2 += next;
    p3 += next;
    q0 += skip;
    q1 += skip;
    q2 += skip;
    q3 += skip;
    q4 += skip;
    q5 += skip;
  }
}

/** A^T of the six matrices, `matrix` bytes apart, to the four pixels of each tile of a line, `bytes` each. */
export function outputAcross(
  p0: usize,
  matrix: usize,
  bytes: usize,
  q0: usize,
  tiles: usize,
  skip: usize,
): void {
  const c2 = two();
  const c4 = four();
  const c8 = eight();
  let p1 = p0 + matrix;
  let p2 = p1 + matrix;
  let p3 = p2 + matrix;
  let p4 = p3 + matrix;
  let p5 = p4 + matrix;
  let q1 = q0 + bytes;
  let q2 = q1 + bytes;
  let q3 = q2 + bytes;
  for (; tiles != 0; tiles--) {
    for (const end = q0 + bytes; q0 < end; q0 += STEP) {
      const a0 = v128.load(p0);
      const a1 = v128.load(p1);
      const a2 = v128.load(p2);
      const a3 = v128.load(p3);
      const a4 = v128.load(p4);
      const a5 = v128.load(p5);
      const s = f32x4.add(a1, a2);
      const t = f32x4.sub(a1, a2);
      const u = f32x4.add(a3, a4);
      const v = f32x4.sub(a3, a4);
      if (WIDE) {
        const b0 = v128.load(p0, 16);
        const b1 = v128.load(p1, 16);
        const b2 = v128.load(p2, 16);
        const b3 = v128.load(p3, 16);
        const b4 = v128.load(p4, 16);
        const b5 = v128.load(p5, 16);
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
      p0 += STEP;
      p1 += STEP;
      p2 += STEP;
      p3 += STEP;
      p4 += STEP;
      p5 += STEP;
      q1 += STEP;
      q2 += STEP;
      q3 += STEP;
    }
    const next: usize = 3 * bytes;
    q0 += next;
    q1 += next;
    q2 += next;
    q3 += next;
    p0 += skip;
    p1 += skip;
    p2 += skip;
    p3 += skip;
    p4 += skip;
    p5 += skip;
  }
}
