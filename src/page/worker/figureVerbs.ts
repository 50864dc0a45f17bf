import { denoiser } from '../../index.js';
import type { ElementScores } from './elementScores.js';
import { type Grid, middles } from './grid.js';
import type { ScoreSource } from './scores.js';
import { type Moves, type Start, Swarm } from './swarm.js';

/** Scores [n, 2] at points x [n, 2], and log-densities [n] if the score has a density. */
function scoreAt<R>(source: ScoreSource<R>, request: R, x: Float32Array) {
  const { score, release } = source.openScore(request);
  try {
    const logp = 'logProb' in score ? (score.logProb as (x: Float32Array) => Float32Array)(x) : undefined;
    return { s: score.score(x), logp };
  } finally {
    release();
  }
}

/** Verbs for figures of a score: fields on a grid, and particles that move. */
export function figureVerbs<R>(source: ScoreSource<R>) {
  const swarms = new Map<string, Swarm<R>>();
  return {
    kernel: (_: object) => source.core.kernel,

    /** Scores [n, n, 2] on a grid, and log-densities [n, n] if the score has a density. */
    field({ score: request, grid }: { score: R; grid: Grid }) {
      const x = middles(grid);
      return { x, ...scoreAt(source, request, x) };
    },

    /** Scores [n, 2] at points x [n, 2], and log-densities [n] if the score has a density. */
    scoreAt: ({ score, x }: { score: R; x: Float32Array }) => scoreAt(source, score, x),

    /** The jump xhat(x) = x + sigma^2 score(x) of points x [n, 2]. */
    jump({ score: request, sigma, x }: { score: R; sigma: number; x: Float32Array }) {
      const { score, release } = source.openScore(request);
      try {
        return denoiser(score, sigma).denoise(x);
      } finally {
        release();
      }
    },

    swarmOpen({ id, ...options }: { id: string; chains: number; seed: number; start: Start }) {
      swarms.get(id)?.close();
      const swarm = new Swarm(source, options);
      swarms.set(id, swarm);
      return swarm.x.slice();
    },
    swarmMove({ id, ...moves }: { id: string } & Moves<R>) {
      const swarm = swarms.get(id);
      if (!swarm) throw new Error('these particles are gone');
      return swarm.advance(moves);
    },
    swarmClose({ id }: { id: string }) {
      swarms.get(id)?.close();
      swarms.delete(id);
    },
  };
}

export type FigureVerbs<R> = ReturnType<typeof figureVerbs<R>>;

/** The verbs of the worker of `<score-field>`. */
export function elementVerbs(source: ElementScores) {
  return {
    ...figureVerbs(source),

    /** Opens the weights of a network under a name; returns its levels, ascending. A name is opened once. */
    networkOpen: ({ name, bytes }: { name: string; bytes: Uint8Array }) => source.openNetwork(name, bytes),
  };
}

export type ElementVerbs = ReturnType<typeof elementVerbs>;
