import { type Core, key, normal } from '../../index.js';

/** Standard normal numbers [n, dim]. */
export const normals = (
  core: Core,
  { n, dim, seed }: { n: number; dim: number; seed: number },
): Float32Array => normal(core, key(seed), [n, dim]);

/** The norms of n points of a standard normal distribution in `dim` dimensions: [n]. */
export function norms(core: Core, options: { n: number; dim: number; seed: number }): Float32Array {
  const { n, dim } = options;
  const z = normals(core, options);
  return Float32Array.from({ length: n }, (_, i) =>
    Math.sqrt(z.subarray(i * dim, (i + 1) * dim).reduce((sum, value) => sum + value * value, 0)),
  );
}
