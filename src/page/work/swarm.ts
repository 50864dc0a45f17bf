import { foldIn, type Key, key, langevin, normal, split, uniform } from '../../index.js';
import type { Holdings, ScoreRequest, Taken } from './holdings.js';

/** Where particles begin. */
export type Start =
  | { kind: 'normal'; centre: readonly [number, number]; spread: number }
  | { kind: 'uniform'; xlim: readonly [number, number]; ylim: readonly [number, number] }
  | { kind: 'points'; points: Float32Array };

export interface Moves {
  score: ScoreRequest;
  steps: number;
  stepSize: number;
  temperature?: number;
}

/** Particles that move a few steps whenever a figure is drawn. */
export class Swarm {
  x: Float32Array;
  readonly #holdings: Holdings;
  readonly #key: Key;
  #frames = 0;
  #taken?: Taken;
  #name = '';

  constructor(holdings: Holdings, { chains, seed, start }: { chains: number; seed: number; start: Start }) {
    const [startKey, moveKey] = split(key(seed));
    const shape = [chains, 2];
    const { core } = holdings;
    this.#holdings = holdings;
    this.#key = moveKey;
    if (start.kind === 'normal') {
      this.x = normal(core, startKey, shape).map((z, i) => start.centre[i % 2] + start.spread * z);
    } else if (start.kind === 'uniform') {
      const limits = [start.xlim, start.ylim];
      this.x = uniform(core, startKey, shape).map((u, i) => {
        const [low, high] = limits[i % 2];
        return low + (high - low) * u;
      });
    } else {
      this.x = start.points.slice();
    }
  }

  /** Moves all particles; frame f of a swarm draws from foldIn(key, f), so the same moves give the same bits. */
  async advance({ score, steps, stepSize, temperature = 1 }: Moves): Promise<Float32Array> {
    const taken = this.#scoreOf(score, temperature);
    const run = langevin(taken.score, {
      key: foldIn(this.#key, this.#frames++),
      steps,
      // x + (eta T / 2) s / T + sqrt(eta T) z: the noise alone is hotter.
      stepSize: stepSize * temperature,
      chains: this.x.length / 2,
      init: this.x,
    });
    for await (const { x } of run) this.x = x;
    return this.x.slice();
  }

  /** Frees the score. */
  close(): void {
    this.#taken?.release();
    this.#taken = undefined;
    this.#name = '';
  }

  #scoreOf(request: ScoreRequest, temperature: number): Taken {
    const name = JSON.stringify([request, temperature, this.#holdings.version]);
    if (this.#taken && name === this.#name) return this.#taken;
    this.#taken?.release();
    this.#taken = this.#holdings.take(request, temperature);
    this.#name = name;
    return this.#taken;
  }
}
