/** Longest wait for a step: one that was stopped comes no more, and a film goes on with what it sees. */
const MOST_MS = 300;

/** Lets a film wait for the next step of what it films. */
export class Beat {
  readonly #waiting = new Set<() => void>();

  /** A step is shown. */
  tell(): void {
    for (const go of this.#waiting) go();
    this.#waiting.clear();
  }

  /** Resolves when the next step is shown, or when none comes. */
  async next(): Promise<void> {
    let timer = 0;
    await new Promise<void>((resolve) => {
      this.#waiting.add(resolve);
      timer = window.setTimeout(resolve, MOST_MS);
    });
    clearTimeout(timer);
  }
}
