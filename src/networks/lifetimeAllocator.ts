/** The first and the last time at which memory is in use, both included. */
export type Lifetime = readonly [first: number, last: number];

interface Request {
  bytes: number;
  first: number;
  last: number;
  offset: number;
}

/**
 * Gives each owner an offset into one stretch of memory, before anything runs. Owners whose lifetimes do not overlap may
 * share bytes.
 */
export class LifetimeAllocator {
  /** Length of the stretch; set by {@link allocate}. */
  bytes = 0;
  readonly #requests = new Map<object, Request>();

  /** Asks for `bytes` for an owner. Asked again, the owner keeps its bytes from the earliest time to the latest. */
  request(owner: object, bytes: number, [first, last]: Lifetime): void {
    const request = this.#requests.get(owner) ?? { bytes, first, last, offset: 0 };
    request.first = Math.min(request.first, first);
    request.last = Math.max(request.last, last);
    this.#requests.set(owner, request);
  }

  /** Sets all offsets, multiples of 64: the largest request first, each into the lowest gap that is free for its lifetime. */
  allocate(): this {
    const allocated: Request[] = [];
    const bySize = [...this.#requests.values()].sort((a, b) => b.bytes - a.bytes);
    for (const request of bySize) {
      const bytes = Math.ceil(request.bytes / 64) * 64;
      const overlapping = allocated
        .filter(({ first, last }) => first <= request.last && request.first <= last)
        .sort((a, b) => a.offset - b.offset);
      for (const other of overlapping) {
        if (other.offset >= request.offset + bytes) break;
        request.offset = Math.max(request.offset, other.offset + Math.ceil(other.bytes / 64) * 64);
      }
      this.bytes = Math.max(this.bytes, request.offset + bytes);
      allocated.push(request);
    }
    return this;
  }

  /** An owner's offset in bytes; undefined if it asked for nothing. */
  offsetOf(owner: object): number | undefined {
    return this.#requests.get(owner)?.offset;
  }
}
