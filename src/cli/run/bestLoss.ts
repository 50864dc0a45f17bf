import { evaluate, type Network, type PointSet } from '../../index.js';

/** Points times draws times levels beyond which fewer are drawn: each draw looks at every point. */
const MOST_WORK = 1e8;

/** About the lowest training loss any network could reach, or undefined where it would take long to find out. */
export async function bestLoss(network: Network, data: PointSet): Promise<number | undefined> {
  const { levels } = network.config;
  const possible = data.logits.reduce((sum, logit) => sum + (logit > Number.NEGATIVE_INFINITY ? 1 : 0), 0);
  const samples = Math.min(2048, Math.floor(MOST_WORK / possible / levels));
  if (samples < 256) return undefined;
  let sum = 0;
  for await (const quality of evaluate(network, data, { samples })) sum += quality.bestLoss;
  return sum / levels;
}
