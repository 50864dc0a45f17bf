import { LANES } from '../abi/panels.js';
import { EMPIRICAL } from '../abi/scores.js';
import { length, points, show } from './check.js';
import { FusedScore, type OpenScore } from './fusedScore.js';
import type { Core } from './instantiate.js';
import { type Call, type Job, makeCalls } from './job.js';
import { Lease } from './memory.js';
import type { Score } from './score.js';
import type { Span } from './segments.js';

/** Most places that a thread evaluates by one call, and most numbers of them, unless a panel has more. */
const PLACES = 512;
const NUMBERS = 2 ** 19;

/** A score on all threads of its core, as it was when it was shared. */
export class SharedScore {
  /** The core it computes on. */
  readonly core: Core;
  /** Coordinates of a point, D. */
  readonly dim: number;
  readonly #score: FusedScore;
  readonly #open: OpenScore;
  readonly #lease: Lease;
  /** Most places of a thread in one call. */
  readonly #room: number;
  /** Each thread's places, later their scores, as rows [n, dim], and behind them their log-densities [n]. */
  #rows: number[] = [];
  /** Each thread's panels of places, then of scores. */
  #panels: number[] = [];
  /** Parts of an empirical density that threads share, and their address; 0 where they share places. */
  #parts = 0;
  #partsAt = 0;
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
    const { memory, threads, wasm } = core;
    this.#open = score.open(memory.rooms(threads));
    const [pointer] = this.#open.pointers;
    try {
      this.#lease = new Lease(memory, (lease) => {
        this.#rows = Array.from({ length: threads }, () => lease.take(bytes + 4 * this.#room));
        this.#panels = Array.from({ length: threads }, () => lease.take(2 * bytes));
        const parts = memory.u32(pointer, 1)[0] === EMPIRICAL ? wasm.empiricalParts(pointer) : 1;
        if (threads === 1 || parts < threads) return;
        this.#parts = parts;
        this.#partsAt = lease.take(parts * wasm.partBytes(pointer, wasm.empiricalGroup(pointer)));
      });
    } catch (error) {
      this.#open.dispose();
      throw error;
    }
  }

  /** Copies the score to the other threads. */
  async send(): Promise<void> {
    await this.core.pool?.copy(this.#rows.slice(1).map(() => this.#open.spans()));
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
    const { wasm } = this.core;
    const round = this.#parts
      ? LANES * wasm.empiricalGroup(this.#pointerOf(0))
      : this.#room * this.#rows.length;
    for (let start = 0; start < n; start += round) {
      this.#score.check();
      const part = x.subarray(start * this.dim, Math.min(n, start + round) * this.dim);
      const shares = this.#parts ? this.#sharePoints(part) : this.#sharePlaces(part);
      // Posted before this thread makes its own calls, which keep it busy.
      const answers = this.core.pool?.perform(shares.slice(1).map(({ job }) => job));
      makeCalls(wasm, shares[0].calls);
      await answers;
      // What is left to do reads the score too.
      this.#score.check();
      for (const { first, rows, count, after } of shares) {
        makeCalls(wasm, after);
        if (count > 0) use(start + first, rows, count);
      }
    }
  }

  /** What each thread does with its own of some places, x. */
  #sharePlaces(x: Float32Array): Share[] {
    const n = x.length / this.dim;
    const panels = Math.ceil(n / LANES);
    const threads = Math.min(panels, this.#rows.length);
    return this.#rows.slice(0, threads).map((rows, i) => {
      const first = LANES * Math.floor((panels * i) / threads);
      const count = Math.min(n, LANES * Math.floor((panels * (i + 1)) / threads)) - first;
      this.#write(rows, x.subarray(first * this.dim, (first + count) * this.dim));
      const [places, scores] = this.#panelsOf(i);
      const pointer = this.#pointerOf(i);
      const logProbs = rows + 4 * count * this.dim;
      const calls: Call[] = [
        ['toPanels', rows, count, this.dim, places],
        ['scoreEvaluate', pointer, places, scores, logProbs, count],
        ['fromPanels', scores, count, this.dim, rows],
      ];
      const answer = { at: rows, bytes: 4 * count * (this.dim + 1) };
      return { first, count, rows, calls, after: [], job: this.#job(rows, count, calls, answer) };
    });
  }

  /** What each thread does with its own of the points, for some places, x; the first then joins what all have done. */
  #sharePoints(x: Float32Array): Share[] {
    const count = x.length / this.dim;
    const panels = Math.ceil(count / LANES);
    const threads = this.#rows.length;
    const bytes = this.core.wasm.partBytes(this.#pointerOf(0), panels);
    return this.#rows.map((rows, i) => {
      const pointer = this.#pointerOf(i);
      this.#write(rows, x);
      const [places, scores] = this.#panelsOf(i);
      const calls: Call[] = [
        ['toPanels', rows, count, this.dim, places],
        ['empiricalShare', pointer, places, panels, i, threads, this.#partsAt],
      ];
      const logProbs = rows + 4 * count * this.dim;
      const after: Call[] = [
        ['empiricalFinish', pointer, places, panels, threads, this.#partsAt, scores, logProbs],
        ['fromPanels', scores, count, this.dim, rows],
      ];
      const first = Math.floor((this.#parts * i) / threads);
      const own = Math.floor((this.#parts * (i + 1)) / threads) - first;
      // A whole tree is joined where its first part stood.
      const left = first % own === 0 && (own & (own - 1)) === 0 ? 1 : own;
      const answer = { at: this.#partsAt + bytes * first, bytes: bytes * left };
      const job = this.#job(rows, count, calls, answer);
      return i === 0
        ? { first: 0, count, rows, calls, after, job }
        : { first: 0, count: 0, rows, calls, after: [], job };
    });
  }

  #write(rows: number, x: Float32Array): void {
    this.core.memory.f32(rows, x.length).set(x);
  }

  #pointerOf(thread: number): number {
    const { pointers } = this.#open;
    return pointers[thread % pointers.length];
  }

  #panelsOf(thread: number): [places: number, scores: number] {
    return [this.#panels[thread], this.#panels[thread] + 4 * this.#room * this.dim];
  }

  #job(rows: number, count: number, calls: Call[], answer: Span): Job {
    return { calls, reads: [{ at: rows, bytes: 4 * count * this.dim }], leaves: [answer] };
  }
}

/** A thread's part of an evaluation. */
interface Share {
  /** The places whose scores it leaves at the address `rows`, none or some. */
  first: number;
  count: number;
  rows: number;
  calls: Call[];
  /** What the first thread does when all have answered. */
  after: Call[];
  /** The calls with what they read, for another thread. */
  job: Job;
}

/** Reads what a thread has left: of `count` places from the place `first` on, at the address `rows`. */
type Use = (first: number, rows: number, count: number) => void;

/**
 * Copies a score to all threads of its core, once, so that they share the places of each evaluation, or the points of an `empirical`
 * density of many: worth it from some milliseconds on. What changes the score later, such as training, does not reach the copy.
 *
 * @param score one that WebAssembly computes, of this library
 * @throws TypeError unless WebAssembly computes the score; Error (rejection) if a thread was lost
 */
export async function shareScore(score: Score): Promise<SharedScore> {
  if (!(score instanceof FusedScore))
    throw new TypeError(`shareScore: score must be one that WebAssembly computes, got ${show(score)}`);
  const shared = new SharedScore(score);
  await shared.send();
  return shared;
}
