// The article's training step on 1, 2, 4, 8 and 16 threads, as far as the machine has them.
import { articleStep } from './training.mjs';

export const growthWithThreads = (most) =>
  [1, 2, 4, 8, 16]
    .filter((threads) => threads <= most)
    .map((threads) => ({
      ...articleStep,
      name: `threads-${threads}`,
      title: `training step, ${threads} thread${threads === 1 ? '' : 's'}`,
      growth: 'threads',
      size: threads,
      threads,
    }));
