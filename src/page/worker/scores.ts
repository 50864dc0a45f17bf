import {
  builtInImage,
  type builtInImages,
  type Core,
  empirical,
  fromFunction,
  imageDistribution,
  mixture,
  type Score,
} from '../../index.js';

/** Names a score that needs no session: a mixture, or a built-in picture. */
export type PlainRequest =
  | {
      kind: 'mixture';
      means: readonly (readonly number[])[];
      sds: readonly (readonly number[])[];
      weights?: readonly number[];
    }
  /** The exact score of a built-in picture under noise sigma. */
  | { kind: 'builtIn'; name: (typeof builtInImages)[number]; sigma: number };

/** A score in use; call `release` when done with it. */
export interface OpenScore {
  score: Score;
  release(): void;
}

/** Makes scores from requests. */
export interface ScoreSource<R> {
  readonly core: Core;
  /** Changes when the same request would give another score. */
  readonly version: number;
  /** Makes the score of p^(1/T), with p as requested and T the temperature. */
  openScore(request: R, temperature?: number): OpenScore;
}

export function plainScore(core: Core, request: PlainRequest): Score {
  return request.kind === 'mixture'
    ? mixture(core, request)
    : empirical(core, imageDistribution(builtInImage(request.name)), request.sigma);
}

/** A score that `release` disposes of. */
export const toDispose = (score: Score): OpenScore => ({ score, release: () => score.dispose() });

export function tempered(open: OpenScore, temperature: number): OpenScore {
  if (temperature === 1) return open;
  const { score, release } = open;
  const hot = fromFunction(score.core, score.dim, (x, out) => {
    score.score(x, out);
    for (let i = 0; i < out.length; i++) out[i] /= temperature;
  });
  return {
    score: hot,
    release() {
      hot.dispose();
      release();
    },
  };
}
