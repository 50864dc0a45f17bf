import { foldIn, type Key, key, langevin, normal, split } from '../../index.js';
import type { OpenScore, ScoreSource } from './scores.js';

/** Where particles begin: at normal numbers around a centre. */
export interface Start {
  centre: readonly [number, number];
  spread: number;
}

export interface Moves<R> {
  score: R;
  steps: number;
  stepSize: number;
  temperature?: number;
}

/** Particles that move a few steps whenever a figure is drawn; moves asked for at once are made one after another. */
export class Swarm<R> {
  x: Float32Array;
  readonly #source: ScoreSource<R>;
  readonly #key: Key;
  #frames = 0;
  /** The end of what was asked for last: a move takes turns with the worker's other calls, and needs its score meanwhile. */
  #last: Promise<unknown> = Promise.resolve();
  #open?: OpenScore;
  #name = '';

  constructor(
    source: ScoreSource<R>,
    { chains, seed, start }: { chains: number; seed: number; start: Start },
  ) {
    const [startKey, moveKey] = split(key(seed));
    this.#source = source;
    this.#key = moveKey;
    this.x = normal(source.core, startKey, [chains, 2]).map((z, i) => start.centre[i % 2] + start.spread * z);
  }

  /** Moves all particles; frame f of a swarm draws from foldIn(key, f), so the same moves give the same bits. */
  advance(moves: Moves<R>): Promise<Float32Array> {
    const moved = this.#last.then(() => this.#move(moves));
    this.#last = moved.catch(() => {}); // told to whoever asked
    return moved;
  }

  /** Frees the score, once the moves under way have ended. */
  close(): void {
    this.#last = this.#last.then(() => this.#release());
  }

  async #move({ score, steps, stepSize, temperature = 1 }: Moves<R>): Promise<Float32Array> {
    const open = this.#scoreOf(score, temperature);
    const states = langevin(open.score, {
      key: foldIn(this.#key, this.#frames++),
      steps,
      // x + (eta T / 2) s / T + sqrt(eta T) z: the noise alone is hotter.
      stepSize: stepSize * temperature,
      chains: this.x.length / 2,
      init: this.x,
    });
    for await (const { x } of states) this.x = x;
    return this.x.slice();
  }

  #release(): void {
    this.#open?.release();
    this.#open = undefined;
    this.#name = '';
  }

  #scoreOf(request: R, temperature: number): OpenScore {
    const name = JSON.stringify([request, temperature, this.#source.version]);
    if (this.#open && name === this.#name) return this.#open;
    this.#release();
    this.#open = this.#source.openScore(request, temperature);
    this.#name = name;
    return this.#open;
  }
}
