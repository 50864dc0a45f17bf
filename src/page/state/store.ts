import { type Name, readState, type State, writeState } from './state.js';

/** Holds the page's state, tells listeners of changes, and keeps the page's address up to date. */
export class Store {
  #state: State = readState(location.hash);
  readonly #listeners = new Map<Name, Set<() => void>>();
  #writing = 0;
  #onLink: () => void = () => {};

  constructor() {
    addEventListener('hashchange', () => {
      if (location.hash.slice(1) === writeState(this.#state)) return;
      this.set(readState(location.hash));
      this.#onLink();
    });
  }

  get<K extends Name>(name: K): State[K] {
    return this.#state[name];
  }

  get all(): Readonly<State> {
    return this.#state;
  }

  set(changes: Partial<State>): void {
    const changed = (Object.keys(changes) as Name[]).filter(
      (name) => changes[name] !== undefined && changes[name] !== this.#state[name],
    );
    if (changed.length === 0) return;
    this.#state = { ...this.#state, ...changes };
    const heard = new Set(changed.flatMap((name) => [...(this.#listeners.get(name) ?? [])]));
    for (const listener of heard) listener();
    // Browsers limit how often the address may change, so it is written at most every 250 ms.
    this.#writing ||= window.setTimeout(() => this.write(), 250);
  }

  /** Calls the listener after a change of any of these entries; once if several change together. */
  on(names: readonly Name[], listener: () => void): void {
    for (const name of names) {
      const set = this.#listeners.get(name) ?? new Set();
      this.#listeners.set(name, set.add(listener));
    }
  }

  /** Calls the listener after the reader opened a link, or went back or forward. */
  onLink(listener: () => void): void {
    this.#onLink = listener;
  }

  /** Writes the state into the address now. @param isEntry makes an entry in the browser's history */
  write(isEntry = false): void {
    clearTimeout(this.#writing);
    this.#writing = 0;
    const fragment = `#${writeState(this.#state)}`;
    if (fragment === location.hash) return;
    history[isEntry ? 'pushState' : 'replaceState'](null, '', fragment);
  }
}
