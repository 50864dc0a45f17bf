/** A stretch of the memory: where it starts, and its bytes. */
export interface Span {
  at: number;
  bytes: number;
}

/** Bytes for a stretch of another thread's memory, as a data segment of a module holds them: all of its buffer. */
export interface Segment {
  at: number;
  data: Uint8Array<ArrayBuffer>;
}

/** Buffers smaller than this are made anew: the engine gives them out of memory that it has at hand. */
const LARGE = 2 ** 16;
/** Buffers kept at most. */
const KEPT = 8;

/**
 * Copies spans out of a memory and writes segments into it. Large buffers go to and fro between two threads: one that was
 * written here is used for the next copy of its size.
 */
export class Segments {
  readonly #memory: WebAssembly.Memory;
  #spare: ArrayBuffer[] = [];

  constructor(memory: WebAssembly.Memory) {
    this.#memory = memory;
  }

  /** A copy of a span, for another thread. */
  read({ at, bytes }: Span): Segment {
    const from = new Uint8Array(this.#memory.buffer as ArrayBuffer, at >>> 0, bytes);
    const index = bytes < LARGE ? -1 : this.#spare.findIndex(({ byteLength }) => byteLength === bytes);
    if (index < 0) return { at: at >>> 0, data: from.slice() };
    const [buffer] = this.#spare.splice(index, 1);
    const data = new Uint8Array(buffer);
    data.set(from);
    return { at: at >>> 0, data };
  }

  /** Writes a segment of another thread, whose buffer is no longer its own. */
  write({ at, data }: Segment): void {
    new Uint8Array(this.#memory.buffer, at, data.length).set(data);
    if (data.length >= LARGE) this.#spare = [data.buffer, ...this.#spare].slice(0, KEPT);
  }
}
