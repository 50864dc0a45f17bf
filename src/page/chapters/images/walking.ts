import { type Call, Stopped } from '../../calls/rpc.js';
import { wantsStillness } from '../../parts/loop.js';
import type { Page } from '../../state/page.js';
import { Beat } from './beat.js';

interface Options<Event> {
  /** Resolves when a walk can begin. */
  ready?(): Promise<unknown>;
  /** Has the worker walk, as the controls say, until it is stopped; `hear` is told of each step. */
  begin(hear: (event: Event) => void): Call<unknown>;
  /** Shows a step of the present walk. */
  show(event: Event): void;
  /** Told when the walk is started or stopped. */
  onChange(): void;
}

/**
 * A walk of the worker that goes on as long as its figure is on the screen, and shows its first step to readers who asked for less
 * motion. Of a walk that is over no step is shown.
 */
export class Walking<Event extends { step: number }> {
  readonly #page: Pick<Page, 'fail'>;
  readonly #options: Options<Event>;
  readonly #beat = new Beat();
  #call?: Call<unknown>;
  /** Counts walks: what is told of an older one is not heard. */
  #walks = 0;
  #step = 0;
  #isVisible = false;
  #isRunning = !wantsStillness();
  /** Whether it goes on only to be filmed. */
  #isForFilm = false;

  constructor(page: Pick<Page, 'fail'>, options: Options<Event>) {
    this.#page = page;
    this.#options = options;
  }

  /** The step that is shown; 0 before the first. */
  get step(): number {
    return this.#step;
  }

  /** Whether it goes on, while it is seen. */
  get isRunning(): boolean {
    return this.#isRunning;
  }

  /** The reader starts or stops it. */
  toggle(): void {
    this.#run(!this.#isRunning);
  }

  /** The controls say another walk: its first step is shown, whether it goes on or not. */
  renew(): void {
    this.#step = 0;
    this.#follow();
  }

  setVisible(isVisible: boolean): void {
    this.#isVisible = isVisible;
    this.#follow();
  }

  /** Waits for the next step to be filmed; a walk that stands goes on until {@link afterFilm}. */
  async advance(): Promise<void> {
    if (!this.#isRunning) {
      this.#isForFilm = true;
      this.#run(true);
    }
    await this.#beat.next();
  }

  afterFilm(): void {
    if (this.#isForFilm) this.#run(false);
    this.#isForFilm = false;
  }

  #run(isRunning: boolean): void {
    this.#isRunning = isRunning;
    this.#options.onChange();
    this.#follow();
  }

  /** Ends the walk, and begins anew if one is to be seen. */
  #follow(): void {
    this.#walks++;
    this.#call?.stop();
    this.#call = undefined;
    if (this.#isVisible && (this.#isRunning || this.#step === 0)) this.#walk();
  }

  async #walk(): Promise<void> {
    const own = this.#walks;
    const { ready, begin, show } = this.#options;
    try {
      await ready?.();
      if (own !== this.#walks) return;
      const call = begin((event) => {
        if (own !== this.#walks) return;
        this.#step = event.step;
        show(event);
        this.#beat.tell();
        if (!this.#isRunning) call.stop();
      });
      this.#call = call;
      await call;
    } catch (error) {
      if (own !== this.#walks || error instanceof Stopped) return;
      this.#page.fail(error);
    }
    if (own !== this.#walks) return;
    // It failed, or made all the steps that the worker makes.
    this.#isRunning = false;
    this.#options.onChange();
  }
}
