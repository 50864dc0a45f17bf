import {
  conditionalDiffusion,
  key,
  linearObservation,
  memorisation,
  noiseSchedule,
  varianceExploding,
} from '../../../index.js';
import type { Context } from '../../calls/rpc.js';
import { paced } from '../pace.js';
import type { Families, Who } from './families.js';
import { DIM, FILLING } from './numbers.js';
import { heldOutDigit, type Stock } from './stock.js';

/** Least time between two pictures that are shown. */
const SHOW_MS = 33;

/** What the worker emits in {@link fill}: the draws after a step, [chains, DIM]. */
export interface FillEvent {
  step: number;
  /** Noise of `x`; 0 at the end. */
  sigma: number;
  x: Float32Array;
}

/** Of which digit what is seen, and whose score fills in the rest. */
export interface FillArgs {
  who: Who;
  /** Which of the held-out digits. */
  index: number;
  /** What is seen of it: 1, or 0 for what is hidden, [DIM]. */
  mask: Float32Array;
  seed: number;
}

/** What {@link fill} ends with. */
export interface Filled {
  /** The draws, [chains, DIM]. */
  x: Float32Array;
  /** The share of them that are copies of the data. */
  copied: number;
  /** Mean squared differences a pixel from the digit, of the pixels that were seen and of those that were not. */
  seenError: number;
  hiddenError: number;
}

/** Draws digits given some pixels of one, by the twisted diffusion sampler, and emits every step. */
export async function fill(
  families: Families,
  stock: Stock,
  { who, index, mask, seed }: FillArgs,
  { emit, signal }: Context,
): Promise<Filled> {
  const clean = heldOutDigit(stock, index);
  const { noise, steps, chains, particles, ...range } = FILLING;
  const observation = linearObservation({ mask, observed: clean, noise });
  const { family, release } = await families.family({ who, source: 'digits', label: null, guidance: 1 });
  const process = varianceExploding(range);
  const schedule = noiseSchedule(process, { count: steps });
  const options = { key: key(seed), process, schedule, observation, steps, chains, particles, signal };
  const pace = paced(SHOW_MS);
  let x = new Float32Array(0);
  try {
    for await (const state of conditionalDiffusion(family, options)) {
      signal.throwIfAborted();
      x = state.x.slice();
      const { step } = state;
      emit({ step, sigma: schedule[step] ?? 0, x: x.slice() } satisfies FillEvent);
      await pace();
    }
  } finally {
    release();
  }
  const { copied } = memorisation(x, stock.of('digits').points);
  return { x, copied, ...errorsOf(x, clean, mask) };
}

/** Mean squared differences from a digit, of pixels that were seen and of those that were not; of none 0. */
function errorsOf(x: Float32Array, clean: Float32Array, mask: Float32Array) {
  const sums = [0, 0];
  const counts = [0, 0];
  for (let i = 0; i < x.length; i++) {
    const seen = mask[i % DIM];
    sums[seen] += (x[i] - clean[i % DIM]) ** 2;
    counts[seen]++;
  }
  const [hiddenError, seenError] = sums.map((sum, i) => sum / Math.max(1, counts[i]));
  return { seenError, hiddenError };
}
