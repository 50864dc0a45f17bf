import { meanBestLoss } from '../../apps/bestLoss.js';
import type { Network, PointSet } from '../../index.js';

/** Most points times draws times levels: the work grows with all three, since each draw looks at every point. */
const MOST_WORK = 1e8;
/** Draws per level. With fewer than the least, the mean would be too noisy. */
const MOST_DRAWS = 2048;
const LEAST_DRAWS = 256;

/** Estimates the lowest training loss that any network could reach; undefined if that would take too long. */
export async function bestLoss(network: Network, data: PointSet): Promise<number | undefined> {
  const { levels } = network.config;
  const possible = data.logits.reduce((sum, logit) => sum + (logit > Number.NEGATIVE_INFINITY ? 1 : 0), 0);
  const samples = Math.min(MOST_DRAWS, Math.floor(MOST_WORK / possible / levels));
  return samples < LEAST_DRAWS ? undefined : meanBestLoss(network, data, { samples });
}
