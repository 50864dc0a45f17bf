// Work that a figure does by itself once it is reached, so that nothing waits for a button.
import { type Call, type Client, Stopped } from '../../calls/rpc.js';
import { wantsStillness } from '../../parts/loop.js';
import type { Page } from '../../state/page.js';
import type { PageVerbs } from '../../worker/pageVerbs.js';

type Verbs = Client<PageVerbs>;

/** One run of the work. Its calls to the worker are stopped with it, and what they still tell is not heard. */
export class Run {
  readonly #client: Verbs;
  readonly #calls = new Set<Call<unknown>>();
  #isOver = false;

  constructor(client: Verbs) {
    this.#client = client;
  }

  /** Calls a verb of the worker. @throws Stopped when the run is over, now or when the answer comes */
  async call<K extends keyof PageVerbs & string>(
    verb: K,
    args: Parameters<PageVerbs[K]>[0],
    onEvent: (event: never) => void = () => {},
  ): Promise<Awaited<ReturnType<PageVerbs[K]>>> {
    if (this.#isOver) throw new Stopped();
    const call = this.#client.call(verb, args, (event) => {
      if (!this.#isOver) onEvent(event);
    });
    this.#calls.add(call);
    try {
      const result = await call;
      if (this.#isOver) throw new Stopped();
      return result;
    } finally {
      this.#calls.delete(call);
    }
  }

  end(): void {
    this.#isOver = true;
    for (const call of this.#calls) call.stop();
  }
}

interface Options {
  /** What is done; it ends early, by {@link Stopped}, when its run does. */
  work(run: Run): Promise<void>;
  /** Told when a run begins and ends. */
  onChange?(): void;
  /** Told of an error that ended a run, before the reader is. */
  onError?(): void;
  /** Whether the work moves nothing on the screen: then it is done for readers who asked for less motion, too. */
  isStill?: boolean;
}

/** Wait after the last change of what is shown, ms: a slider changes it many times a second. */
const PAUSE_MS = 300;

/**
 * Does work when its figure is reached and when what it shows is another, one run at a time. A run that the figure began
 * itself ends when the figure leaves the screen, and begins anew when it is back; one that the reader asked for goes on.
 */
export class ByItself {
  readonly #page: Pick<Page, 'client' | 'fail'>;
  readonly #options: Options;
  #run?: Run;
  #timer = 0;
  #isVisible = false;
  #isDone = false;
  /** Whether the reader asked for the present run. */
  #isAsked = false;
  /** Whether the reader ended the last run: then none begins by itself. */
  #isRefused = false;

  constructor(page: Pick<Page, 'client' | 'fail'>, options: Options) {
    this.#page = page;
    this.#options = options;
  }

  get isRunning(): boolean {
    return this.#run !== undefined;
  }

  /** Whether the last run, about what is shown now, came to its end. */
  get isDone(): boolean {
    return this.#isDone;
  }

  /** Whether the reader ended the last run. */
  get isRefused(): boolean {
    return this.#isRefused;
  }

  /** The reader asks for a run, in place of the present one. Resolves when it has ended, by whatever cause. */
  start(): Promise<void> {
    this.#isRefused = false;
    return this.#begin(true);
  }

  /** The reader ends the run. */
  stop(): void {
    this.#isRefused = true;
    this.#end();
  }

  /** What the work is about is another now: the run about it is over, and one about the new begins soon. */
  renew(): void {
    this.#isDone = false;
    this.#isRefused = false;
    this.#end();
    this.#timer = window.setTimeout(() => this.#beginOnce(), PAUSE_MS);
  }

  /** Takes what is shown for done: no run begins by itself until it is another. */
  settle(): void {
    this.#end();
    this.#isDone = true;
  }

  setVisible(isVisible: boolean): void {
    this.#isVisible = isVisible;
    if (isVisible) this.#beginOnce();
    else if (!this.#isAsked) this.#end();
  }

  #beginOnce(): void {
    if (this.#isDone || this.#isRefused || this.#run || !this.#isVisible) return;
    if (this.#options.isStill || !wantsStillness()) this.#begin(false);
  }

  #end(): void {
    clearTimeout(this.#timer);
    if (!this.#run) return;
    this.#run.end();
    this.#run = undefined;
    this.#options.onChange?.();
  }

  async #begin(isAsked: boolean): Promise<void> {
    this.#end();
    const run = new Run(this.#page.client);
    this.#run = run;
    this.#isAsked = isAsked;
    this.#isDone = false;
    const { work, onChange, onError } = this.#options;
    onChange?.();
    try {
      await work(run);
    } catch (error) {
      if (this.#run === run && !(error instanceof Stopped)) {
        onError?.();
        this.#page.fail(error);
      }
    } finally {
      // After an error other calls of the run may still be under way.
      run.end();
      if (this.#run === run) {
        this.#isDone = true;
        this.#run = undefined;
        onChange?.();
      }
    }
  }
}
