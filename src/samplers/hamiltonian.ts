import { STATISTICS } from '../abi/samplers.js';
import { integer, scale, show } from '../core/check.js';
import { log } from '../core/elementary.js';
import { factor } from '../core/factor.js';
import type { Score } from '../core/score.js';
import type { ChainOptions, ChainState, SamplerState } from './chains.js';
import { checkHealth } from './health.js';
import { checkScore, hasLogProb } from './moves.js';

/** Statistics of the chains of a Metropolis-adjusted sampler; a warm-up is left out. */
export interface MetropolisState extends SamplerState {
  /** Mean probability of acceptance of each chain's proposals so far, [chains]. */
  acceptance: Float64Array;
  /** Steps of each chain whose energy rose by more than 1000, or was not finite, [chains]. */
  divergences: Float64Array;
  /**
   * -log p(x) + sum_d p_d^2 / (2 mass_d) of each chain at the start of its last trajectory, [chains]. Where the score has no
   * log-density, log p is the line integral of the score from where the chain started.
   */
  energy: Float64Array;
  /**
   * Mean squared change of the energy from one trajectory to the next over its variance, [chains]; below about 0.3
   * momenta hardly change the energy, and heavy tails are explored slowly (Betancourt, "Diagnosing suboptimal
   * cotangent disintegrations in Hamiltonian Monte Carlo", 2016).
   */
  bfmi: Float64Array;
}

/** Statistics of the chains of a sampler whose steps are trajectories. */
export interface TrajectoryState extends MetropolisState {
  /** Leapfrog steps of each chain so far, one score each, or two where the score has no log-density, [chains]. */
  leapfrogs: Float64Array;
  /** Length of a leapfrog step of each chain's last trajectory, [chains]. */
  stepSizes: Float64Array;
}

/**
 * The statistics that `addStatistics` in `assembly/samplers/record.ts` sums, by name; `depth` means something for `nuts`.
 *
 * @throws Error as {@link checkHealth}
 */
export function trajectories(
  caller: string,
  state: ChainState,
  options: Pick<ChainOptions, 'init' | 'chains' | 'shard'>,
): TrajectoryState & { depth: Float64Array } {
  const { statistics, ...rest } = state;
  checkHealth(caller, state, options);
  const chains = statistics.length / STATISTICS;
  const column = (f: (row: Float64Array) => number) =>
    Float64Array.from({ length: chains }, (_, c) =>
      f(statistics.subarray(c * STATISTICS, (c + 1) * STATISTICS)),
    );
  return {
    ...rest,
    acceptance: column(([steps, sum]) => sum / steps),
    divergences: column((row) => row[4]),
    energy: column((row) => row[6]),
    bfmi: column((row) => row[9] / row[8]),
    leapfrogs: column((row) => row[2]),
    stepSizes: column((row) => row[5]),
    depth: column((row) => row[3] / row[0]),
  };
}

/** What the samplers of trajectories take of masses. */
export interface MassOptions {
  /**
   * What a warm-up learns of the positions: 'diagonal', the variance of each coordinate, or 'dense', their covariance matrix,
   * which straightens coordinates that depend on each other, at dim^2 multiply-adds a leapfrog step and as many numbers a chain.
   * Default: 'diagonal', or 'dense' where inverseMass is a matrix.
   */
  metric?: 'diagonal' | 'dense';
  /**
   * 1 / mass of each coordinate, [dim], about its variance; or the inverse of a matrix of masses, [dim, dim], symmetric and
   * positive definite, about the covariance. With a warm-up, at its start. Default: 1.
   */
  inverseMass?: ArrayLike<number> | readonly (readonly number[])[];
}

/** What the samplers of trajectories take of a warm-up. */
export interface WarmupOptions {
  /** Steps before the first of `steps`, in which every chain adapts its step size and masses by itself. */
  warmup?: number;
  /** Mean acceptance probability that adaptation aims at, between 0 and 1. Default: 0.8. */
  targetAcceptance?: number;
}

/** Most coordinates of a matrix of masses: a chain keeps dim^2 numbers. */
const MOST_DENSE = 256;

/**
 * The settings of a sampler of trajectories that say how it accepts and what its masses are.
 *
 * @throws TypeError when `score` is none, RangeError on bad options
 */
export function hamiltonianSettings(
  caller: string,
  score: Score,
  options: MassOptions & WarmupOptions & { stepSize: number },
) {
  const { stepSize, targetAcceptance = 0.8, warmup = 0, inverseMass, metric } = options;
  checkScore(caller, score);
  scale(caller, 'stepSize', stepSize);
  integer(caller, 'warmup', warmup, 0);
  if (!(targetAcceptance > 0 && targetAcceptance < 1)) {
    throw new RangeError(
      `${caller}: targetAcceptance must be a number between 0 and 1, got ${show(targetAcceptance)}`,
    );
  }
  return {
    stepSize,
    centre: log(10 * stepSize),
    targetAcceptance,
    line: hasLogProb(score) ? 0 : 1,
    ...masses(caller, score.dim, inverseMass, metric),
  };
}

/** Whether masses are a matrix, and the inverse masses, [dim], or the rows of the Cholesky factor of their matrix. */
function masses(
  caller: string,
  dim: number,
  inverseMass: MassOptions['inverseMass'],
  metric: MassOptions['metric'],
): { dense: number; inverseMasses: number[] } {
  const isMatrix = typeof inverseMass?.[0] === 'object';
  if (metric !== undefined && metric !== 'diagonal' && metric !== 'dense')
    throw new RangeError(`${caller}: metric must be 'diagonal' or 'dense', got ${show(metric)}`);
  if (isMatrix && metric === 'diagonal')
    throw new RangeError(`${caller}: inverseMass must hold ${dim} numbers with metric 'diagonal', got rows`);
  if (isMatrix || metric === 'dense') {
    if (dim > MOST_DENSE) {
      throw new RangeError(
        `${caller}: metric 'dense' is for at most ${MOST_DENSE} dimensions, got ${dim}; use 'diagonal'`,
      );
    }
  }
  if (isMatrix) {
    const rows = inverseMass as readonly (readonly number[])[];
    rows.forEach((row, i) => {
      scale(caller, `inverseMass[${i}][${i}]`, row?.[i]);
    });
    return { dense: 1, inverseMasses: factor(caller, 'inverseMass', rows, dim).flat() };
  }
  const given = inverseMass as ArrayLike<number> | undefined;
  if (given && given.length !== dim)
    throw new RangeError(`${caller}: inverseMass must hold ${dim} numbers, got ${given.length}`);
  const diagonal = Array.from({ length: dim }, (_, d) =>
    given ? scale(caller, `inverseMass[${d}]`, given[d]) : 1,
  );
  if (metric !== 'dense') return { dense: 0, inverseMasses: diagonal };
  const rows = diagonal.map((v, i) => diagonal.slice(0, i + 1).map((_, j) => (i === j ? Math.sqrt(v) : 0)));
  return { dense: 1, inverseMasses: rows.flat() };
}
