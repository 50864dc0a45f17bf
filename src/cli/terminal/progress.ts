import type { Writable } from 'node:stream';
import { SingleBar } from 'cli-progress';

export type Terminal = Writable & { isTTY?: boolean };

/** Time between two progress lines where stderr is not a terminal. */
const LINE_MS = 10_000;
/** The speed is the mean over this much time. */
const WINDOW_MS = 15_000;

/** A time span as text: 8 s, 2 min 5 s, 1 h 20 min. */
export function duration(ms: number): string {
  const s = Math.max(0, Math.round(ms / 1000));
  if (s < 60) return `${s} s`;
  if (s < 3600) return `${Math.floor(s / 60)} min ${s % 60} s`;
  return `${Math.floor(s / 3600)} h ${Math.floor((s % 3600) / 60)} min`;
}

const count = (n: number) => n.toLocaleString('en-US');

function speed(perSecond: number): string {
  return perSecond >= 100
    ? count(Number(perSecond.toPrecision(3)))
    : String(Number(perSecond.toPrecision(perSecond < 10 ? 2 : 3)));
}

/** Work whose progress is shown. */
export interface Task {
  task: string;
  /** Units of work in all. */
  total: number;
  /** Units completed before it starts. */
  completed?: number;
  unit?: string;
}

/** Shows progress: as a bar on a terminal, elsewhere as a line every ten seconds. */
export class Progress {
  readonly #out: Terminal;
  readonly #task: string;
  readonly #unit: string;
  readonly #total: number;
  readonly #bar?: SingleBar;
  readonly #marks: { at: number; completed: number }[];
  #completed: number;
  #detail = '';
  #lineAt: number;

  constructor(out: Terminal, { task, total, completed = 0, unit = 'step' }: Task) {
    this.#out = out;
    this.#task = task;
    this.#unit = unit;
    this.#total = total;
    this.#completed = completed;
    this.#lineAt = performance.now();
    this.#marks = [{ at: this.#lineAt, completed }];
    if (out.isTTY) {
      this.#bar = new SingleBar({
        stream: out,
        format: '{task} [{bar}] {percentage} %  {text}',
        barsize: 24,
        fps: 5,
        hideCursor: true,
        clearOnComplete: true,
        gracefulExit: false,
      });
      this.resume();
    }
  }

  /** @param completed units so far @param detail text shown beside them, such as the loss */
  update(completed: number, detail = ''): void {
    const now = performance.now();
    this.#completed = completed;
    this.#detail = detail;
    if (now - this.#marks[this.#marks.length - 1].at > WINDOW_MS / 30) {
      this.#marks.push({ at: now, completed });
      while (this.#marks[1].at < now - WINDOW_MS) this.#marks.shift();
    }
    if (this.#bar) {
      this.#bar.update(completed, { text: this.#text() });
    } else if (now - this.#lineAt >= LINE_MS) {
      this.#lineAt = now;
      this.#out.write(
        `${this.#task}: ${this.#unit} ${count(completed)} of ${count(this.#total)}${this.#text().replace(/^(?=.)/, ', ')}\n`,
      );
    }
  }

  /** Removes the bar so that something else can be written; `resume` draws it again. */
  pause(): void {
    this.#bar?.stop();
  }

  resume(): void {
    this.#bar?.start(this.#total, this.#completed, { task: this.#task, text: this.#text() });
  }

  #text(): string {
    const [first, last] = [this.#marks[0], this.#marks[this.#marks.length - 1]];
    const perMs = last.at > first.at ? (last.completed - first.completed) / (last.at - first.at) : 0;
    const known =
      perMs > 0
        ? [
            `${speed(1000 * perMs)} ${this.#unit}s/s`,
            `${duration((this.#total - this.#completed) / perMs)} left`,
          ]
        : [];
    return [this.#detail, ...known].filter(Boolean).join(', ');
  }
}
