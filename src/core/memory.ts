import type { Span } from './segments.js';
import { MOST_PAGES } from './sharedMemory.js';

const PAGE = 65_536;
const ALIGNMENT = 64;
const MAX_BYTES = MOST_PAGES * PAGE;

/**
 * The WebAssembly memory above the address `base`, as one arena: an allocation is the first free stretch that is large enough.
 * Views of the memory are made only here.
 */
export class Memory {
  readonly memory: WebAssembly.Memory;
  /** Whether other threads work in this memory too. */
  readonly isShared: boolean;
  /** Resolves when other threads have done what they do in this memory; undefined while they do nothing. */
  #busy?: Promise<unknown>;
  #free: { at: number; bytes: number }[] = [];
  #sizes = new Map<number, number>();
  #end: number;

  constructor(memory: WebAssembly.Memory, base: number, isShared = false) {
    this.memory = memory;
    this.isShared = isShared;
    this.#end = align(base);
  }

  /** Bytes of the memory. */
  get size(): number {
    return this.memory.buffer.byteLength;
  }

  /** Bytes now allocated. */
  get used(): number {
    let sum = 0;
    for (const bytes of this.#sizes.values()) sum += bytes;
    return sum;
  }

  /**
   * Allocates `bytes`, zeroed; returns their address, a multiple of 64.
   *
   * @throws RangeError when they are more than 2 GiB, or 4 GiB do not hold them beside what is allocated.
   */
  take(bytes: number): number {
    // WebAssembly's sizes are signed: those beyond 2 GiB come out negative.
    if (!(bytes >= 0))
      throw new RangeError('core: more than 2 GiB of memory are needed in one piece; lower the sizes');
    const size = align(Math.max(bytes, 1));
    const index = this.#free.findIndex((hole) => hole.bytes >= size);
    let at: number;
    if (index >= 0) {
      const hole = this.#free[index];
      at = hole.at;
      hole.at += size;
      hole.bytes -= size;
      if (hole.bytes === 0) this.#free.splice(index, 1);
    } else {
      at = this.#end;
      this.#grow(at + size);
      this.#end = at + size;
    }
    this.#sizes.set(at, size);
    // Of a shared memory, engines fill number by number.
    this.f64(at, size / 8).fill(0);
    return at;
  }

  /** Frees the allocation at address `at`, and joins neighbouring free stretches. Any other address is ignored. */
  give(at: number): void {
    const bytes = this.#sizes.get(at);
    if (bytes === undefined) return;
    this.#sizes.delete(at);
    this.#free.push({ at, bytes });
    this.#free.sort((a, b) => a.at - b.at);
    const joined: { at: number; bytes: number }[] = [];
    for (const hole of this.#free) {
      const last = joined.at(-1);
      if (last && last.at + last.bytes === hole.at) last.bytes += hole.bytes;
      else joined.push(hole);
    }
    const last = joined.at(-1);
    if (last && last.at + last.bytes === this.#end) {
      this.#end = last.at;
      joined.pop();
    }
    this.#free = joined;
  }

  /**
   * As {@link give}, for what other threads may be reading or writing in this memory: once they have done what they now do. Threads
   * that were lost meanwhile may still write for a while, so that then nothing is freed any more.
   */
  release(at: number): void {
    if (this.#busy)
      this.#busy.then(
        () => this.give(at),
        () => {},
      );
    else this.give(at);
  }

  /** Keeps what is released until other threads have done this work too. */
  keepFor(work: Promise<unknown>): void {
    if (!this.isShared) return;
    const busy = Promise.all([this.#busy, work]).then(() => {
      if (this.#busy === busy) this.#busy = undefined;
    });
    busy.catch(() => {});
    this.#busy = busy;
  }

  /**
   * In how many rooms so many threads work at the same time: each needs one in a memory that they share, while one stands at the
   * same address in all memories when each thread has its own.
   */
  rooms(threads: number): number {
    return this.isShared ? threads : 1;
  }

  /** The allocation at address `at`; of 0 bytes where there is none. */
  span(at: number): Span {
    return { at, bytes: this.#sizes.get(at) ?? 0 };
  }

  /** Copies a span to the address `to`, in this memory. */
  copy({ at, bytes }: Span, to: number): void {
    new Uint8Array(this.memory.buffer).copyWithin(to >>> 0, at >>> 0, (at >>> 0) + bytes);
  }

  /**
   * A view of n float32 at address `at`. It is detached when the memory grows: make views after allocating, and use them at once.
   * WebAssembly returns addresses as signed numbers, so that those above 2 GiB are negative; `at` may be either.
   */
  f32(at: number, n: number): Float32Array<ArrayBuffer> {
    return new Float32Array(this.memory.buffer as ArrayBuffer, at >>> 0, n);
  }
  f64(at: number, n: number): Float64Array<ArrayBuffer> {
    return new Float64Array(this.memory.buffer as ArrayBuffer, at >>> 0, n);
  }
  u32(at: number, n: number): Uint32Array<ArrayBuffer> {
    return new Uint32Array(this.memory.buffer as ArrayBuffer, at >>> 0, n);
  }

  #grow(end: number): void {
    const missing = end - this.memory.buffer.byteLength;
    if (missing <= 0) return;
    if (end > MAX_BYTES) {
      throw new RangeError(
        `core: ${end} bytes of memory are needed, more than WebAssembly's 4 GiB; lower the sizes`,
      );
    }
    try {
      this.memory.grow(Math.ceil(missing / PAGE));
    } catch {
      throw new RangeError(
        `core: the engine refused ${missing} more bytes of memory; lower the sizes or dispose() of what is not needed`,
      );
    }
  }
}

/** The allocations of one object, freed together. `fill` makes them; if it throws, those it has made are freed. */
export class Lease {
  readonly #memory: Memory;
  readonly #taken: number[] = [];
  readonly #endings: (() => void)[] = [];

  constructor(memory: Memory, fill: (lease: Lease) => void) {
    this.#memory = memory;
    try {
      fill(this);
    } catch (error) {
      this.end();
      throw error;
    }
  }

  /** As {@link Memory.take}. */
  take(bytes: number): number {
    const at = this.#memory.take(bytes);
    this.#taken.push(at);
    return at;
  }

  /** The allocations, in the order they were made. */
  spans(): Span[] {
    return this.#taken.map((at) => this.#memory.span(at));
  }

  /** Has something else ended with the lease. */
  atEnd(ending: () => void): void {
    this.#endings.push(ending);
  }

  /** Frees all of them, as {@link Memory.release} does; a second call does nothing. */
  end(): void {
    for (const ending of this.#endings.splice(0)) ending();
    for (const at of this.#taken.splice(0)) this.#memory.release(at);
  }
}

function align(n: number): number {
  return Math.ceil(n / ALIGNMENT) * ALIGNMENT;
}
