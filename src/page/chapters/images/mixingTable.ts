// Made by mixing.mjs, with the weights of the digits' network that come with the page.

/** Chains and steps of the walks, and the step size in units of sigma^2. */
export const MIXING = { chains: 8, steps: 110, stepSize: 0.5 };

/** At each noise the changes of digit in 100 steps of a chain, and the energy distance of jumps from digits. */
export const mixing = [
  { sigma: 0.2, changes: 5.25, distance: 0.00729 },
  { sigma: 0.3, changes: 6.38, distance: 0.0102 },
  { sigma: 0.45, changes: 17.9, distance: 0.0185 },
  { sigma: 0.65, changes: 28.6, distance: 0.0421 },
  { sigma: 0.9, changes: 46.9, distance: 0.109 },
  { sigma: 1.2, changes: 57.3, distance: 0.253 },
  { sigma: 1.5, changes: 62.5, distance: 0.431 },
];
