import type { Picture } from '../../state/picture.js';

/** Pictures that can be brought back. */
const REMEMBERED = 40;

/** What a picture was before each stroke. Pads of one picture share it, so that each takes back the last stroke of any. */
export class History {
  readonly #before: Picture[] = [];
  readonly #listeners = new Set<() => void>();

  get isEmpty(): boolean {
    return this.#before.length === 0;
  }

  push(picture: Picture): void {
    this.#before.push(picture);
    if (this.#before.length > REMEMBERED) this.#before.shift();
    this.#tell();
  }

  /** Takes the last picture out, if there is one. */
  pop(): Picture | undefined {
    const last = this.#before.pop();
    this.#tell();
    return last;
  }

  /** Calls the listener after every change. */
  on(listener: () => void): void {
    this.#listeners.add(listener);
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}

const made = new WeakMap<object, History>();

/** The history of the page's picture, by its store. */
export function historyOf(store: object): History {
  const history = made.get(store) ?? new History();
  made.set(store, history);
  return history;
}
