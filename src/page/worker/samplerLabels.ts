/** Every sampler in the menu: a line each. */
export const samplerLabels = [
  ['langevin', 'Langevin dynamics'],
  ['mala', 'Metropolis-adjusted Langevin'],
  ['underdamped', 'underdamped Langevin'],
  ['hmc', 'Hamiltonian Monte Carlo'],
  ['nuts', 'NUTS'],
  ['annealedLangevin', 'annealed Langevin'],
  ['reverseDiffusion', 'reverse diffusion'],
  ['probabilityFlow', 'probability flow'],
] as const;

export type SamplerName = (typeof samplerLabels)[number][0];

/** Samplers that lead from noise to data: only their last positions are samples. The others are chains. */
export const fromNoiseNames = ['annealedLangevin', 'reverseDiffusion', 'probabilityFlow'] as const;

export type ChainName = Exclude<SamplerName, (typeof fromNoiseNames)[number]>;

/** What each chain takes beside what all take; steps of a time or a length are as long as Langevin's noise, sqrt(eta). */
export const chainSettings = {
  langevin: (eta: number) => ({ stepSize: eta }),
  mala: (eta: number) => ({ stepSize: eta }),
  underdamped: (eta: number) => ({ stepSize: Math.sqrt(eta) }),
  hmc: (eta: number) => ({ stepSize: Math.sqrt(eta), leapfrogs: 10, jitter: 0.2 }),
  nuts: (eta: number) => ({ stepSize: Math.sqrt(eta), warmup: 0, maxDepth: 6 }),
} satisfies Record<ChainName, (eta: number) => { stepSize: number }>;
