/** Something that calls use, and that is disposed of when it was retired and the last of them has ended. */
export class Lent<T extends { dispose(): void }> {
  readonly value: T;
  #users = 0;
  #isRetired = false;

  constructor(value: T) {
    this.value = value;
  }

  /** Keeps the value from being disposed of until the caller calls the returned function. */
  use(): () => void {
    this.#users++;
    let isReleased = false;
    return () => {
      if (isReleased) return;
      isReleased = true;
      this.#users--;
      this.#free();
    };
  }

  retire(): void {
    this.#isRetired = true;
    this.#free();
  }

  #free(): void {
    if (this.#isRetired && this.#users === 0) this.value.dispose();
  }
}
