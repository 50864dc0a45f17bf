import { integer, length, points, scale, show } from '../core/check.js';
import { hypot, log, square } from '../core/elementary.js';
import type { Core } from '../core/instantiate.js';
import type { Denoiser } from '../core/score.js';
import type { TimedNetwork } from './timedNetwork.js';

/** What a network's output F is taken for; {@link coefficientsOf} has the equations. */
export type Parameterisation = 'karras' | 'noise' | 'clean' | 'velocity' | 'score' | 'flow';

/** How noise sigma is told to a network: the time in its own units. */
export interface TimeScale {
  /**
   * `log`: log(sigma) / 4 (Karras and others 2022, table 1); `sigma`: sigma itself; `ddpm`: the step at which sampling has this
   * noise; `flow`: t = sigma / (1 + sigma), at which (1 - t) x + t z has it.
   */
  kind: 'log' | 'sigma' | 'ddpm' | 'flow';
  /** Of `ddpm`: steps, and the variances of the first and of the last, evenly spaced between (Ho and others 2020). */
  steps?: number;
  /** Of `ddpm`: the variance of the first step. */
  betaStart?: number;
  /** Of `ddpm`: the variance of the last step. */
  betaEnd?: number;
}

/** How a network's output becomes a denoised point, see {@link learnedDenoiser}. */
export interface DenoiserConfig {
  /** What the network's output stands for. */
  parameterisation: Parameterisation;
  /** Standard deviation of the data's coordinates, for `karras`. */
  sigmaData: number;
  /** How the network is told the noise. */
  time: TimeScale;
}

/** D(y) = skip y + out F(in y, time): how a network F denoises y = x + sigma z. */
export interface Coefficients {
  in: number;
  skip: number;
  out: number;
  time: number;
}

/**
 * The coefficients at a noise sigma. With s^2 = sigma^2 + sigmaData^2 and a = 1 / sqrt(1 + sigma^2):
 *
 * | F is | in | skip | out |
 * | --- | --- | --- | --- |
 * | `karras` (Karras and others 2022, table 1): of unit variance at every noise | 1 / s | sigmaData^2 / s^2 | sigma sigmaData / s |
 * | `noise`: z (Ho and others 2020) | a | 1 | -sigma |
 * | `clean`: x | a | 0 | 1 |
 * | `velocity`: a z - a sigma x (Salimans and Ho 2022, appendix D) | a | a^2 | -a sigma |
 * | `score`: that of y | 1 | 1 | sigma^2 |
 * | `flow`: the velocity z - x of straight paths (1 - t) x + t z, with t = sigma / (1 + sigma) (Lipman and others 2023, "Flow matching for generative modeling", with x and z exchanged) | 1 - t | 1 - t | -t |
 */
export function coefficientsOf(
  { parameterisation, sigmaData, time }: DenoiserConfig,
  sigma: number,
): Coefficients {
  const at = timeOf(time, sigma);
  // One form alone is computed: training asks for that of every point.
  switch (parameterisation) {
    case 'karras': {
      const s = hypot(sigma, sigmaData);
      return { in: 1 / s, skip: square(sigmaData / s), out: (sigma * sigmaData) / s, time: at };
    }
    case 'noise':
      return { in: 1 / hypot(1, sigma), skip: 1, out: -sigma, time: at };
    case 'clean':
      return { in: 1 / hypot(1, sigma), skip: 0, out: 1, time: at };
    case 'velocity': {
      const a = 1 / hypot(1, sigma);
      return { in: a, skip: a * a, out: -a * sigma, time: at };
    }
    case 'score':
      return { in: 1, skip: 1, out: sigma * sigma, time: at };
    case 'flow':
      return { in: 1 / (1 + sigma), skip: 1 / (1 + sigma), out: -sigma / (1 + sigma), time: at };
  }
}

function timeOf({ kind, steps = 1000, betaStart = 1e-4, betaEnd = 0.02 }: TimeScale, sigma: number): number {
  if (kind === 'log') return log(sigma) / 4;
  if (kind === 'sigma') return sigma;
  if (kind === 'flow') return sigma / (1 + sigma);
  // sigma^2 = 1 / alphaBar - 1 after each step; between two, linear in log sigma.
  let alphaBar = 1;
  let before = { step: 0, log: -Infinity };
  for (let step = 0; step < steps; step++) {
    alphaBar *= 1 - (betaStart + ((betaEnd - betaStart) * step) / Math.max(1, steps - 1));
    const logNoise = log(1 / alphaBar - 1) / 2;
    if (logNoise >= log(sigma)) {
      if (before.log === -Infinity) return step;
      return before.step + ((log(sigma) - before.log) / (logNoise - before.log)) * (step - before.step);
    }
    before = { step, log: logNoise };
  }
  return steps - 1;
}

/** A score's s(x) = point x + out F(in x, time), which is (D(x) - x) / sigma^2 without a difference of nearly equal numbers. */
export function scoreCoefficients(config: DenoiserConfig, sigma: number): Coefficients & { point: number } {
  const coefficients = coefficientsOf(config, sigma);
  const { time } = coefficients;
  return {
    in: coefficients.in,
    skip: coefficients.skip,
    out: coefficients.out / square(sigma),
    time,
    point: pointOf(config, sigma),
  };
}

function pointOf({ parameterisation, sigmaData }: DenoiserConfig, sigma: number): number {
  switch (parameterisation) {
    case 'karras':
      return -1 / (square(sigma) + square(sigmaData));
    case 'clean':
      return -1 / square(sigma);
    case 'velocity':
      return -1 / (1 + square(sigma));
    case 'flow':
      return -1 / (sigma * (1 + sigma));
    default:
      return 0;
  }
}

