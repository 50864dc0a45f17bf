import { meanBestLoss } from '../../apps/bestLoss.js';
import { MANY } from '../../densities/plane.js';
import type { Network, PointSet } from '../../index.js';

/**
 * Most points times draws times levels: the work grows with all three where each draw looks at every point, as it does unless there
 * are MANY in the plane.
 */
const MOST_WORK = 1e8;
/** Most points that are sorted and spread for each level. */
const MOST_POINTS = 4e6;
/** Draws per level. With fewer than the least, the mean would be too noisy. */
const MOST_DRAWS = 2048;
const LEAST_DRAWS = 256;

/** Estimates the lowest training loss that any network could reach; undefined if that would take too long. */
export async function bestLoss(network: Network, data: PointSet): Promise<number | undefined> {
  const { levels } = network.config;
  if (data.dim === 2 && data.logits.length >= MANY && data.logits.length <= MOST_POINTS)
    return meanBestLoss(network, data, { samples: MOST_DRAWS });
  const possible = data.logits.reduce((sum, logit) => sum + (logit > Number.NEGATIVE_INFINITY ? 1 : 0), 0);
  const samples = Math.min(MOST_DRAWS, Math.floor(MOST_WORK / possible / levels));
  return samples < LEAST_DRAWS ? undefined : meanBestLoss(network, data, { samples });
}
