import { EMPIRICAL } from '../abi/scores.js';
import { scale } from '../core/check.js';
import { exp, log, square } from '../core/elementary.js';
import { FusedDensity } from '../core/fusedScore.js';
import type { Core } from '../core/instantiate.js';
import type { Density, PointSet } from '../core/score.js';
import { checkPointSet } from '../data/pointSet.js';

/** Most numbers in all points: those of 1 GiB. */
const MOST_NUMBERS = 2 ** 28;

/** An empirical density that keeps its data and noise, for `smooth`. */
export class Empirical extends FusedDensity {
  readonly data: PointSet;
  readonly sigma: number;

  /** @param count points that are ever drawn */
  constructor(core: Core, data: PointSet, sigma: number, count: number, write: (at: number) => void) {
    const { wasm } = core;
    // Threads share the points.
    const own = wasm.empiricalOwn(data.dim, count);
    super(core, data.dim, EMPIRICAL, wasm.empiricalHeader(0, data.dim, count), write, own);
    this.data = data;
    this.sigma = sigma;
  }
}

/**
 * The exact score of a data set under Gaussian noise: its points convolved with N(0, sigma^2 I),
 *
 *   score(x) = (E[clean | x] - x) / sigma^2    (Tweedie and Miyasawa),
 *
 * the best score that any network can learn from these data at that noise level. Of many points in many coordinates it is
 * computed by matrix products, but points near a place by differences, so that small noise loses no digits. With `alpha`
 * (default 1) each point x0 shrinks to alpha x0 before the noise is added, as in a variance-preserving diffusion; clean is
 * then alpha x0.
 *
 * @param core the core that `loadCore` gave
 * @param data the points, [N, dim]
 * @param sigma the standard deviation of the noise in each coordinate
 * @param options alpha: what each point is multiplied by before the noise; default: 1
 * @throws RangeError if sigma or alpha is not positive, or data are no distribution over points or more than 2^28 numbers
 */
export function empirical(
  core: Core,
  data: PointSet,
  sigma: number,
  { alpha = 1 }: { alpha?: number } = {},
): Density {
  scale('empirical', 'sigma', sigma);
  scale('empirical', 'alpha', alpha);
  checkPointSet('empirical', data);
  if (alpha !== 1) return empirical(core, { ...data, points: data.points.map((v) => alpha * v) }, sigma);
  const { dim } = data;
  const { wasm, memory } = core;
  // Points that are never drawn are left out.
  const possible = [...data.logits.keys()].filter((i) => data.logits[i] !== -Infinity);
  if (possible.length === 0)
    throw new RangeError('empirical: data must have a point with a finite logit, got none');
  const N = possible.length;
  // Beyond, the sizes of WebAssembly wrap around.
  if (N * dim > MOST_NUMBERS)
    throw new RangeError(
      `empirical: data must have at most ${MOST_NUMBERS} numbers, got ${N} points of ${dim}; take fewer points`,
    );
  const largest = possible.reduce((most, i) => Math.max(most, data.logits[i]), -Infinity);
  const total = possible.reduce((sum, i) => sum + exp(data.logits[i] - largest), 0);
  return new Empirical(core, data, sigma, N, (at) => {
    wasm.empiricalHeader(at, dim, N);
    const points = memory.f32(wasm.empiricalPoints(at), N * dim);
    const logWeights = memory.f32(wasm.empiricalLogWeights(at), N);
    possible.forEach((from, to) => {
      points.set(data.points.subarray(from * dim, (from + 1) * dim), to * dim);
      logWeights[to] = data.logits[from] - largest - log(total);
    });
    wasm.empiricalPack(at, N);
    const [precision, constant] = noiseNumbers(dim, sigma);
    wasm.empiricalNoise(at, precision, constant);
  });
}

/** Arguments of `empiricalNoise`: 1 / sigma^2 and -D/2 log(2 pi sigma^2). */
export function noiseNumbers(dim: number, sigma: number): [precision: number, constant: number] {
  return [1 / square(sigma), (-dim / 2) * log(2 * Math.PI * square(sigma))];
}
