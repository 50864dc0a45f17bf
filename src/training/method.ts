import type { TrainConfig } from './config.js';
import type { LevelNetwork, LevelObjective } from './objective.js';

/** How a network with levels is trained: what differs between objectives. */
export interface Method {
  /** The public function, for messages. */
  readonly caller: string;
  /** The training where nothing else is said. */
  readonly defaults: TrainConfig;
  /** @throws TypeError or RangeError unless the network can be trained by the objective */
  check(network: LevelNetwork, config: TrainConfig): void;
  /** Parts of a batch of a new run, and panels of the blocks in which one is computed. */
  sums(network: LevelNetwork, config: TrainConfig): { leaves: number; panels: number };
  /** Whether points have projections. */
  hasProjections(config: TrainConfig): boolean;
  open(network: LevelNetwork, config: TrainConfig, blocks: { panels: number; rooms: number }): LevelObjective;
}
