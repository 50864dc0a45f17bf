import { evaluate, type Network, type PointSet } from '../index.js';

/**
 * Estimates the lowest training loss that any network with these noise levels could reach on the data: the mean over the
 * levels of the exact score's loss, from `samples` noisy points per level.
 */
export async function meanBestLoss(
  network: Network,
  data: PointSet,
  { samples, signal }: { samples: number; signal?: AbortSignal },
): Promise<number> {
  let sum = 0;
  for await (const { bestLoss } of evaluate(network, data, { samples, signal })) sum += bestLoss;
  return sum / network.config.levels;
}
