import type { Writable } from 'node:stream';
import { Progress, type Task, type Terminal } from './progress.js';

/** Where a command writes. */
export interface Streams {
  stdout: Writable;
  stderr: Terminal;
}

/** What a command receives besides its options. */
export interface Context {
  report: Report;
  signal: AbortSignal;
}

/** Makes the context of the command that runs. */
export type Setup = (options: { json?: boolean }) => Context;

/** Text without control characters, which a terminal would obey: names of files and labels may hold any. */
export function printable(text: string): string {
  return text.replace(/[^\P{Cc}\t\n]/gu, '\ufffd');
}

/** Writes what a command reports: events for programs to stdout, lines and progress for people to stderr. */
export class Report {
  readonly #streams: Streams;
  readonly #json: boolean;
  #progress?: Progress;

  constructor(streams: Streams, json: boolean) {
    this.#streams = streams;
    this.#json = json;
  }

  /** Writes one JSON object as a line, if --json was given. */
  event(event: string, fields: object): void {
    if (this.#json)
      this.#beside(() => this.#streams.stdout.write(`${JSON.stringify({ event, ...fields })}\n`));
  }

  /** Writes a line for people. */
  say(text: string): void {
    this.#beside(() => this.#streams.stderr.write(`${printable(text)}\n`));
  }

  /** Calls `work` and shows its progress until it ends. */
  async during<T>(task: Task, work: (progress: Progress) => Promise<T>): Promise<T> {
    const progress = new Progress(this.#streams.stderr, task);
    this.#progress = progress;
    try {
      return await work(progress);
    } finally {
      this.close();
    }
  }

  /** Removes the progress bar from the terminal. */
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
