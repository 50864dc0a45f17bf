import type { SamplerState } from './chains.js';

/**
 * Runs a sampler to its end and joins what it kept: the last state, with `path` of the whole run, [kept, chains, dim].
 *
 * @param onState called with every state on the way, for progress
 * @param sampler what a sampler returned, not yet begun
 * @example
 * ```js
 * import { collect, gaussian, key, loadCore, nuts } from 'scorefield';
 *
 * const density = gaussian(await loadCore(), { mean: [0, 0], covariance: [[1, 0], [0, 1]] });
 * const { path } = await collect(nuts(density, { key: key(0), steps: 50, warmup: 50, chains: 4, thin: 1 }));
 * console.log(path.length); // 400, [50, 4, 2]
 * ```
 */
export async function collect<S extends SamplerState>(
  sampler: AsyncIterable<S>,
  { onState }: { onState?: (state: S) => void } = {},
): Promise<S> {
  const parts: Float32Array[] = [];
  let last: S | undefined;
  for await (const state of sampler) {
    onState?.(state);
    if (state.path.length > 0) parts.push(state.path);
    last = state;
  }
  if (!last) throw new Error('collect: the sampler gave no state; was it run before?');
  const path = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    path.set(part, at);
    at += part.length;
  }
  return { ...last, path };
}
