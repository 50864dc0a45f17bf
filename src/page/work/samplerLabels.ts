import type { SamplerName } from './samplers.js';

/** Every sampler in the menu: a line each. */
export const samplerLabels: readonly (readonly [SamplerName, string])[] = [['langevin', 'Langevin dynamics']];
