import {
  type Denoiser,
  denoiser,
  key,
  langevin,
  memorisation,
  nearest,
  noiseSchedule,
  probabilityFlow,
  type ScoreFamily,
  varianceExploding,
} from '../../../index.js';
import type { Context } from '../../calls/rpc.js';
import { paced } from '../pace.js';
import type { Families, Wish } from './families.js';
import { DIM, DRAWN, MOST_STEPS } from './numbers.js';
import type { Source, Stock } from './stock.js';

/** Time between two pictures that are shown, about a frame of film. */
const SHOW_MS = 33;

/** What the worker emits in {@link walk} and {@link draw}: noisy pictures, and clean ones estimated of them, [chains, DIM]. */
export interface PicturesEvent {
  step: number;
  /** Noise of `noisy`; 0 at the end. */
  sigma: number;
  noisy: Float32Array;
  clean: Float32Array;
}

/** What the worker emits in {@link walk}. */
export interface WalkEvent extends PicturesEvent {
  /** How often a chain changed its digit so far, of all chains; of pictures without classes undefined. */
  changes?: number;
}

export interface WalkArgs extends Wish {
  sigma: number;
  /** Of a step, in units of sigma^2. */
  stepSize: number;
  chains: number;
  seed: number;
}

/** Walks noisy pictures and jumps to clean ones, a step a frame, from held-out pictures under noise, until it is stopped. */
export async function walk(
  families: Families,
  stock: Stock,
  { sigma, stepSize, chains, seed, ...wish }: WalkArgs,
  { emit, signal }: Context,
): Promise<void> {
  const { family, release } = await families.family(wish);
  const score = family.at(sigma);
  try {
    const tweedie = denoiser(score, sigma);
    const { heldOut } = stock.of(wish.source);
    const init = Float32Array.from({ length: chains * DIM }, (_, i) => heldOut[i % heldOut.length]);
    const options = {
      key: key(seed),
      steps: MOST_STEPS,
      stepSize: 2 * stepSize * sigma ** 2,
      chains,
      init,
      thin: 1,
      signal,
    };
    const pace = paced(SHOW_MS);
    const count = changeCounter(stock, wish.source);
    let step = 0;
    for await (const { path } of langevin(score, options)) {
      for (const y of frames(path, chains)) {
        signal.throwIfAborted();
        step++;
        const clean = tweedie.denoise(y).slice();
        emit({ step, sigma, noisy: y, clean, changes: count(clean) } satisfies WalkEvent);
        await pace();
      }
    }
  } finally {
    score.dispose();
    release();
  }
}

/**
 * Returns a function that is given the jumps of each step, and says how often they changed their digit so far. A picture's digit is
 * that of the nearest of the data.
 */
function changeCounter(stock: Stock, source: Source): (clean: Float32Array) => number | undefined {
  const { points, few } = stock.of(source);
  const { labels } = few;
  let before: number[] | undefined;
  let changes = 0;
  return (clean) => {
    if (!labels) return undefined;
    const { index } = nearest(clean, points.points, { dim: DIM });
    const now = Array.from(index, (i) => labels[i]);
    changes += now.filter((label, i) => before && label !== before[i]).length;
    before = now;
    return changes;
  };
}

export interface DrawArgs extends Wish {
  chains: number;
  seed: number;
  steps: number;
}

/** What {@link draw} ends with: the pictures [chains, DIM], the nearest of the data [chains, DIM], and the share of copies. */
export interface Drawn {
  x: Float32Array;
  nearest: Float32Array;
  copied: number;
}

/** Makes pictures from noise along the probability flow, and emits every step with what the denoiser takes them for. */
export async function draw(
  families: Families,
  stock: Stock,
  { chains, seed, steps, ...wish }: DrawArgs,
  { emit, signal }: Context,
): Promise<Drawn> {
  const { family, release } = await families.family(wish);
  const process = varianceExploding(DRAWN);
  const sigmas = noiseSchedule(process, { count: steps });
  const options = { key: key(seed), chains, process, schedule: sigmas, steps, thin: 1, signal };
  const pace = paced(SHOW_MS);
  let step = 0;
  let x = new Float32Array(0);
  try {
    for await (const { path } of probabilityFlow(family, options)) {
      for (const y of frames(path, chains)) {
        signal.throwIfAborted();
        step++;
        const sigma = sigmas[step] ?? 0;
        x = y.slice();
        const clean = sigma > 0 ? denoised(family, sigma, y) : y.slice();
        emit({ step, sigma, noisy: y, clean } satisfies PicturesEvent);
        await pace();
      }
    }
  } finally {
    release();
  }
  const { points } = stock.of(wish.source);
  const { nearest, copied } = memorisation(x, points);
  const near = new Float32Array(x.length);
  for (const [i, at] of nearest.entries())
    near.set(points.points.subarray(at * DIM, (at + 1) * DIM), i * DIM);
  return { x, nearest: near, copied };
}

/** What a family takes noisy pictures [n, DIM] for. */
function denoised(family: ScoreFamily, sigma: number, y: Float32Array): Float32Array {
  const score = family.at(sigma);
  try {
    const tweedie: Denoiser = denoiser(score, sigma);
    return tweedie.denoise(y).slice();
  } finally {
    score.dispose();
  }
}

/** The positions [chains, DIM] of a path, as copies. */
function* frames(path: Float32Array, chains: number): Generator<Float32Array> {
  for (let at = 0; at < path.length; at += chains * DIM) yield path.slice(at, at + chains * DIM);
}
