import { show } from '../core/check.js';
import type { Key } from '../core/random.js';
import type { PointSet } from '../core/score.js';
import type { NetworkConfig } from '../networks/networkConfig.js';
import { defaultTraining, type TrainConfig } from './config.js';
import {
  checkProjections,
  isMatching,
  type Matching,
  type MatchingConfig,
  matchingSums,
  type Projections,
  ScoreMatching,
} from './matching.js';
import type { Method } from './method.js';
import type { LevelNetwork, LevelObjective, TrainableNetwork } from './objective.js';
import { type TrainRunOptions, type TrainStep, trainBy } from './train.js';

/** Options of {@link matchScore}. */
export interface MatchScoreOptions<Config extends object = NetworkConfig>
  extends Partial<Omit<TrainConfig, 'objective'>>,
    TrainRunOptions<Config> {
  /** Default: `implicit`. */
  objective?: Matching;
}

/**
 * Trains a network in place over all its levels, as {@link train} does, by score matching without targets ({@link Matching}; the
 * equations are in `assembly/training/matching.ts`): of the score at noisy points, each level's weighed by sigma^2, or, of a network
 * without noise (`sigmaMin` 0), at the points themselves.
 *
 * `implicit` takes a tangent for each coordinate, the others one; a step costs accordingly.
 *
 * @param options those of `train`; objective (default: `implicit`); projections of the others (default: `sign`, 1 or -1 in each
 *   coordinate, whose losses vary least; `normal`)
 * @param network trained in place
 * @param data clean points, [N, dim]
 * @throws as `train` does, and RangeError on a network with an operation that tangents cannot go through
 */
export function matchScore<Config extends object>(
  network: TrainableNetwork<Config>,
  data: PointSet,
  options: MatchScoreOptions<Config> = {},
): AsyncGenerator<TrainStep<Config>, void, void> {
  return trainBy(matching(), network, data, options);
}

// A function, so that a bundle without it leaves it out.
const matching = (): Method => ({
  caller: 'matchScore',
  defaults: { ...defaultTraining, objective: 'implicit', projections: 'sign' },
  check(_, { objective, projections }) {
    if (!isMatching(objective))
      throw new TypeError(
        `matchScore: objective must be 'implicit', 'sliced' or 'slicedReduced', got ${show(objective)}`,
      );
    checkProjections('matchScore', projections);
  },
  sums: (network, { batch, objective }) =>
    matchingSums(network, objective as Matching, batch * network.sigmas.length),
  hasProjections: ({ objective }) => objective !== 'implicit',
  open: (network, { batch, layout, objective, projections }, blocks) =>
    new LevelMatching(network, {
      ...{ batch, layout, ...blocks },
      ...{ objective: objective as Matching, projections: projections as Projections },
    }),
});

/** Score matching over all levels of a network: a point is as many noisy copies as there are levels. */
class LevelMatching extends ScoreMatching implements LevelObjective {
  readonly #network: LevelNetwork;

  constructor(network: LevelNetwork, config: MatchingConfig) {
    super('matchScore', network, { ...config, rows: network.sigmas.length });
    this.#network = network;
  }

  write(words: Uint32Array, b: number, x: Float32Array, key: Key, projectionKey?: Key): void {
    const { sigmas, scales } = this.#network;
    sigmas.forEach((sigma, level) => {
      // Without noise there is one level, and nothing to weigh against.
      const weight = sigma === 0 ? 1 : sigma * sigma;
      const sample = { key, projectionKey, row: level, level, sigma, out: scales[level], weight };
      this.writeSample(words, b * sigmas.length + level, sample).set(x);
    });
  }
}
