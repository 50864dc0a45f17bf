import type { Client } from '../calls/rpc.js';
import type { PageVerbs } from '../worker/pageVerbs.js';
import type { LearnedState } from './learned.js';
import type { Store } from './store.js';
import type { Trainer } from './trainer.js';

/** What every figure receives. */
export interface Page {
  store: Store;
  client: Client<PageVerbs>;
  /** What is known of the worker's network. */
  learned: LearnedState;
  /** The training of that network. */
  trainer: Trainer;
  /** Shows a message beside the control that was used last; a problem stays until a control of the figure is used. */
  say(text: string, isProblem?: boolean): void;
  /** Shows an error as a problem, in the page's words; ignores calls that were stopped on purpose. */
  fail(error: unknown): void;
  /** Calls the listener whenever `tell` is called with this news. */
  on(news: News, listener: () => void): void;
  tell(news: News): void;
  /** The term under the pointer, by its `data-term`; figures light up what it stands for at the news `term`. */
  readonly term: string | undefined;
  /** Marks the challenge of this name (`data-challenge` in the words) as met. */
  meet(challenge: string): void;
}

/** The worker has another picture, or another network; a training goes on or ends; the pointer is over another term. */
export type News = 'picture' | 'network' | 'training' | 'term';

/** A figure of the article with its controls, which stands at a place `data-figure` of the words. */
export interface LiveFigure {
  element: HTMLElement;
  /** Called when the figure comes on the screen or leaves it. */
  setVisible(isVisible: boolean): void;
  /** Opens a file that was dropped on the page; of several the next one comes when it is done. */
  open?(file: File): Promise<unknown>;
  /** Redraws what does not notice a change of colours by itself. */
  restyle?(): void;
}

/** The figures of a chapter, by their `data-figure`. */
export type Figures = Record<string, (page: Page) => LiveFigure>;
