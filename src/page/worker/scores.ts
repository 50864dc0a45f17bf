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
export interface Taken {
  score: Score;
  release(): void;
}

/** Where scores come from. */
export interface Source<R> {
  readonly core: Core;
  /** Another number once the same request gives another score. */
  readonly version: number;
  /** The score asked for, at a temperature: the score of p^(1/T). */
  take(request: R, temperature?: number): Taken;
}

export class PlainSource implements Source<PlainRequest> {
  readonly version = 0;

  constructor(readonly core: Core) {}

  take(request: PlainRequest, temperature = 1): Taken {
    return tempered(owned(plainScore(this.core, request)), temperature);
  }
}

export function plainScore(core: Core, request: PlainRequest): Score {
  return request.kind === 'mixture'
    ? mixture(core, request)
    : empirical(core, imageDistribution(builtInImage(request.name)), request.sigma);
}

/** A score that belongs to whoever takes it. */
export const owned = (score: Score): Taken => ({ score, release: () => score.dispose() });

export function tempered(taken: Taken, temperature: number): Taken {
  if (temperature === 1) return taken;
  const { score, release } = taken;
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
