import type { Writable } from 'node:stream';
import { Progress, type Task, type Terminal } from './progress.js';

/** Where a command writes. */
export interface Streams {
  stdout: Writable;
  stderr: Terminal;
}

/** What a command is handed besides its options. */
export interface Context {
  report: Report;
  signal: AbortSignal;
}

/** Makes the context of the command that runs. */
export type Setup = (options: { json?: boolean }) => Context;

/** What a command says: events for programs on stdout, lines and progress for people on stderr. */
export class Report {
  readonly #streams: Streams;
  readonly #json: boolean;
  #progress?: Progress;

  constructor(streams: Streams, json: boolean) {
    this.#streams = streams;
    this.#json = json;
  }

  /** One JSON object on a line of its own, with --json. */
  event(event: string, fields: object): void {
    if (this.#json)
      this.#beside(() => this.#streams.stdout.write(`${JSON.stringify({ event, ...fields })}\n`));
  }

  /** A line for people. */
  say(text: string): void {
    this.#beside(() => this.#streams.stderr.write(`${text}\n`));
  }

  /** Shows how far some work has come while it lasts. */
  async during<T>(task: Task, work: (progress: Progress) => Promise<T>): Promise<T> {
    const progress = new Progress(this.#streams.stderr, task);
    this.#progress = progress;
    try {
      return await work(progress);
    } finally {
      this.close();
    }
  }

  /** Gives the terminal back as it was. */
  close(): void {
    this.#progress?.pause();
    this.#progress = undefined;
  }

  #beside(write: () => void): void {
    this.#progress?.pause();
    write();
    this.#progress?.resume();
  }
}
