// Made by mixing.mjs, with the weights of the digits' network that come with the page.

/** Chains and steps of the walks, and the step size in units of sigma^2. */
export const MIXING = { chains: 12, steps: 120, stepSize: 0.5 };

/** At each noise the changes of digit in 100 steps of a chain, and the energy distance of jumps from digits. */
export const mixing = [{ sigma: 0.2, changes: 0, distance: 0 }];
