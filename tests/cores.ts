import { describe } from 'vitest';
import { type Core, type Kernel, loadCore } from '../src/core/load.js';

/** Both binaries: what holds for one must hold for the other. */
const cores = await Promise.all((['strict', 'relaxed'] as const).map((kernel) => loadCore({ kernel })));

/** Runs one suite over every binary. */
export function forEachCore(name: string, suite: (core: Core, kernel: Kernel) => void): void {
  describe.each(cores.map((core) => ({ kernel: core.kernel, core })))(`${name} ($kernel)`, ({ core, kernel }) => {
    suite(core, kernel);
  });
}

/** Distance of two float32 numbers in units in the last place. */
export function ulps(a: number, b: number): number {
  if (Object.is(a, b) || a === b) return 0;
  const bits = new Int32Array(Float32Array.of(a, b).buffer);
  const ordered = (word: number) => (word < 0 ? -(word & 0x7fffffff) : word);
  return Math.abs(ordered(bits[0]) - ordered(bits[1]));
}

/** Largest of f over two arrays of equal length. */
export function worst(a: ArrayLike<number>, b: ArrayLike<number>, f: (a: number, b: number) => number): number {
  if (a.length !== b.length) throw new Error(`lengths differ: ${a.length} and ${b.length}`);
  let most = 0;
  for (let i = 0; i < a.length; i++) {
    const value = f(a[i], b[i]);
    if (Number.isNaN(value)) return Number.NaN;
    most = Math.max(most, value);
  }
  return most;
}

/** Largest absolute difference over the largest magnitude of b. */
export function relativeToLargest(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const scale = Array.from(b).reduce((most, v) => Math.max(most, Math.abs(v)), 0);
  return worst(a, b, (x, y) => Math.abs(x - y)) / (scale || 1);
}
