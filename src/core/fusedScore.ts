import { LANES } from '../abi/panels.js';
import { length, points } from './check.js';
import { exp } from './elementary.js';
import type { Core } from './instantiate.js';
import { Lease } from './memory.js';
import type { Density, Score } from './score.js';
import type { Span } from './segments.js';

/** Most points evaluated by one call, so few that the panels of low dimensions stay in the first-level cache. */
const CHUNK = 512;
/** Most numbers of them, unless a panel has more. */
const CHUNK_NUMBERS = 2 ** 20;

/** A score as a sampler's run uses it: it does not change between {@link FusedScore.open} and `dispose`. */
export interface OpenScore {
  /** Addresses of descriptors, one for each room of {@link Memory.rooms}: what kernels write, they write to their own. */
  readonly pointers: readonly number[];
  /** All memory that evaluations read or write, to be copied to other threads. */
  spans(): Span[];
  /** Frees the memory that `open` allocated. */
  dispose(): void;
}

/**
 * A score that WebAssembly computes from a descriptor in memory. Samplers make many steps with it in one call, without
 * JavaScript in between.
 */
export abstract class FusedScore implements Score {
  readonly core: Core;
  readonly dim: number;
  /** Address of the descriptor. */
  readonly pointer: number;
  /** Bytes at the beginning of the descriptor that evaluations write, or read and `setNoise` changes. */
  readonly #own: number;
  /** Scratch of {@link score}: rows, panels of points and scores, log-densities; 0 before its first call. */
  #scratch = 0;
  #disposed = false;

  /**
   * Allocates and writes the descriptor.
   *
   * @param kind its first word, from `src/abi/scores.ts`
   * @param bytes its length
   * @param write writes all but its first word
   * @param own so many of its bytes each thread has for itself: they hold no address of what stands in them
   */
  constructor(
    core: Core,
    dim: number,
    kind: number,
    bytes: number,
    write: (pointer: number) => void,
    own = bytes,
  ) {
    this.core = core;
    this.dim = dim;
    this.#own = own;
    this.pointer = core.memory.take(bytes);
    core.memory.u32(this.pointer, 1)[0] = kind;
    try {
      write(this.pointer);
    } catch (error) {
      core.memory.give(this.pointer);
      throw error;
    }
  }

  /** All memory that evaluations read or write, to be copied to other threads. */
  spans(): Span[] {
    return [this.core.memory.span(this.pointer)];
  }

  /** @throws Error if the score was disposed of. */
  check(): void {
    if (this.#disposed) throw new Error('score: it was used after dispose(); make it anew');
  }

  /**
   * Derives the descriptor anew if what it depends on has changed.
   *
   * @throws Error if the score was disposed of.
   */
  prepare(): void {
    this.check();
  }

  /**
   * The score for one sampler's run, during which it must not change, in so many rooms. A score that can change returns a copy of
   * itself.
   * @throws Error if the score was disposed of.
   */
  open(rooms: number): OpenScore {
    this.prepare();
    const { memory } = this.core;
    const own = { at: this.pointer, bytes: this.#own };
    const others = new Lease(memory, (lease) => {
      for (let room = 1; room < rooms; room++) memory.copy(own, lease.take(own.bytes));
    });
    return {
      pointers: [this.pointer, ...others.spans().map(({ at }) => at)],
      spans: () => this.spans(),
      dispose: () => others.end(),
    };
  }

  score(x: Float32Array, out: Float32Array = new Float32Array(x.length)): Float32Array {
    const n = points('score', 'x', x, this.dim);
    length('score', 'out', out, x.length);
    this.#evaluate(x, n, (first, s) => out.set(s, first * this.dim));
    return out;
  }

  /** log p(x) of the rows of x [n, dim]: [n]. */
  protected density(x: Float32Array): Float32Array {
    const n = points('logProb', 'x', x, this.dim);
    const out = new Float32Array(n);
    this.#evaluate(x, n, (first, _s, logp) => out.set(logp, first));
    return out;
  }

  dispose(): void {
    // After the first call, the addresses may belong to something else.
    if (this.#disposed) return;
    this.#disposed = true;
    this.core.memory.release(this.pointer);
    this.core.memory.give(this.#scratch);
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  /**
   * Calls `use` for each chunk of x [n, dim] with the index of its first point, scores and log-densities: views, used at
   * once.
   */
  #evaluate(
    x: Float32Array,
    n: number,
    use: (first: number, s: Float32Array, logp: Float32Array) => void,
  ): void {
    const { dim } = this;
    const { memory, wasm } = this.core;
    const fitting = Math.floor(CHUNK_NUMBERS / (LANES * dim)) * LANES;
    const chunk = Math.min(CHUNK, Math.max(LANES, fitting));
    const bytes = 4 * chunk * dim;
    this.prepare();
    if (this.#scratch === 0) this.#scratch = memory.take(3 * bytes + 4 * chunk);
    const rows = this.#scratch;
    const xPanels = rows + bytes;
    const sPanels = xPanels + bytes;
    const logp = sPanels + bytes;
    for (let first = 0; first < n; first += chunk) {
      const count = Math.min(chunk, n - first);
      memory.f32(rows, count * dim).set(x.subarray(first * dim, (first + count) * dim));
      wasm.toPanels(rows, count, dim, xPanels);
      wasm.scoreEvaluate(this.pointer, xPanels, sPanels, logp, count);
      wasm.fromPanels(sPanels, count, dim, rows);
      use(first, memory.f32(rows, count * dim), memory.f32(logp, count));
    }
  }
}

/** A score that WebAssembly computes together with its log-density. */
export abstract class FusedDensity extends FusedScore implements Density {
  logProb(x: Float32Array): Float32Array {
    return this.density(x);
  }

  prob(x: Float32Array): Float32Array {
    return this.density(x).map(exp);
  }
}
