// What objectives cost and how near they come, by the number of coordinates: small networks, one after the other.
import {
  measureObjective,
  OBJECTIVE_SIZES,
  type ObjectiveMeasure,
  type ObjectiveName,
} from '../../apps/objectiveTask.js';
import { foldIn, key } from '../../index.js';
import type { Context } from '../calls/rpc.js';
import type { Session } from './session.js';

export interface ObjectiveCostsArgs {
  objectives: readonly ObjectiveName[];
  dims: readonly number[];
  /** Steps of each training. */
  steps: number;
  seed: number;
}

/** What the worker emits in `objectiveCosts`: what each objective gave and took in so many dimensions. */
export interface ObjectiveCostsEvent {
  dim: number;
  measures: ObjectiveMeasure[];
}

/** Trains a network by each objective in each number of dimensions; the same mixture, points and first network for all. */
export async function objectiveCosts(
  { core }: Session,
  { objectives, dims, steps, seed }: ObjectiveCostsArgs,
  { emit, signal }: Context,
): Promise<void> {
  const sizes = { ...OBJECTIVE_SIZES, steps, points: 5000 };
  for (const dim of dims) {
    const measures: ObjectiveMeasure[] = [];
    for (const objective of objectives)
      measures.push(
        await measureObjective(core, { key: foldIn(key(seed), dim), dim, objective, sizes, signal }),
      );
    emit({ dim, measures } satisfies ObjectiveCostsEvent);
  }
}
