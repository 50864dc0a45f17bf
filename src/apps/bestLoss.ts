import { evaluate, type Network, type PointSet } from '../index.js';

/**
 * About the lowest training loss that any network of these noise levels could reach on the data: the mean over the levels,
 * each from `samples` noisy points.
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
