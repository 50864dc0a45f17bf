import type { Core } from '../core/instantiate.js';
import { Lease } from '../core/memory.js';
import type { Key, Layout } from '../random.js';
import { layoutCode } from '../random.js';
import { FusedScore, KIND } from '../scores/fused.js';
import { buildScore, type ScoreSpec } from '../scores/spec.js';
import type { Score } from '../scores/types.js';
import { HistogramMemory, type HistogramOptions, type ShareCounts } from './histogram.js';

/** Chains first ... first + count - 1 of `chains`, and how they move. */
export interface ChainConfig {
  key: Key;
  steps: number;
  stepSize: number;
  chains: number;
  first: number;
  count: number;
  /** [count, dim] */
  start: Float32Array;
  thin: number;
  histogram?: HistogramOptions;
  layout: Layout;
}

/** Steps `first` ... `first + steps - 1` of the run. */
export interface ChainArgs {
  first: number;
  steps: number;
}

export interface ChainResult {
  /** [count, dim] */
  x: Float32Array;
  /** [kept, count, dim] */
  path: Float32Array;
  counts?: ShareCounts;
}

/** Positions kept by steps first + 1 ... end. */
export function keptBetween(first: number, end: number, thin: number): number {
  return thin === 0 ? 0 : Math.floor(end / thin) - Math.floor(first / thin);
}

/** Some of a run's chains, in memory. */
export class ChainShare {
  readonly #score: Score;
  readonly #config: ChainConfig;
  readonly #lease: Lease;
  #rows = 0;
  #panels = 0;
  readonly #scores: number;
  readonly #external: number;
  #counts?: HistogramMemory;

  constructor(score: Score, config: ChainConfig) {
    const { core, dim } = score;
    const { count, histogram, start } = config;
    const panelBytes = Math.ceil(count / 8) * dim * 32;
    this.#score = score;
    this.#config = config;
    this.#lease = new Lease(core.memory, (lease) => {
      this.#rows = lease.take(4 * count * dim);
      this.#panels = lease.take(2 * panelBytes + 8);
      this.#counts = histogram && new HistogramMemory(core, histogram, count, dim);
    });
    this.#scores = this.#panels + panelBytes;
    this.#external = this.#scores + panelBytes;
    core.memory.u32(this.#external, 2).set([KIND.external, dim]);
    core.memory.f32(this.#rows, count * dim).set(start);
    core.wasm.toPanels(this.#rows, count, dim, this.#panels);
  }

  run({ first, steps }: ChainArgs): ChainResult {
    const { core, dim } = this.#score;
    const { count, thin } = this.#config;
    const { wasm, memory } = core;
    const rowBytes = 4 * count * dim;
    const kept = keptBetween(first, first + steps, thin);
    const path = memory.take(kept * rowBytes);
    try {
      if (this.#score instanceof FusedScore) {
        this.#score.prepare();
        this.#move(this.#score.pointer, first, steps, path);
      } else {
        for (let t = first; t < first + steps; t++) {
          this.#ask();
          this.#move(this.#external, t, 1, path + keptBetween(first, t, thin) * rowBytes);
        }
      }
      wasm.fromPanels(this.#panels, count, dim, this.#rows);
      return {
        x: memory.f32(this.#rows, count * dim).slice(),
        path: memory.f32(path, kept * count * dim).slice(),
        counts: this.#counts?.read(),
      };
    } finally {
      memory.give(path);
    }
  }

  #move(pointer: number, first: number, steps: number, path: number): void {
    const { core, dim } = this.#score;
    const config = this.#config;
    const { key, stepSize, chains, count, thin, histogram, layout } = config;
    core.wasm.langevin(
      pointer,
      this.#panels,
      this.#scores,
      count,
      config.first,
      chains,
      dim,
      first,
      steps,
      stepSize,
      key[0],
      key[1],
      config.steps * chains * dim,
      layoutCode('langevin', layout),
      path,
      thin,
      this.#counts?.pointer ?? 0,
      histogram?.bins ?? 0,
    );
  }

  /** Asks a score written in JavaScript, and leaves its answer where the fused loop reads it. */
  #ask(): void {
    const { core, dim } = this.#score;
    const n = this.#config.count * dim;
    core.wasm.fromPanels(this.#panels, this.#config.count, dim, this.#rows);
    const s = this.#score.score(core.memory.f32(this.#rows, n).slice());
    core.memory.f32(this.#rows, n).set(s);
    core.wasm.toPanels(this.#rows, this.#config.count, dim, this.#scores);
  }

  dispose(): void {
    this.#lease.end();
    this.#counts?.dispose();
  }
}

/** A share in another thread, over a score of its own. */
export function openChainShare(core: Core, { spec, ...config }: ChainConfig & { spec: ScoreSpec }) {
  const score = buildScore(core, spec);
  const share = new ChainShare(score, config);
  return {
    run: (args: unknown): ChainResult => share.run(args as ChainArgs),
    dispose() {
      share.dispose();
      score.dispose();
    },
  };
}
