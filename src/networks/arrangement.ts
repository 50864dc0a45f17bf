/** The first and the last of the times at which something is in use. */
export type Interval = readonly [first: number, last: number];

interface Stretch {
  bytes: number;
  first: number;
  last: number;
  offset: number;
}

/** Memory for things of which each is in use for a while: those whose times do not meet may stand in the same place. */
export class Arrangement {
  /** Bytes in all, once {@link settle} was called. */
  bytes = 0;
  readonly #stretches = new Map<object, Stretch>();

  /** Wants so many bytes for a thing at these times, and at all others between these and those it was wanted at before. */
  want(thing: object, bytes: number, [first, last]: Interval): void {
    const stretch = this.#stretches.get(thing) ?? { bytes, first, last, offset: 0 };
    stretch.first = Math.min(stretch.first, first);
    stretch.last = Math.max(stretch.last, last);
    this.#stretches.set(thing, stretch);
  }

  /** Gives every thing its place: the largest first, each in the lowest gap that is free for as long as it is in use. */
  settle(): this {
    const settled: Stretch[] = [];
    const bySize = [...this.#stretches.values()].sort((a, b) => b.bytes - a.bytes);
    for (const stretch of bySize) {
      const bytes = Math.ceil(stretch.bytes / 64) * 64;
      const beside = settled
        .filter(({ first, last }) => first <= stretch.last && stretch.first <= last)
        .sort((a, b) => a.offset - b.offset);
      for (const other of beside) {
        if (other.offset >= stretch.offset + bytes) break;
        stretch.offset = Math.max(stretch.offset, other.offset + Math.ceil(other.bytes / 64) * 64);
      }
      this.bytes = Math.max(this.bytes, stretch.offset + bytes);
      settled.push(stretch);
    }
    return this;
  }

  /** Where a thing stands, in bytes from the start; nothing if it was never wanted. */
  offsetOf(thing: object): number | undefined {
    return this.#stretches.get(thing)?.offset;
  }
}
