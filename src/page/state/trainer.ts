// The training of the page's one network, which every figure may show.
import { type Call, type Client, Stopped } from '../calls/rpc.js';
import type { PageVerbs } from '../worker/pageVerbs.js';
import type { TrainEvent } from '../worker/training.js';
import { keep } from './kept.js';
import type { LearnedState } from './learned.js';
import { Losses } from './losses.js';
import { SETTINGS, settingsOf } from './settings.js';
import { type State, writeState } from './state.js';
import type { Store } from './store.js';

/** What of the page it needs. */
interface Known {
  store: Store;
  client: Client<PageVerbs>;
  learned: LearnedState;
  fail(error: unknown): void;
  tell(news: 'training'): void;
}

/** The title of the page while nothing trains. */
const TITLE = document.title;

/** Trains the page's network, one run at a time. It goes on whatever is on the screen, and in a hidden tab. */
export class Trainer {
  readonly #page: Known;
  readonly losses = new Losses();
  /** Steps of the present or the last run: taken, and asked for. */
  step = 0;
  steps = 0;
  isPaused = false;
  /** Whether the last run was stopped before its end. */
  wasStopped = false;
  /** Whether the present or the last run is the first screen's own, which any other may replace. */
  isSketch = false;
  #stepsPerSecond = 0;
  /** Counts calls of `start`. */
  #starts = 0;
  #run?: Call<{ step: number }>;
  #best?: Call<number>;
  /** Resolves when the run has ended, by whatever cause. */
  #ended: Promise<void> = Promise.resolve();

  constructor(page: Known) {
    this.#page = page;
    // A link to other settings shows a network that nobody has trained.
    page.store.on([...SETTINGS, 'picture', 'seed', 'dataSeed'], () => page.store.set({ trained: false }));
  }

  get isRunning(): boolean {
    return this.#run !== undefined;
  }

  /** Seconds until the end of the run; undefined while that is not known. */
  get secondsLeft(): number | undefined {
    if (!this.isRunning || this.isPaused || !(this.#stepsPerSecond > 0)) return undefined;
    return (this.steps - this.step) / this.#stepsPerSecond;
  }

  /**
   * Trains a new network with the settings of a state. A run that goes on is stopped before. Resolves when the run has
   * ended; whether it was stopped says `wasStopped`.
   * @param isSketch whether the network may be thrown away: it is not kept over a reload
   */
  async start(state: Readonly<State>, isSketch = false): Promise<void> {
    const start = ++this.#starts;
    await this.stop();
    // Another run was asked for meanwhile.
    if (start !== this.#starts) return;
    const run = this.#train(state, isSketch);
    this.#ended = run.catch(() => {});
    return run;
  }

  /** Stops the run, if there is one, and waits for its end. */
  stop(): Promise<void> {
    this.#run?.stop();
    this.#best?.stop();
    return this.#ended;
  }

  pause(isPaused: boolean): void {
    if (!this.isRunning) return;
    this.isPaused = isPaused;
    this.#page.client.call('trainPause', { paused: isPaused }).catch(this.#page.fail);
    this.#tell();
  }

  /** Forgets the last run, since the network is another one now. */
  clear(): void {
    this.losses.clear();
    [this.step, this.steps, this.wasStopped] = [0, 0, false];
    this.#tell();
  }

  async #train(state: Readonly<State>, isSketch: boolean): Promise<void> {
    const { client, learned, store } = this.#page;
    const { config, training } = settingsOf(state);
    const { seed, dataSeed } = state;
    this.losses.clear();
    [this.step, this.steps, this.#stepsPerSecond] = [0, state.steps, 0];
    [this.isPaused, this.wasStopped, this.isSketch] = [false, false, isSketch];
    learned.origin = { state };
    this.#run = client.call('train', { config, training, seed, dataSeed }, (event: TrainEvent) =>
      this.#hear(event),
    );
    this.#tell();
    try {
      await this.#run;
    } catch (error) {
      if (!(error instanceof Stopped)) throw error;
      this.wasStopped = true;
    } finally {
      this.#best?.stop();
      this.#run = this.#best = undefined;
      await learned.refresh().catch(this.#page.fail);
      if (!isSketch && this.step > 0) {
        store.set({ trained: true });
        // Where the browser keeps nothing, the network lives as long as the page.
        client
          .call('saveWeights', {})
          .then((weights) => keep({ weights, fragment: writeState(state), step: this.step }))
          .catch(() => {});
      }
      this.#tell();
    }
  }

  #hear({ step, losses, stepsPerSecond }: TrainEvent): void {
    if (!this.#best) this.#findBest();
    this.losses.add(losses);
    this.step = step;
    if (stepsPerSecond > 0) this.#stepsPerSecond = stepsPerSecond;
    const { network } = this.#page.learned;
    if (network) network.step = step;
    this.#tell();
  }

  #findBest(): void {
    const { client, learned, fail } = this.#page;
    learned.refresh().catch(fail);
    const call = client.call('best', {});
    this.#best = call;
    call
      .then((loss) => {
        if (this.#best !== call) return;
        this.losses.best = loss;
        this.#tell();
      })
      .catch((error) => {
        if (!(error instanceof Stopped)) fail(error);
      });
  }

  #tell(): void {
    const percent = Math.floor((100 * this.step) / this.steps);
    document.title = this.isRunning && !this.isSketch ? `${percent} % · ${TITLE}` : TITLE;
    this.#page.tell('training');
  }
}
