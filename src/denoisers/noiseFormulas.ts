// E[x | y] for four noise models by the distribution of y alone: no formula asks for the prior of x.

import { square } from '../core/elementary.js';

/**
 * Gaussian noise (Miyasawa 1961): E[x | y] = y + sigma^2 (log p)'(y).
 *
 * @param slope (log p)'(y)
 */
export const gaussianMean = (y: number, sigma: number, slope: number): number => y + square(sigma) * slope;

/**
 * Poisson counts (Robbins 1956): E[x | y] = (y + 1) p(y + 1) / p(y), because x p(y | x) = (y + 1) p(y + 1 | x).
 *
 * @param p the probability of y, or how often it was counted; next: that of y + 1
 */
export const poissonMean = (y: number, p: number, next: number): number => ((y + 1) * next) / p;

/**
 * Gamma noise that multiplies: E[x | y] = y^(k-1) / p(y) times the integral over t > y of t^(1-k) p(t), because
 * x^(1-k) e^(-y/x) is the integral over t > y of x^-k e^(-t/x). Of shape 1 it is P(Y > y) / p(y).
 *
 * @param above the integral with the factor before it, E[(y / Y)^(k-1); Y > y]
 */
export const gammaMean = (p: number, above: number): number => above / p;

/**
 * Laplace noise of scale b: E[x | y] = y + 2 b^2 (f * p)'(y) / p(y), with the density f of the noise and p of y, because
 * n f(n) = -2 b^2 (f * f)'(n). Since f' = -sign f / b, it is y + pull / p(y) (Raphan and Simoncelli 2011, table 1).
 *
 * @param pull E[sign(Y - y) exp(-|Y - y| / b)]
 */
export const laplaceMean = (y: number, p: number, pull: number): number => y + pull / p;
