// Threefry-2x32-20 (Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3",
// SC 2011), the generator behind jax.random, on four counters at a time. Every lane has its own key.

function rotateAdd(x0: v128, x1: v128, left: i32): v128 {
  return v128.xor(v128.or(i32x4.shl(x1, left), i32x4.shr_u(x1, 32 - left)), x0);
}

/**
 * Encrypts four counters (x0, x1) under four keys (k0, k1).
 * out: 32 bytes, four first words, then four second words; overwritten.
 */
export function threefry(k0: v128, k1: v128, x0: v128, x1: v128, out: usize): void {
  const k2 = v128.xor(v128.xor(k0, k1), i32x4.splat(0x1bd11bda));
  x0 = i32x4.add(x0, k0);
  x1 = i32x4.add(x1, k1);

  x0 = i32x4.add(x0, x1);
  x1 = rotateAdd(x0, x1, 13);
  x0 = i32x4.add(x0, x1);
  x1 = rotateAdd(x0, x1, 15);
  x0 = i32x4.add(x0, x1);
  x1 = rotateAdd(x0, x1, 26);
  x0 = i32x4.add(x0, x1);
  x1 = rotateAdd(x0, x1, 6);
  x0 = i32x4.add(x0, k1);
  x1 = i32x4.add(x1, i32x4.add(k2, i32x4.splat(1)));

  x0 = i32x4.add(x0, x1);
  x1 = rotateAdd(x0, x1, 17);
  x0 = i32x4.add(x0, x1);
  x1 = rotateAdd(x0, x1, 29);
  x0 = i32x4.add(x0, x1);
  x1 = rotateAdd(x0, x1, 16);
  x0 = i32x4.add(x0, x1);
  x1 = rotateAdd(x0, x1, 24);
  x0 = i32x4.add(x0, k2);
  x1 = i32x4.add(x1, i32x4.add(k0, i32x4.splat(2)));

  x0 = i32x4.add(x0, x1);
  x1 = rotateAdd(x0, x1, 13);
  x0 = i32x4.add(x0, x1);
  x1 = rotateAdd(x0, x1, 15);
  x0 = i32x4.add(x0, x1);
  x1 = rotateAdd(x0, x1, 26);
  x0 = i32x4.add(x0, x1);
  x1 = rotateAdd(x0, x1, 6);
  x0 = i32x4.add(x0, k0);
  x1 = i32x4.add(x1, i32x4.add(k1, i32x4.splat(3)));

  x0 = i32x4.add(x0, x1);
  x1 = rotateAdd(x0, x1, 17);
  x0 = i32x4.add(x0, x1);
  x1 = rotateAdd(x0, x1, 29);
  x0 = i32x4.add(x0, x1);
  x1 = rotateAdd(x0, x1, 16);
  x0 = i32x4.add(x0, x1);
  x1 = rotateAdd(x0, x1, 24);
  x0 = i32x4.add(x0, k1);
  x1 = i32x4.add(x1, i32x4.add(k2, i32x4.splat(4)));

  x0 = i32x4.add(x0, x1);
  x1 = rotateAdd(x0, x1, 13);
  x0 = i32x4.add(x0, x1);
  x1 = rotateAdd(x0, x1, 15);
  x0 = i32x4.add(x0, x1);
  x1 = rotateAdd(x0, x1, 26);
  x0 = i32x4.add(x0, x1);
  x1 = rotateAdd(x0, x1, 6);
  v128.store(out, i32x4.add(x0, k2));
  v128.store(out, i32x4.add(x1, i32x4.add(k0, i32x4.splat(5))), 16);
}
