// Panels: f32 [panel][coordinate][8]. Eight samples stand side by side, so that kernels compute eight samples at once by whole
// vectors, whatever the number of coordinates, and a layer's output has the form of its input.
import { LANE_BYTES, LANES } from '../../src/abi/panels';

/** N rounded up so that neither a last tile nor a last vector of N outputs reaches beyond: at most 6 more. */
export function padded(N: usize): usize {
  return (N + 6) & ~3;
}

/**
 * Bytes from one panel of K coordinates to the next: K padded, and one cache line more, so that a coordinate of consecutive
 * panels does not always fall into the same set of the first-level cache.
 */
export function panelBytes(K: usize): usize {
  return padded(K) * LANE_BYTES + 64;
}

/** Copies rows into panels. x: f32 [n][D]; out: f32 [ceil(n / 8)][D][8], overwritten, with zeros in lanes that hold no sample. */
export function toPanels(x: usize, n: usize, D: usize, out: usize): void {
  memory.fill(out, 0, ((n + LANES - 1) / LANES) * D * LANE_BYTES);
  for (let i: usize = 0; i < n; i++) {
    const to = out + (i / LANES) * D * LANE_BYTES + ((i & (LANES - 1)) << 2);
    for (let d: usize = 0; d < D; d++) {
      store<f32>(to + d * LANE_BYTES, load<f32>(x));
      x += 4;
    }
  }
}

/** Copies panels into rows. x: f32 [ceil(n / 8)][D][8]; out: f32 [n][D], overwritten. */
export function fromPanels(x: usize, n: usize, D: usize, out: usize): void {
  for (let i: usize = 0; i < n; i++) {
    const from = x + (i / LANES) * D * LANE_BYTES + ((i & (LANES - 1)) << 2);
    for (let d: usize = 0; d < D; d++) {
      store<f32>(out, load<f32>(from + d * LANE_BYTES));
      out += 4;
    }
  }
}
