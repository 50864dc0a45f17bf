import { STATISTICS } from '../abi/samplers.js';
import { scale } from '../core/check.js';
import type { Density, Score } from '../core/score.js';
import type { ChainState, SamplerState } from './chains.js';

/** Statistics of the chains of a Metropolis-adjusted sampler; a warm-up is left out. */
export interface MetropolisState extends SamplerState {
  /** Mean probability of acceptance of each chain's proposals so far, [chains]. */
  acceptance: Float64Array;
  /** Steps of each chain whose energy rose by more than 1000, or was not finite, [chains]. */
  divergences: Float64Array;
  /** -log p(x) + sum_d p_d^2 / (2 mass_d) of each chain at the start of its last trajectory, [chains]. */
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
  /** Leapfrog steps of each chain so far, one score each, [chains]. */
  leapfrogs: Float64Array;
  /** Length of a leapfrog step of each chain's last trajectory, [chains]. */
  stepSizes: Float64Array;
}

/** The statistics that `addStatistics` in `assembly/samplers/record.ts` sums, by name; `depth` means something for `nuts`. */
export function trajectories(state: ChainState): TrajectoryState & { depth: Float64Array } {
  const { statistics, ...rest } = state;
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

/** @throws TypeError unless the score has a log-density. */
export function checkDensity(caller: string, score: Score): asserts score is Density {
  if (typeof (score as Density).logProb === 'function') return;
  throw new TypeError(
    `${caller}: score must be a density with logProb, got one without; langevin and underdamped need none`,
  );
}

/** The inverse masses of all coordinates, [dim]; all 1 when left out. @throws RangeError on wrong ones. */
export function inverseMasses(
  caller: string,
  dim: number,
  inverseMass: ArrayLike<number> | undefined,
): number[] {
  if (inverseMass && inverseMass.length !== dim) {
    throw new RangeError(`${caller}: inverseMass must hold ${dim} numbers, got ${inverseMass.length}`);
  }
  return Array.from({ length: dim }, (_, d) =>
    inverseMass ? scale(caller, `inverseMass[${d}]`, inverseMass[d]) : 1,
  );
}
