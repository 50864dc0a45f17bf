import { integer, positive, show } from '../core/check.js';
import { Lease } from '../core/memory.js';
import type { Score } from '../core/score.js';
import { type ChainOptions, moveChains, type SamplerState } from './chains.js';
import { checkScore, movesOver } from './moves.js';

/** Options of {@link langevin}. */
export interface LangevinOptions extends ChainOptions {
  /** eta, in squared units of the data; or a schedule, the eta of each step, counted from 0: all are asked for before the first. */
  stepSize: number | ((step: number) => number);
}

/**
 * Unadjusted Langevin dynamics over any score, in the convention of the article:
 *
 *   x <- x + (stepSize / 2) score(x) + sqrt(stepSize) z,   z ~ N(0, I)
 *
 * (eta there; with h = stepSize / 2 it is x + h score(x) + sqrt(2 h) z), where stepSize may be another at each step: etas whose
 * sum diverges and whose squares' sum does not leave no bias (Welling and Teh, "Bayesian learning via stochastic gradient
 * Langevin dynamics", 2011, equation 2). Step t of chain c takes its z from
 * normal(key, [steps, chains, dim])[t, c]. A score of this library runs fused, without JavaScript between steps, its
 * chains shared out over the core's threads, and is taken as it is when the run starts: a network in training does not
 * change under it. Any other score is called once a step. Yields about every 12 ms. Neither how it is cut nor how many
 * threads there are changes a bit.
 *
 * @param score of the distribution to sample: exact, learned or your own
 * @throws TypeError when `score` is none, RangeError on bad options and where chains stay so far from 0 that float32 rounds their
 *   steps, the signal's reason when aborted, and an Error when a position is no longer finite.
 * @example
 * ```js
 * import { gaussian, key, langevin, loadCore } from 'scorefield';
 *
 * const density = gaussian(await loadCore(), { mean: [1, 2], covariance: [[1, 0.5], [0.5, 1]] });
 * for await (const { step, x } of langevin(density, { key: key(0), steps: 1000, stepSize: 0.1, chains: 8 })) {
 *   if (step === 1000) console.log(x); // where the 8 chains are, [8, 2]
 * }
 * ```
 */
export async function* langevin(
  score: Score,
  options: LangevinOptions,
): AsyncGenerator<SamplerState, void, void> {
  checkScore('langevin', score);
  const { stepSize, steps } = options;
  if (typeof stepSize === 'number') {
    checkStepSize(stepSize);
    yield* walk(score, options, { stepSize, stepSizes: 0 }, stepSize, `lower stepSize (now ${stepSize})`);
    return;
  }
  if (typeof stepSize !== 'function')
    throw new TypeError(`langevin: stepSize must be a number or a function, got ${show(stepSize)}`);
  integer('langevin', 'steps', steps);
  const etas = Float32Array.from({ length: steps }, (_, t) => checkStepSize(stepSize(t), ` at step ${t}`));
  const least = etas.reduce((a, b) => Math.min(a, b));
  const { memory } = score.core;
  let stepSizes = 0;
  const schedule = new Lease(memory, (lease) => {
    stepSizes = lease.take(4 * steps);
    memory.f32(stepSizes, steps).set(etas);
  });
  try {
    yield* walk(score, options, { stepSize: 0, stepSizes }, least, 'lower stepSize', schedule);
  } finally {
    schedule.end();
  }
}

/** Returns eta if float32 can hold it, as the kernels do. */
function checkStepSize(eta: number, where = ''): number {
  if (Math.fround(positive('langevin', `stepSize${where}`, eta)) > 0 && eta <= 1e38) return eta;
  throw new RangeError(`langevin: stepSize${where} must be a float32 above 0, got ${eta}`);
}

async function* walk(
  score: Score,
  options: LangevinOptions,
  settings: { stepSize: number; stepSizes: number },
  least: number,
  remedy: string,
  schedule?: Lease,
): AsyncGenerator<SamplerState, void, void> {
  const moves = {
    ...movesOver(score, { sampler: 'langevin', settings, keys: [options.key], remedy }),
    reach: Math.sqrt(least) / 5,
    ...(schedule && { spans: () => schedule.spans() }),
  };
  for await (const { statistics: _, ...state } of moveChains('langevin', score, options, moves)) yield state;
}
