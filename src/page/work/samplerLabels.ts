/** Every sampler in the menu: a line each. */
export const samplerLabels = [
  ['langevin', 'Langevin dynamics'],
  ['annealedLangevin', 'annealed Langevin'],
  ['reverseDiffusion', 'reverse diffusion'],
  ['probabilityFlow', 'probability flow'],
] as const;

export type SamplerName = (typeof samplerLabels)[number][0];
