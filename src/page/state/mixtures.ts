import type { Component } from './state.js';

/** Mixtures by their names in the element's attribute `density`. */
export const mixtures = {
  mixture: [
    [0.5, 0.5, 0.4],
    [-0.5, -0.5, 0.4],
  ],
  apart: [
    [1.2, 1.2, 0.2],
    [-1.2, -1.2, 0.2],
  ],
  ring: Array.from(
    { length: 8 },
    (_, i) => [1.4 * Math.cos((i * Math.PI) / 4), 1.4 * Math.sin((i * Math.PI) / 4), 0.14] as const,
  ),
} satisfies Record<string, readonly Component[]>;

/** The standard deviation of a Gaussian under noise sigma. */
export const smoothed = (sd: number, sigma: number) => Math.sqrt(sd ** 2 + sigma ** 2);
