import type { Client } from '../calls/rpc.js';
import type { PageVerbs } from '../worker/pageVerbs.js';
import type { Store } from './store.js';

/** What every chapter receives. */
export interface Page {
  store: Store;
  client: Client<PageVerbs>;
  /** Shows a message for a few seconds; a problem stays until the next message. */
  say(text: string, isProblem?: boolean): void;
  /** Shows an error as a problem; ignores calls that were stopped on purpose. */
  fail(error: unknown): void;
  /** Calls the listener whenever `tell` is called with this news. */
  on(news: News, listener: () => void): void;
  tell(news: News): void;
}

/** The worker has another picture, or another network. */
export type News = 'picture' | 'network';

export interface Chapter {
  /** The figures and controls, below the explanation. */
  element: HTMLElement;
  /** Called when the chapter comes on the screen or leaves it. */
  setVisible(isVisible: boolean): void;
  /** Opens a file that was dropped on the page. */
  open?(file: File): void;
  /** Redraws what does not notice a change of colours by itself. */
  restyle?(): void;
}
