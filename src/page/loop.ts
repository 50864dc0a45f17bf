/** Whether the reader asked for less movement: figures then stand still until they are started. */
export const wantsStillness = () => matchMedia('(prefers-reduced-motion: reduce)').matches;

/**
 * Draws frame after frame while it is running and someone can see it. A frame may wait for the worker; the next one
 * is drawn when it has come, at most as often as the screen is.
 */
export class Loop {
  readonly #frame: () => Promise<void> | void;
  readonly #onChange: () => void;
  #isRunning = false;
  #isSeen = false;
  #isBusy = false;

  constructor(frame: () => Promise<void> | void, onChange: () => void = () => {}) {
    this.#frame = frame;
    this.#onChange = onChange;
    document.addEventListener('visibilitychange', () => this.#next());
  }

  get isRunning(): boolean {
    return this.#isRunning;
  }

  run(isRunning: boolean): void {
    if (this.#isRunning === isRunning) return;
    this.#isRunning = isRunning;
    this.#onChange();
    this.#next();
  }

  /** Whether the figure is on the screen. */
  see(isSeen: boolean): void {
    this.#isSeen = isSeen;
    this.#next();
  }

  #next(): void {
    if (this.#isBusy || !this.#isRunning || !this.#isSeen || document.hidden) return;
    this.#isBusy = true;
    requestAnimationFrame(async () => {
      try {
        await this.#frame();
      } finally {
        this.#isBusy = false;
      }
      this.#next();
    });
  }
}
