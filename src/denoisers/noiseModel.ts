import { finite, positive, scale, show } from '../core/check.js';
import { log, square } from '../core/elementary.js';

/**
 * How an observation y comes from a number x, both in one dimension:
 *
 *   gaussian   y = x + sigma z,                     p(y | x) = exp(-(y - x)^2 / (2 sigma^2)) / sqrt(2 pi sigma^2)
 *   laplace    y = x + noise of scale b,            p(y | x) = exp(-|y - x| / b) / (2 b), of variance 2 b^2
 *   poisson    y counts events of rate x >= 0,      p(y | x) = x^y e^-x / y!
 *   gamma      y = x g, noise that multiplies x > 0, p(y | x) = y^(k-1) e^(-y/x) / (Gamma(k) x^k), with g of the shape k
 *
 * The gamma model of shape 1 is exponential, that of shape k / 2 and scale 2 x a sum of k squares of normal numbers of variance
 * x.
 */
export type NoiseModel =
  | { readonly kind: 'gaussian'; readonly sigma: number }
  | { readonly kind: 'laplace'; readonly scale: number }
  | { readonly kind: 'poisson' }
  | { readonly kind: 'gamma'; readonly shape: number };

/** @throws TypeError unless noise is a model, RangeError unless its number is positive */
export function checkNoise(caller: string, noise: NoiseModel): void {
  switch (noise?.kind) {
    case 'gaussian':
      scale(caller, 'noise.sigma', noise.sigma);
      return;
    case 'laplace':
      scale(caller, 'noise.scale', noise.scale);
      return;
    case 'poisson':
      return;
    case 'gamma':
      positive(caller, 'noise.shape', noise.shape);
      return;
    default:
      throw new TypeError(
        `${caller}: noise.kind must be 'gaussian', 'laplace', 'poisson' or 'gamma', got ${show((noise as { kind?: unknown })?.kind)}`,
      );
  }
}

/** @throws RangeError unless every y is finite and can be observed: whole and >= 0 of poisson, positive of gamma */
export function checkObservations(
  caller: string,
  name: string,
  { kind }: NoiseModel,
  y: ArrayLike<number>,
): void {
  finite(caller, name, y);
  if (kind === 'poisson') {
    const wrong = indexOf(y, (value) => !(value >= 0 && Number.isInteger(value)));
    if (wrong >= 0)
      throw new RangeError(
        `${caller}: ${name} must be counts, whole and >= 0, got ${y[wrong]} at index ${wrong}`,
      );
  } else if (kind === 'gamma') {
    const wrong = indexOf(y, (value) => !(value > 0));
    if (wrong >= 0)
      throw new RangeError(`${caller}: ${name} must be positive, got ${y[wrong]} at index ${wrong}`);
  }
}

/** @throws RangeError unless every x is finite and in the model's range: >= 0 for poisson, positive for gamma */
export function checkClean(caller: string, name: string, { kind }: NoiseModel, x: ArrayLike<number>): void {
  finite(caller, name, x);
  const least = kind === 'poisson' ? '>= 0' : kind === 'gamma' ? 'positive' : undefined;
  const wrong =
    least === undefined ? -1 : indexOf(x, (value) => !(value > 0 || (kind === 'poisson' && value === 0)));
  if (wrong >= 0)
    throw new RangeError(`${caller}: ${name} must be ${least}, got ${x[wrong]} at index ${wrong}`);
}

function indexOf(values: ArrayLike<number>, is: (value: number) => boolean): number {
  for (let i = 0; i < values.length; i++) if (is(values[i])) return i;
  return -1;
}

/** log p(y | x) but for what does not depend on x. */
export function logLikelihood(noise: NoiseModel, y: number, x: number): number {
  switch (noise.kind) {
    case 'gaussian':
      return -square((y - x) / noise.sigma) / 2;
    case 'laplace':
      return -Math.abs(y - x) / noise.scale;
    case 'poisson':
      return y === 0 ? -x : y * log(x) - x;
    case 'gamma':
      return -noise.shape * log(x) - y / x;
  }
}
