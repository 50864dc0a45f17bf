import { integer, show } from '../core/check.js';

/** The k-th of n shares of a piece of work, k from 1. */
export type Shard = readonly [k: number, n: number];

/**
 * The first of so many chains that a shard has, and the one after its last: shards are as equal as can be.
 *
 * @throws RangeError unless it is an array of two, n is from 1 to the number of chains, and k from 1 to n
 */
export function shardRange(
  caller: string,
  chains: number,
  shard: Shard = [1, 1],
): [first: number, end: number] {
  if (!Array.isArray(shard) || shard.length !== 2)
    throw new RangeError(`${caller}: shard must be two integers, [k, n], got ${show(shard)}`);
  const [k, n] = shard;
  integer(caller, 'shard[1]', n, 1, chains);
  integer(caller, 'shard[0]', k, 1, n);
  return [Math.floor(((k - 1) * chains) / n), Math.floor((k * chains) / n)];
}
