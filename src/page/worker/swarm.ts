import { foldIn, type Key, key, langevin, normal, split } from '../../index.js';
import type { OpenScore, ScoreSource } from './scores.js';

/** Particles start at centre + spread z, z standard normal. */
export interface Start {
  centre: readonly [number, number];
  spread: number;
}

export interface Moves<R> {
  score: R;
  steps: number;
  stepSize: number;
  temperature?: number;
  /** The score is of coordinates divided by these, and in them the particles move: a step is as much longer along each. */
  scales?: readonly [number, number];
}

/** Particles that move a few steps for each drawn frame. Concurrent moves are made one after another. */
export class Swarm<R> {
  x: Float32Array;
  readonly #source: ScoreSource<R>;
  readonly #key: Key;
  #frames = 0;
  /** Settles when the last requested move ends. A move awaits, so other calls run during it; its score must live so long. */
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

  /** Moves all particles. Move f draws from foldIn(key, f), so the same sequence of moves gives the same bits. */
  advance(moves: Moves<R>): Promise<Float32Array> {
    const moved = this.#last.then(() => this.#move(moves));
    this.#last = moved.catch(() => {}); // The caller gets the error from `moved`.
    return moved;
  }

  /** Frees the score after the requested moves have ended. */
  close(): void {
    this.#last = this.#last.then(() => this.#release());
  }

  async #move({ score, steps, stepSize, temperature = 1, scales }: Moves<R>): Promise<Float32Array> {
    const open = this.#scoreOf(score, temperature);
    const states = langevin(open.score, {
      key: foldIn(this.#key, this.#frames++),
      steps,
      // With the score s / T and the step eta T: x + (eta / 2) s + sqrt(eta T) z, so only the noise grows.
      stepSize: stepSize * temperature,
      chains: this.x.length / 2,
      init: scales ? this.x.map((v, i) => v / scales[i % 2]) : this.x,
    });
    for await (const { x } of states) this.x = scales ? x.map((v, i) => v * scales[i % 2]) : x;
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
