/** The naive float64 twins of every kernel: written to be read, used only to check the fast ones. */
export * from './reference/adam.js';
export * from './reference/diffusion.js';
export * from './reference/erf.js';
export * from './reference/hamiltonian.js';
export * from './reference/histogram.js';
export * from './reference/initial.js';
export * from './reference/langevin.js';
export * from './reference/local.js';
export * from './reference/matching.js';
export * from './reference/network.js';
export * from './reference/random.js';
export * from './reference/scores.js';
export * from './reference/targets.js';
