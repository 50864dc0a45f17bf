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
/** Most buffers kept for reuse. */
const KEPT = 8;

/**
 * Copies spans out of one thread's memory and writes segments into it. A large buffer that arrived in a segment is used again for
 * the next copy of its length, so that buffers go back and forth between threads.
 */
export class Segments {
  readonly #memory: WebAssembly.Memory;
  #spare: ArrayBuffer[] = [];

  constructor(memory: WebAssembly.Memory) {
    this.#memory = memory;
  }

  /** A copy of a span, to be sent to another thread. */
  read({ at, bytes }: Span): Segment {
    const from = new Uint8Array(this.#memory.buffer as ArrayBuffer, at >>> 0, bytes);
    const index = bytes < LARGE ? -1 : this.#spare.findIndex(({ byteLength }) => byteLength === bytes);
    if (index < 0) return { at: at >>> 0, data: from.slice() };
    const [buffer] = this.#spare.splice(index, 1);
    const data = new Uint8Array(buffer);
    data.set(from);
    return { at: at >>> 0, data };
  }

  /** Writes a segment that another thread has sent. Its buffer now belongs to this object. */
  write({ at, data }: Segment): void {
    new Uint8Array(this.#memory.buffer, at, data.length).set(data);
    if (data.length >= LARGE) this.#spare = [data.buffer, ...this.#spare].slice(0, KEPT);
  }
}
