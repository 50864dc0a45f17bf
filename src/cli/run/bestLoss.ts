import { meanBestLoss } from '../../apps/bestLoss.js';
import type { Network, PointSet } from '../../index.js';

/** Points times draws times levels beyond which fewer are drawn: each draw looks at every point. */
const MOST_WORK = 1e8;
/** Draws a level; with fewer than the least, the mean says little. */
const MOST_DRAWS = 2048;
const LEAST_DRAWS = 256;

/** About the lowest training loss any network could reach, or undefined where it would take long to find out. */
export async function bestLoss(network: Network, data: PointSet): Promise<number | undefined> {
  const { levels } = network.config;
  const possible = data.logits.reduce((sum, logit) => sum + (logit > Number.NEGATIVE_INFINITY ? 1 : 0), 0);
  const samples = Math.min(MOST_DRAWS, Math.floor(MOST_WORK / possible / levels));
  return samples < LEAST_DRAWS ? undefined : meanBestLoss(network, data, { samples });
}
