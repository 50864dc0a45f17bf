/** Whether the reader's system asks for less motion: figures then stand still until they are started. */
export const wantsStillness = () => matchMedia('(prefers-reduced-motion: reduce)').matches;

/**
 * Calls `frame` in animation frames while it is running and its figure is visible. A frame may await the worker; the next
 * one comes after it. The document refers to the loop, by a listener, only while it is running.
 */
export class Loop {
  readonly #frame: () => Promise<void> | void;
  readonly #onChange: () => void;
  #isRunning = false;
  #isVisible = false;
  #isBusy = false;
  readonly #wake = () => this.#next();

  constructor(frame: () => Promise<void> | void, onChange: () => void = () => {}) {
    this.#frame = frame;
    this.#onChange = onChange;
  }

  get isRunning(): boolean {
    return this.#isRunning;
  }

  setRunning(isRunning: boolean): void {
    if (this.#isRunning === isRunning) return;
    this.#isRunning = isRunning;
    if (isRunning) document.addEventListener('visibilitychange', this.#wake);
    else document.removeEventListener('visibilitychange', this.#wake);
    this.#onChange();
    this.#next();
  }

  /** Whether the figure is on the screen. */
  setVisible(isVisible: boolean): void {
    this.#isVisible = isVisible;
    this.#next();
  }

  #next(): void {
    if (this.#isBusy || !this.#isRunning || !this.#isVisible || document.hidden) return;
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
