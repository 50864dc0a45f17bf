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

/** A score that needs nothing but what the request says. */
export type PlainRequest =
  | {
      kind: 'mixture';
      means: readonly (readonly number[])[];
      sds: readonly (readonly number[])[];
      weights?: readonly number[];
    }
  /** The exact score of a picture of the library. */
  | { kind: 'builtIn'; name: (typeof builtInImages)[number]; sigma: number };

/** A score and how to let go of it. */
export interface OpenScore {
  score: Score;
  release(): void;
}

/** Where scores come from. */
export interface ScoreSource<R> {
  readonly core: Core;
  /** Another number once the same request gives another score. */
  readonly version: number;
  /** The score asked for, at a temperature: the score of p^(1/T). */
  openScore(request: R, temperature?: number): OpenScore;
}

export class PlainScoreSource implements ScoreSource<PlainRequest> {
  readonly version = 0;

  constructor(readonly core: Core) {}

  openScore(request: PlainRequest, temperature = 1): OpenScore {
    return tempered(toDispose(plainScore(this.core, request)), temperature);
  }
}

export function plainScore(core: Core, request: PlainRequest): Score {
  return request.kind === 'mixture'
    ? mixture(core, request)
    : empirical(core, imageDistribution(builtInImage(request.name)), request.sigma);
}

/** A score that belongs to whoever takes it. */
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
