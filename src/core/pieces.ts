import { pacer } from './pause.js';

/** Work that yields between its pieces, so that its thread can do something else there; its result comes last. */
export type Pieces<T> = Generator<void, T, void>;

/** Does work without a pause. */
export function atOnce<T>(work: Pieces<T>): T {
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
  }
}

/**
 * Does work with a pause after every 12 ms, in which messages are heard and timers run. The result is that of `atOnce`, to the bit.
 * Work that is stopped still does what stands in its `finally`.
 * @throws the signal's reason when it is aborted
 */
export async function inPieces<T>(work: Pieces<T>, signal: AbortSignal): Promise<T> {
  const rest = pacer();
  try {
    for (;;) {
      signal.throwIfAborted();
      const { done, value } = work.next();
      if (done) return value;
      await rest();
    }
  } finally {
    // Of work that came to its end this is nothing.
    work.return(undefined as T);
  }
}
