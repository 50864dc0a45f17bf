import type { Client } from '../calls/rpc.js';
import type { PageVerbs } from '../worker/pageVerbs.js';
import type { Store } from './store.js';

/** What every chapter is handed. */
export interface Page {
  store: Store;
  client: Client<PageVerbs>;
  /** Says something to everyone, for a while; a problem stays until the next word. */
  say(text: string, isProblem?: boolean): void;
  /** Says what went wrong, unless it was stopped on purpose. */
  fail(error: unknown): void;
  /** Hears of news that several chapters show. */
  on(news: News, listener: () => void): void;
  tell(news: News): void;
}

/** The picture, or the network, is another. */
export type News = 'picture' | 'network';

export interface Chapter {
  /** The figures and controls, below the explanation. */
  element: HTMLElement;
  /** Called when the chapter comes on the screen or goes. */
  setVisible(isVisible: boolean): void;
  /** Opens a file that was dropped on the page. */
  open?(file: File): void;
  /** Draws in the present colours what does not see them change by itself. */
  restyle?(): void;
}
