// The picture as a density, learned by one network in two ways: by its likelihood, and by guessing noise.
import type { Pieces } from '../../core/pieces.js';
import {
  curl,
  denoiserScores,
  densityHistogram,
  empirical,
  energyNetwork,
  foldIn,
  key,
  learnedDenoiser,
  type Score,
  smoothedHistogram,
  totalVariation,
  trainDenoiser,
  trainLikelihood,
} from '../../index.js';
import type { Context } from '../calls/rpc.js';
import { type Grid, middles } from './grid.js';
import { paced } from './pace.js';
import type { Session } from './session.js';
import { drawNoisy } from './views.js';

/** What a density is learned by, in the order of all that is told of both. */
const LEARNED_BY = ['likelihood', 'denoising'] as const;

/** What both networks are, and how both are trained. */
export const ENERGY_RUN = {
  network: { hidden: 64, features: 64 },
  /** The deviation of a picture's coordinates, about. */
  sigmaData: 0.3,
  training: { steps: 300, batch: 256, learningRate: 1e-2, schedule: 'cosine' },
} as const;

/** Steps after which the densities are looked at, closer together in the beginning. */
export const LOOKS: readonly number[] = [0, 5, 10, 20, 30, 50, 75, 100, 150, 200, 250, 300];

export interface EnergiesArgs extends Look {
  /** Steps of each training; on the page those of {@link ENERGY_RUN}. */
  steps: number;
}

/** Where noisy pictures are looked at. */
interface Look {
  /** The noise of the picture. */
  sigma: number;
  seed: number;
  /** The part of the plane that is looked at; densities are normalised there. */
  grid: Grid;
}

/** What the worker emits in `energies`: both densities after as many steps. */
export interface EnergiesEvent {
  steps: number;
  /** The density of the picture with its noise on the cells: [n, n]. */
  truth: Float32Array;
  /** The learned ones, in the order of {@link LEARNED_BY}, and their total variation from the truth. */
  learned: Float32Array[];
  distances: number[];
}

/** What is told in the end of each learned density where the noisy picture is. */
export interface EnergiesResult {
  /** Root mean square error of the score, as a share of the exact score's own. */
  errors: number[];
  /** Median curl of the score. */
  curls: number[];
}

/** Noisy points at which scores are compared. */
const POINTS = 500;
const SHAPE = { height: 1, width: 1, channels: 2 };

const histogramOf = ({ n, xlim, ylim }: Grid) => ({ bins: n, xlim, ylim });

const median = (values: Float64Array) => values.slice().sort()[values.length >> 1];

/** n points of the picture with their noise, [n, 2]. */
function noisyPoints(session: Session, sigma: number, seed: number): Float32Array {
  const { x0, z } = drawNoisy(session, POINTS, seed);
  return x0.map((x, i) => x + sigma * z[i]);
}

/** Trains a network in each way, from the same beginning and with as many steps, a few of each in turn. */
export async function energies(
  session: Session,
  { sigma, seed, steps: all, grid }: EnergiesArgs,
  { emit, signal }: Context,
): Promise<EnergiesResult> {
  const { core } = session;
  const data = session.points();
  const [networkKey, trainKey] = [0, 1].map((i) => foldIn(key(seed), i));
  const cells = histogramOf(grid);
  const exact = smoothedHistogram(data, sigma, cells);
  const area = ((grid.xlim[1] - grid.xlim[0]) * (grid.ylim[1] - grid.ylim[0])) / grid.n ** 2;
  const heights = (counts: Float64Array) => Float32Array.from(counts, (share) => share / area);
  const options = { ...ENERGY_RUN.training, steps: all, key: trainKey, signal };
  const begun = (by: (typeof LEARNED_BY)[number]) => {
    const denoiser = learnedDenoiser(energyNetwork(core, SHAPE, { ...ENERGY_RUN.network, key: networkKey }), {
      sigmaData: ENERGY_RUN.sigmaData,
    });
    const training =
      by === 'likelihood'
        ? trainLikelihood(denoiser, data, { ...options, sigma })
        : trainDenoiser(denoiser, data, { ...options, noise: { kind: 'fixed', sigma } });
    return { denoiser, training, density: denoiserScores(denoiser).at(sigma) };
  };
  const truth = empirical(core, data, sigma);
  const runs: ReturnType<typeof begun>[] = [];
  try {
    for (const by of LEARNED_BY) runs.push(begun(by));
    const pace = paced(60);
    let done = 0;
    for (const steps of LOOKS.filter((look) => look <= all)) {
      for (const { training } of runs) for (let i = done; i < steps; i++) await training.next();
      done = steps;
      const told = runs.map(({ density }) => densityHistogram(density, cells, { nodes: 1 }));
      emit({
        steps,
        truth: heights(exact.counts),
        learned: told.map(({ counts }) => heights(counts)),
        distances: told.map((learned) => totalVariation(learned, exact)),
      } satisfies EnergiesEvent);
      await pace();
      signal.throwIfAborted();
    }
    const places = noisyPoints(session, sigma, seed);
    const want = truth.score(places);
    const square = (values: Float32Array) => values.reduce((sum, value) => sum + value * value, 0);
    const errors = runs.map(({ density }) => {
      const off = density.score(places).map((value, i) => value - want[i]);
      return Math.sqrt(square(off) / square(want));
    });
    return { errors, curls: runs.map(({ density }) => median(curl(density, places, CURL))) };
  } finally {
    truth.dispose();
    for (const { training, density, denoiser } of runs) {
      await training.return();
      density.dispose();
      denoiser.dispose();
    }
  }
}

export interface TurnsArgs extends Look {
  /** The level of the network's score. */
  level: number;
}

/** Places whose curl is one piece of the work: eight scores each. */
const PIECE = 64;
/** Length of the differences, in sides of the picture: a thirtieth of the figure's least noise. Rounding leaves a curl of about 1e-4. */
const CURL = { step: 1e-3 };

function* curlsAt(score: Score, x: Float32Array): Pieces<Float64Array> {
  const curls = new Float64Array(x.length / 2);
  for (let from = 0; from < curls.length; from += PIECE) {
    curls.set(curl(score, x.subarray(2 * from, 2 * (from + PIECE)), CURL), from);
    yield;
  }
  return curls;
}

/** Where the page's own network, which is no slope, turns: its curl on the cells of a grid, and the median at the noisy picture. */
export function* turns(
  session: Session,
  { level, sigma, seed, grid }: TurnsArgs,
): Pieces<{ map: Float32Array; median: number }> {
  const { score, release } = session.openScore({ kind: 'network', level });
  try {
    return {
      map: Float32Array.from(yield* curlsAt(score, middles(grid))),
      median: median(yield* curlsAt(score, noisyPoints(session, sigma, seed))),
    };
  } finally {
    release();
  }
}
