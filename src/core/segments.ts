/** A stretch of memory: its address and its length in bytes. */
export interface Span {
  at: number;
  bytes: number;
}

/** Contents of a stretch of memory, to be written at the address `at` of another thread's memory. `data` is all of its buffer. */
export interface Segment {
  at: number;
  data: Uint8Array<ArrayBuffer>;
}

/** Bytes from which on buffers are reused. Engines allocate smaller ones out of memory they have at hand. */
const LARGE = 2 ** 16;
/** Lengths for which a buffer is kept: those copied last. */
const LENGTHS_KEPT = 4;

/**
 * Copies spans out of one thread's memory and writes segments into it. A large buffer that arrived in a segment is used again
 * for the next copy of its length, if that length was copied before: so buffers go back and forth between threads, and what
 * is only received is not kept.
 */
export class Segments {
  readonly #memory: WebAssembly.Memory;
  /** By the lengths copied last, the latest last: the buffer to use again, if there is one. */
  readonly #spare = new Map<number, ArrayBuffer | undefined>();

  constructor(memory: WebAssembly.Memory) {
    this.#memory = memory;
  }

  /** A copy of a span, to be sent to another thread. */
  read({ at, bytes }: Span): Segment {
    const data = new Uint8Array(this.#bufferOf(bytes));
    data.set(new Uint8Array(this.#memory.buffer as ArrayBuffer, at >>> 0, bytes));
    return { at: at >>> 0, data };
  }

  /** Writes a segment that another thread has sent. Its buffer now belongs to this object. */
  write({ at, data }: Segment): void {
    new Uint8Array(this.#memory.buffer, at, data.length).set(data);
    if (this.#spare.has(data.length)) this.#spare.set(data.length, data.buffer);
  }

  #bufferOf(bytes: number): ArrayBuffer {
    if (bytes < LARGE) return new ArrayBuffer(bytes);
    const spare = this.#spare.get(bytes);
    // Anew, so that it is the latest.
    this.#spare.delete(bytes);
    this.#spare.set(bytes, undefined);
    if (this.#spare.size > LENGTHS_KEPT) {
      const [oldest] = this.#spare.keys();
      this.#spare.delete(oldest);
    }
    return spare ?? new ArrayBuffer(bytes);
  }
}
