import { positive, scale, show } from '../core/check.js';
import { exp, expm1, log, log1p } from '../core/elementary.js';

/**
 * A diffusion from data at time 0 to noise at time 1, x_t = alpha(t) x0 + sigma(t) noise, which solves
 * dx = drift(t) x dt + diffusion(t) dw (Song and others, "Score-based generative modeling through stochastic
 * differential equations", 2021, section 3).
 */
export interface DiffusionProcess {
  /** What a clean point is multiplied by at time t. */
  alpha(t: number): number;
  /** Standard deviation of the noise at time t. */
  sigma(t: number): number;
  /** f(t) of dx = f(t) x dt + g(t) dW. */
  drift(t: number): number;
  /** g(t) of dx = f(t) x dt + g(t) dW. */
  diffusion(t: number): number;
  /** The time t at which sigma(t) / alpha(t), the noise of x_t / alpha = x0 + (sigma / alpha) noise, is `ratio`. */
  timeOf(ratio: number): number;
  /** The earliest time whose score is used: sampling ends there. */
  readonly tMin: number;
}

/**
 * The variance-exploding process: alpha = 1, sigma(t) = sigmaMin (sigmaMax / sigmaMin)^t (Song and others 2021, section
 * 3.4). sigmaMax should be several times the extent of the data.
 *
 * @param options sigmaMin (default 0.01) and sigmaMax (50), in units of the data
 * @throws RangeError unless 0 < sigmaMin < sigmaMax
 */
export function varianceExploding({
  sigmaMin = 0.01,
  sigmaMax = 50,
}: {
  sigmaMin?: number;
  sigmaMax?: number;
} = {}): DiffusionProcess {
  ascending('varianceExploding', 'sigmaMin', sigmaMin, 'sigmaMax', sigmaMax);
  const growth = log(sigmaMax / sigmaMin);
  const sigma = (t: number) => sigmaMin * exp(growth * t);
  return {
    alpha: () => 1,
    sigma,
    drift: () => 0,
    diffusion: (t) => sigma(t) * Math.sqrt(2 * growth),
    timeOf: (ratio) => log(ratio / sigmaMin) / growth,
    tMin: 0,
  };
}

/**
 * The variance-preserving process, under which data of unit variance keep unit variance: beta(t) grows linearly from betaMin to
 * betaMax, B(t) is its integral from 0 to t, alpha(t) = exp(-B(t) / 2) and sigma(t)^2 = 1 - exp(-B(t)) (Song and others 2021,
 * equations 11 and 33).
 *
 * @param options betaMin (default 0.1) and betaMax (20); tMin (0.001), where sampling ends
 * @throws RangeError unless 0 < betaMin < betaMax and 0 < tMin < 1
 */
export function variancePreserving({
  betaMin = 0.1,
  betaMax = 20,
  tMin = 1e-3,
}: {
  betaMin?: number;
  betaMax?: number;
  tMin?: number;
} = {}): DiffusionProcess {
  ascending('variancePreserving', 'betaMin', betaMin, 'betaMax', betaMax);
  positive('variancePreserving', 'tMin', tMin);
  if (tMin >= 1) throw new RangeError(`variancePreserving: tMin must be below 1, got ${tMin}`);
  const slope = betaMax - betaMin;
  const integral = (t: number) => t * (betaMin + (t * slope) / 2);
  return {
    alpha: (t) => exp(-integral(t) / 2),
    sigma: (t) => Math.sqrt(-expm1(-integral(t))),
    drift: (t) => -(betaMin + t * slope) / 2,
    diffusion: (t) => Math.sqrt(betaMin + t * slope),
    timeOf(ratio) {
      // B = log(1 + ratio^2), and t is the positive root of slope t^2 / 2 + betaMin t - B, written without cancellation.
      const B = log1p(ratio * ratio);
      return (2 * B) / (betaMin + Math.sqrt(betaMin * betaMin + 2 * slope * B));
    },
    tMin,
  };
}

/**
 * The process of straight paths from data to noise, x_t = (1 - t) x0 + t z (Lipman and others, "Flow matching for generative
 * modeling", 2023, with their time turned round), up to t = tMax, where sampling starts: at t = 1 nothing is left of the data, and
 * the noise of x_t / alpha is infinite. Its own time u goes from 0 to 1, t = tMax u. The velocity of its probability flow is
 * E[z - x0 | x_t], which flow matching learns, so that Euler's steps in u are those along the learned velocity.
 *
 * @param options tMin (default 0.001) and tMax (0.999), the times between which scores are used
 * @throws RangeError unless 0 < tMin < tMax < 1
 */
export function straightPaths({
  tMin = 1e-3,
  tMax = 0.999,
}: {
  tMin?: number;
  tMax?: number;
} = {}): DiffusionProcess {
  ascending('straightPaths', 'tMin', tMin, 'tMax', tMax);
  if (tMax >= 1) throw new RangeError(`straightPaths: tMax must be below 1, got ${tMax}`);
  return {
    alpha: (u) => 1 - tMax * u,
    sigma: (u) => tMax * u,
    drift: (u) => -tMax / (1 - tMax * u),
    // d sigma^2 / du - 2 drift sigma^2 = 2 tMax^2 u (1 + tMax u / (1 - tMax u)).
    diffusion: (u) => tMax * Math.sqrt((2 * u) / (1 - tMax * u)),
    timeOf: (ratio) => ratio / (1 + ratio) / tMax,
    tMin: tMin / tMax,
  };
}

function ascending(caller: string, low: string, least: number, high: string, most: number): void {
  scale(caller, low, least);
  scale(caller, high, most);
  if (least >= most)
    throw new RangeError(`${caller}: ${low} must be below ${high}, got ${least} and ${most}`);
}

/** sigma / alpha: the noise of x_t / alpha. */
export function ratioAt(process: DiffusionProcess, t: number): number {
  return process.sigma(t) / process.alpha(t);
}

/** @throws TypeError unless `process` is one. */
export function checkProcess(caller: string, process: DiffusionProcess): void {
  const names = ['alpha', 'sigma', 'drift', 'diffusion', 'timeOf'] as const;
  if (
    !process ||
    names.some((name) => typeof process[name] !== 'function') ||
    !Number.isFinite(process.tMin)
  ) {
    throw new TypeError(
      `${caller}: process must be made by varianceExploding, variancePreserving or straightPaths, got ${show(process)}`,
    );
  }
}
