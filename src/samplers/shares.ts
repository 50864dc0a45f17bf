import { LANES } from '../abi/panels.js';
import type { OpenScore } from '../core/fusedScore.js';
import type { Core } from '../core/instantiate.js';
import type { Moves } from './moves.js';
import { ChainShare, type RunOptions, type ShareResult } from './share.js';

/**
 * Chains of a run, in as many shares as threads can take: a share is whole panels, and one of a score in JavaScript is
 * all of them. Every share stands in this thread's memory; threads with a memory of their own are sent theirs when a run starts.
 */
export class Shares {
  readonly #core: Core;
  readonly #moves: Moves;
  readonly #thin: number;
  readonly #score?: OpenScore;
  readonly #shares: ChainShare[] = [];

  /** @param room positions of a chain that one call may keep @param range the first of the chains, and the one after the last */
  constructor(
    core: Core,
    moves: Moves,
    options: Omit<RunOptions, 'score'>,
    room: number,
    [first, end]: readonly [number, number],
  ) {
    const { thin } = options;
    this.#core = core;
    this.#moves = moves;
    this.#thin = thin;
    const { scores } = moves;
    const panels = Math.ceil((end - first) / LANES);
    const threads = 'open' in scores ? Math.min(core.threads, panels) : 1;
    try {
      const rooms = core.memory.rooms(threads);
      if ('open' in scores) this.#score = scores.open(rooms);
      for (let i = 0; i < threads; i++) {
        const score = this.#score?.pointers[i % rooms] ?? 0;
        const from = first + Math.floor((panels * i) / threads) * LANES;
        const to = Math.min(end, first + Math.floor((panels * (i + 1)) / threads) * LANES);
        this.#shares.push(new ChainShare(core, moves, { ...options, score }, from, to - from, room));
      }
    } catch (error) {
      this.dispose();
      throw error;
    }
  }

  /** Gives every other thread what it needs. */
  async open(): Promise<void> {
    const others = this.#shares.slice(1);
    const common = [...(this.#score?.spans() ?? []), ...(this.#moves.spans?.() ?? [])];
    await this.#core.pool?.copy(others.map((share) => [...common, ...share.spans()]));
  }

  /**
   * Makes steps of all chains, from the step `first`, below 0 in a warm-up; the results stand in the order of their chains.
   *
   * @throws the signal's reason when it is aborted meanwhile
   */
  async move(first: number, steps: number, signal?: AbortSignal): Promise<ShareResult[]> {
    const { pool } = this.#core;
    const { scores, warmup = 0 } = this.#moves;
    const check = () => {
      signal?.throwIfAborted();
      if ('open' in scores) scores.check?.();
    };
    check();
    const [local, ...remote] = this.#shares;
    const kept = keptBetween(first, first + steps, this.#thin);
    // Posted before this thread moves its own share, which keeps it busy.
    const answers = pool?.perform(
      remote.map((share) => ({ calls: share.calls(first + warmup, steps), leaves: share.results(kept) })),
    );
    try {
      await local.move(first + warmup, steps, check, 'evaluate' in scores ? scores.evaluate : undefined);
    } finally {
      // Other threads work in the memory that a failed run gives back.
      await answers;
    }
    return this.#shares.map((share) => share.read(kept));
  }

  dispose(): void {
    for (const share of this.#shares) share.dispose();
    this.#score?.dispose();
  }
}

/** Positions that the steps first + 1 ... end keep; those up to step 0 are a warm-up. */
export function keptBetween(first: number, end: number, thin: number): number {
  return thin === 0 ? 0 : Math.floor(Math.max(0, end) / thin) - Math.floor(Math.max(0, first) / thin);
}
