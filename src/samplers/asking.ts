import { FusedScore } from '../core/fusedScore.js';
import { type Call, makeCalls } from '../core/job.js';
import { type Key, layoutCode } from '../core/random.js';
import type { Density, Score } from '../core/score.js';
import type { ChainMoves, ChainOptions } from './chains.js';
import type { ChainShare } from './share.js';

/** A kernel over the block that `assembly/run.ts` describes. */
export interface AskingKernel {
  name: 'underdamped' | 'hmc' | 'nuts';
  /** The call that writes sizes to the block at `run` for so many chains; with run = 0 it only returns the bytes. */
  layout(run: number, chains: number): Call;
  /** One for each purpose, in the kernel's order. */
  keys: Key[];
  /** Calls that set what is the kernel's own. */
  begin(run: number): Call[];
  mend: string;
  /** Whether the kernel needs log-densities, and reports on its chains. */
  isMetropolis: boolean;
  warmup?: number;
}

/** Numbers a chain reports; see `report` in `assembly/run.ts`. */
export const STATISTICS = 10;

/**
 * The moves of a kernel that asks for scores in the middle of a step: fused when WebAssembly computes them, else called
 * again and again with JavaScript's answers.
 */
export function askingMoves(score: Score, options: ChainOptions, kernel: AskingKernel): ChainMoves {
  const { core, dim } = score;
  const { steps, chains = 1, thin = 0, histogram, layout = 'original' } = options;
  const { warmup = 0, isMetropolis } = kernel;
  const runBytes = (count: number) => Math.ceil(makeCalls(core.wasm, [kernel.layout(0, count)])[0] / 16) * 16;
  return {
    mend: kernel.mend,
    warmup,
    statistics: isMetropolis ? STATISTICS : 0,
    // Behind the block, room for what is asked: places, and log-densities.
    work: (count) => runBytes(count) + 4 * count * (dim + 1),
    begin: ({ work, count, first, x, statistics, histogram: counts }) => [
      kernel.layout(work, count),
      [
        'runBegin',
        work,
        score instanceof FusedScore ? score.pointer : 0,
        x,
        count,
        first,
        chains,
        dim,
        (warmup + steps) * chains * dim,
        layoutCode(kernel.name, layout),
        warmup,
        thin,
        counts,
        histogram?.bins ?? 0,
        statistics,
      ],
      ...kernel.keys.map((key, purpose): Call => ['runKey', work, purpose, key[0], key[1]]),
      ...kernel.begin(work),
    ],
    move: ({ work, path }, first, count) => [kernel.name, work, first, count, path],
    moveAsking(share, step, path) {
      const rows = share.work + runBytes(share.count);
      while (core.wasm[kernel.name](share.work, step, 1, path)) answer(score, share, rows, isMetropolis);
    },
  };
}

/** Answers a kernel with a score written in JavaScript. */
function answer(score: Score, { work, count }: ChainShare, rows: number, asksLogProb: boolean): void {
  const { wasm, memory } = score.core;
  const n = count * score.dim;
  wasm.runAsk(work, rows);
  const x = memory.f32(rows, n).slice();
  const s = score.score(x);
  const logp = asksLogProb ? (score as Density).logProb(x) : undefined;
  memory.f32(rows, n).set(s);
  if (logp) memory.f32(rows + 4 * n, count).set(logp);
  wasm.runAnswer(work, rows, logp ? rows + 4 * n : 0);
}