/**
 * A network that denoises: D(y, sigma) = skip y + out F(in y, time) estimates the clean x of y = x + sigma z. Training fits it by
 * least squares; (D - y) / sigma^2 is a score (Tweedie's formula).
 */
export class LearnedDenoiser<Network extends TimedNetwork = TimedNetwork> {
  /** The core it computes on. */
  readonly core: Core;
  /** The network that is trained. */
  readonly network: Network;
  /** Parameterisation and time. */
  readonly config: Readonly<DenoiserConfig>;

  constructor(network: Network, config: DenoiserConfig) {
    this.core = network.core;
    this.network = network;
    this.config = config;
  }

  /** Coordinates of a point, D. */
  get dim(): number {
    return this.network.dim;
  }

  /** in, skip, out and time at a noise; `out` is that of the plan's output. */
  coefficients(sigma: number): Coefficients {
    const coefficients = coefficientsOf(this.config, sigma);
    return { ...coefficients, out: coefficients.out * this.network.outputFactor(coefficients.time) };
  }

  /**
   * Estimates of the clean points of the rows of y [n, dim], whose noises are `sigma` [n], or one for all. Where the
   * network knows classes, with labels [n] or one for all; when left out the last label, which in a network made here says that the
   * class is unknown.
   *
   * @throws RangeError on a noise that is not positive, or another number of them than there are rows; TypeError without a noise,
   *   or on labels where the network knows no classes
   */
  denoise(
    y: Float32Array,
    sigma: number | ArrayLike<number>,
    labels?: number | ArrayLike<number>,
  ): Float32Array {
    const n = points('denoise', 'y', y, this.dim);
    const noises = each('denoise', 'sigma', sigma, n);
    const all = noises.map((noise) => coefficientsOf(this.config, scale('denoise', 'sigma', noise)));
    const x = y.map((value, i) => value * all[Math.floor(i / this.dim)].in);
    const times = all.map(({ time }) => time);
    const unknown = this.network.labels > 0 ? this.network.labels - 1 : undefined;
    const label = labels ?? unknown;
    const out = this.network.predict(
      x,
      times,
      label === undefined ? undefined : each('denoise', 'labels', label, n),
    );
    return out.map((value, i) => {
      const { skip, out } = all[Math.floor(i / this.dim)];
      return skip * y[i] + out * value;
    });
  }

  /** The denoiser at one noise, of points of a class, or of any: see {@link denoise}. It needs no disposal. */
  at(sigma: number, { label }: { label?: number } = {}): Denoiser {
    const { core, dim } = this;
    return {
      core,
      dim,
      denoise: (y, out = new Float32Array(y.length)) => {
        length('denoise', 'out', out, y.length);
        out.set(this.denoise(y, sigma, label));
        return out;
      },
    };
  }

  /** Gives back the memory of the network; the denoiser is of no use after it. */
  dispose(): void {
    this.network.dispose();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }
}

function each(caller: string, name: string, value: number | ArrayLike<number>, n: number): number[] {
  if (typeof value === 'number') return Array<number>(n).fill(value);
  if (typeof value?.length !== 'number')
    throw new TypeError(`${caller}: ${name} must be a number, or one for each row, got ${show(value)}`);
  length(caller, name, value, n);
  return Array.from(value);
}

/**
 * A network as a denoiser, which {@link trainDenoiser} trains and {@link denoiserScores} samples. Disposing of it disposes of the
 * network.
 *
 * @param options parameterisation (default: `karras`); sigmaData, the standard deviation of the data's coordinates (default:
 *   0.5); time (default: log(sigma) / 4, and of `flow` its own)
 * @param network taken over: it is disposed of with the denoiser
 * @throws RangeError or TypeError on a bad option, or if the network's output is not of its input's size
 */
export function learnedDenoiser<Network extends TimedNetwork>(
  network: Network,
  {
    parameterisation = 'karras',
    sigmaData = 0.5,
    time = { kind: parameterisation === 'flow' ? 'flow' : 'log' },
  }: Partial<DenoiserConfig> = {},
): LearnedDenoiser<Network> {
  const config = { parameterisation, sigmaData, time };
  checkDenoiser('learnedDenoiser', config);
  if (network.isTimePositive && time.kind !== 'sigma') {
    throw new RangeError(
      `learnedDenoiser: time.kind must be 'sigma' for a network that takes the logarithm of its time, got '${time.kind}'`,
    );
  }
  if (network.plan.output.size !== network.dim) {
    throw new RangeError(
      `learnedDenoiser: the network's output must be of its input's size, ${network.dim}, got ${network.plan.output.size}`,
    );
  }
  return new LearnedDenoiser(network, config);
}

/** @throws RangeError or TypeError unless a denoiser can be so. */
function checkDenoiser(caller: string, { parameterisation, sigmaData, time }: DenoiserConfig): void {
  const known = ['karras', 'noise', 'clean', 'velocity', 'score', 'flow'];
  if (!known.includes(parameterisation))
    throw new TypeError(
      `${caller}: parameterisation must be one of ${known.join(', ')}, got ${show(parameterisation)}`,
    );
  scale(caller, 'sigmaData', sigmaData);
  if (!['log', 'sigma', 'ddpm', 'flow'].includes(time?.kind))
    throw new TypeError(
      `${caller}: time.kind must be 'log', 'sigma', 'ddpm' or 'flow', got ${show(time?.kind)}`,
    );
  if (time.steps !== undefined) integer(caller, 'time.steps', time.steps);
  for (const name of ['betaStart', 'betaEnd'] as const) {
    const beta = time[name];
    if (beta !== undefined && !(beta > 0 && beta < 1))
      throw new RangeError(`${caller}: time.${name} must be above 0 and below 1, got ${show(beta)}`);
  }
}
