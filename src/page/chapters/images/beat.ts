/** Longest wait for a step: one that was stopped comes no more, and a film goes on with what it sees. */
const MOST_MS = 300;

/** Lets a film wait for the next step of what it films. */
export class Beat {
  readonly #waiting = new Set<() => void>();

  /** A step is shown. */
  tell(): void {
    for (const go of this.#waiting) go();
  }

  /** Resolves when the next step is shown, or when none comes. */
  async next(): Promise<void> {
    await new Promise<void>((resolve) => {
      const go = () => {
        clearTimeout(timer);
        this.#waiting.delete(go);
        resolve();
      };
      const timer = setTimeout(go, MOST_MS);
      this.#waiting.add(go);
    });
  }
}
