import { LANES } from '../abi/panels.js';
import { length, points, show } from './check.js';
import { FusedScore, type OpenScore } from './fusedScore.js';
import type { Core } from './instantiate.js';
import { type Call, makeCalls } from './job.js';
import { Lease } from './memory.js';
import type { Score } from './score.js';

/** Most places that a thread evaluates by one call, and most numbers of them, unless a panel has more. */
const PLACES = 512;
const NUMBERS = 2 ** 19;

/** A score on all threads of its core, as it was when it was shared. */
export class SharedScore {
  readonly core: Core;
  readonly dim: number;
  readonly #score: FusedScore;
  readonly #open: OpenScore;
  readonly #lease: Lease;
  /** Most places of a thread in one call. */
  readonly #room: number;
  /** Each thread's places, later their scores, as rows [n, dim], and behind them their log-densities [n]. */
  #rows: number[] = [];
  /** Panels of places, then of scores: scratch of any thread. */
  #panels = 0;
  /** Evaluations follow one another, since they use the same memory. */
  #last: Promise<unknown> = Promise.resolve();
  #disposed = false;

  /** Use {@link shareScore}, which also copies the score to the other threads. */
  constructor(score: FusedScore) {
    const { core, dim } = score;
    this.core = core;
    this.dim = dim;
    this.#score = score;
    this.#room = LANES * Math.min(PLACES / LANES, Math.ceil(NUMBERS / (LANES * dim)));
    const bytes = 4 * this.#room * dim;
    this.#lease = new Lease(core.memory, (lease) => {
      this.#rows = Array.from({ length: core.threads }, () => lease.take(bytes + 4 * this.#room));
      this.#panels = lease.take(2 * bytes);
    });
    try {
      this.#open = score.open();
    } catch (error) {
      this.#lease.end();
      throw error;
    }
  }

  /** Copies the score to the other threads. */
  async send(): Promise<void> {
    const { memory, pool } = this.core;
    const write = () => this.#open.spans().map((span) => memory.segments.read(span));
    const jobs = this.#rows.slice(1).map(() => ({ size: memory.size, write: write(), calls: [], read: [] }));
    await pool?.perform(jobs);
  }

  /**
   * The scores of the rows of `x` [n, dim], in `out` [n, dim] where it is given, else in a new array: the bits of the score's own
   * method, on any number of threads. Neither array may change meanwhile.
   *
   * @throws Error (rejection) if this or its score was disposed of, or a thread was lost
   */
  async score(x: Float32Array, out: Float32Array = new Float32Array(x.length)): Promise<Float32Array> {
    const n = points('score', 'x', x, this.dim);
    length('score', 'out', out, x.length);
    await this.#follow(x, n, (first, rows, count) => {
      out.set(this.core.memory.f32(rows, count * this.dim), first * this.dim);
    });
    return out;
  }

  /**
   * log p(x) of the rows of `x` [n, dim]: [n].
   *
   * @throws TypeError (rejection) if the score has no log-density; as {@link score} does
   */
  async logProb(x: Float32Array): Promise<Float32Array> {
    const n = points('logProb', 'x', x, this.dim);
    if (!('logProb' in this.#score)) throw new TypeError('logProb: the score must be a density, got another');
    const out = new Float32Array(n);
    await this.#follow(x, n, (first, rows, count) => {
      out.set(this.core.memory.f32(rows + 4 * count * this.dim, count), first);
    });
    return out;
  }

  /** Frees its memory once what was begun has ended; the score stays. */
  async dispose(): Promise<void> {
    if (this.#disposed) return;
    this.#disposed = true;
    await this.#last;
    this.#lease.end();
    this.#open.dispose();
  }

  /** Evaluates after what was begun before. */
  #follow(x: Float32Array, n: number, use: Use): Promise<void> {
    if (this.#disposed) throw new Error('score: it was used after dispose(); share it anew');
    const run = this.#last.then(() => this.#evaluate(x, n, use));
    this.#last = run.catch(() => {});
    return run;
  }

  async #evaluate(x: Float32Array, n: number, use: Use): Promise<void> {
    const { dim } = this;
    const { memory, pool, wasm } = this.core;
    const round = this.#room * this.#rows.length;
    for (let start = 0; start < n; start += round) {
      this.#score.check();
      const left = Math.min(round, n - start);
      const panels = Math.ceil(left / LANES);
      const threads = this.#rows.slice(0, panels);
      const shares = threads.map((rows, i) => {
        const first = LANES * Math.floor((panels * i) / threads.length);
        const end = Math.min(left, LANES * Math.floor((panels * (i + 1)) / threads.length));
        memory.f32(rows, (end - first) * dim).set(x.subarray((start + first) * dim, (start + end) * dim));
        return { first: start + first, count: end - first, rows };
      });
      // Posted before this thread evaluates its own share, which keeps it busy.
      const answers = pool?.perform(
        shares.slice(1).map(({ rows, count }) => ({
          size: memory.size,
          write: [memory.segments.read({ at: rows, bytes: 4 * count * dim })],
          calls: this.#calls(rows, count),
          read: [{ at: rows, bytes: 4 * count * (dim + 1) }],
        })),
      );
      makeCalls(wasm, this.#calls(threads[0], shares[0].count));
      for (const segment of (await answers) ?? []) memory.segments.write(segment);
      for (const { first, rows, count } of shares) use(first, rows, count);
    }
  }

  #calls(rows: number, n: number): Call[] {
    const scores = this.#panels + 4 * this.#room * this.dim;
    return [
      ['toPanels', rows, n, this.dim, this.#panels],
      ['scoreEvaluate', this.#open.pointer, this.#panels, scores, rows + 4 * n * this.dim, n],
      ['fromPanels', scores, n, this.dim, rows],
    ];
  }
}

/** Reads what a thread has left: of `count` places from the place `first` on, at the address `rows`. */
type Use = (first: number, rows: number, count: number) => void;

/**
 * Copies a score to all threads of its core, once, so that they share the places of each evaluation: worth it from some milliseconds
 * on, such as those of {@link empirical} over many points. What changes the score later, such as training, does not reach the copy.
 *
 * @throws TypeError unless WebAssembly computes the score; Error (rejection) if a thread was lost
 */
export async function shareScore(score: Score): Promise<SharedScore> {
  if (!(score instanceof FusedScore))
    throw new TypeError(`shareScore: score must be one that WebAssembly computes, got ${show(score)}`);
  const shared = new SharedScore(score);
  await shared.send();
  return shared;
}
