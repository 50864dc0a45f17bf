import { square } from '../core/elementary.js';
import { atOnce, type Pieces } from '../core/pieces.js';
import { type Core, foldIn, type Key, normal } from '../index.js';
import { type Drop, reflected, spreadAxis } from './glass.js';

/** Particles of colour as they spread, and as they are taken back: [variances][particles, 2] each. */
export interface DropMotion {
  forwards: Float32Array[];
  /** In the order of time run backwards: the first is the last of `forwards`. */
  backwards: Float32Array[];
}

/**
 * How particles go back from a variance v = sigma^2 to a lesser one, in steps of dv > 0: x + pull dv score + noise sqrt(dv) z.
 * By the flow and by the reverse diffusion, at every v, they have the same density (Song and others 2021, equations 6 and 13);
 * by the noise alone they spread on.
 */
const WAYS_BACK = {
  flow: { pull: 0.5, noise: 0 },
  diffusion: { pull: 1, noise: 1 },
  noise: { pull: 0, noise: 1 },
} as const;

/** A way back by its name. */
export type WayBack = keyof typeof WAYS_BACK;

/** Euler steps back between two variances. */
const STEPS_BACK = 6;

/**
 * Spreads a drop to each of the variances sigma^2 in turn, particles taking random steps, then runs the particles back.
 *
 * @param key of the particles' steps
 * @param variances ascending
 * @param back how they go back; default: by the flow dx / d(sigma^2) = -score / 2, which takes no random steps
 */
export const moveDrop = (core: Core, drop: Drop, options: MoveOptions): DropMotion =>
  atOnce(movingDrop(core, drop, options));

interface MoveOptions {
  key: Key;
  variances: readonly number[];
  particles: number;
  back?: WayBack;
}

/** The work of {@link moveDrop}, a variance a piece. */
export function* movingDrop(
  core: Core,
  drop: Drop,
  { key, variances, particles, back = 'flow' }: MoveOptions,
): Pieces<DropMotion> {
  const spread = (x: Float32Array, variance: number, i: number) => {
    const z = normal(core, foldIn(key, i), [x.length]);
    return x.map((v, d) => reflected(v + Math.sqrt(variance) * z[d]));
  };
  const start = Float32Array.from({ length: 2 * particles }, (_, i) => drop.centre[i % 2]);
  const forwards: Float32Array[] = [];
  let x = spread(start, square(drop.sd), 0);
  for (const [i, variance] of variances.entries()) {
    x = spread(x, variance - (i > 0 ? variances[i - 1] : 0), i + 1);
    forwards.push(x);
    yield;
  }
  const { pull, noise } = WAYS_BACK[back];
  const backwards = [x];
  for (let i = variances.length - 1; i > 0; i--) {
    const [from, to] = [variances[i], variances[i - 1]];
    const step = (from - to) / STEPS_BACK;
    for (let k = 0; k < STEPS_BACK; k++) {
      if (pull > 0) {
        const score = dropScore(core, drop, Math.sqrt(from + ((to - from) * k) / STEPS_BACK), x);
        x = x.map((v, d) => reflected(v + pull * step * score[d]));
      }
      if (noise > 0) x = spread(x, step, variances.length + 1 + STEPS_BACK * i + k);
    }
    backwards.push(x);
    yield;
  }
  return { forwards, backwards };
}

/** The score of the drop after it has spread by sigma, at points x [n, 2]: [n, 2]. */
function dropScore(core: Core, { centre, sd }: Drop, sigma: number, x: Float32Array): Float32Array {
  const [across, up] = centre.map((c, d) => {
    const { density } = spreadAxis(core, c, sd, sigma);
    const score = density.score(x.filter((_, i) => i % 2 === d));
    density.dispose();
    return score;
  });
  return x.map((_, i) => (i % 2 === 0 ? across : up)[i >> 1]);
}
