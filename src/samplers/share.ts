import { LANE_BYTES, LANES } from '../abi/panels.js';
import { DONE, WAITS } from '../abi/samplers.js';
import { changed, length } from '../core/check.js';
import type { Core } from '../core/instantiate.js';
import type { Call } from '../core/job.js';
import { Lease } from '../core/memory.js';
import { pacer } from '../core/pause.js';
import type { Span } from '../core/segments.js';
import { HistogramMemory, type HistogramOptions, type ShareCounts } from './histogram.js';
import type { Evaluate, Moves } from './moves.js';
import { nextOf, openRun, runBytes, statisticsOf } from './runBlock.js';

/** What the shares of a run have in common. */
export interface RunOptions {
  /** Where all chains start: [chains, dim]. */
  start: Float32Array;
  chains: number;
  dim: number;
  /** Steps, those of the warm-up included. */
  steps: number;
  thin: number;
  histogram?: HistogramOptions;
  /** 1 for the partitionable layout of random counters, else 0. */
  partitionable: number;
  /** The score's descriptor, or 0 for one in JavaScript. */
  score: number;
}

/** What a share gives after some steps. */
export interface ShareResult {
  /** Positions now: [count, dim]. */
  x: Float32Array;
  /** Positions that the steps kept: [kept, count, dim]. */
  path: Float32Array;
  /** Everything counted so far. */
  counts?: ShareCounts;
  /** Of all steps so far: [count, numbers of the sampler's statistics]. */
  statistics: Float64Array;
}

/** About how long one call into WebAssembly should last in this thread. */
const CALL_MS = 6;
/** Most panels of a call: more would be an empty promise, and no u32. */
const MOST_PANELS = 2 ** 30;

/** The chains first ... first + count - 1 of a run in memory, with their run block: what one thread moves. */
export class ChainShare {
  readonly #core: Core;
  readonly #count: number;
  readonly #dim: number;
  readonly #lease: Lease;
  #run = 0;
  /** Positions: panels [ceil(count / 8)][dim][8]. */
  #positions = 0;
  /** Positions or scores as rows [count][dim]: what goes between panels and JavaScript. */
  #rows = 0;
  /** Their log-densities, f64 [count]. */
  #logProbs = 0;
  /** f64 [count][numbers of a chain] */
  #statistics = 0;
  /** Numbers of a chain's statistics. */
  readonly #numbers: number;
  /** Room for the positions that one call keeps: rows [kept][count][dim]. */
  #path = 0;
  /** Answers of JavaScript still to be looked at for a changed x: who changes it does so at once, and looks take time. */
  #looks = 3;
  /** Panels whose scores one call into WebAssembly may evaluate in this thread: about CALL_MS of them. */
  #budget = 1;
  #histogram?: HistogramMemory;

  /** @param room positions of a chain that one call may keep */
  constructor(core: Core, moves: Moves, options: RunOptions, first: number, count: number, room: number) {
    const { start, chains, dim, steps, thin, histogram, partitionable, score } = options;
    const { keys, warmup = 0, normalsPerStep = 1 } = moves;
    this.#core = core;
    this.#count = count;
    this.#dim = dim;
    this.#numbers = statisticsOf(moves);
    this.#lease = new Lease(core.memory, (lease) => {
      this.#rows = lease.take(4 * count * dim);
      this.#logProbs = lease.take(8 * count);
      this.#positions = lease.take(Math.ceil(count / LANES) * dim * LANE_BYTES);
      this.#run = lease.take(runBytes(core, moves, count, dim));
      this.#statistics = lease.take(8 * count * this.#numbers);
      this.#path = lease.take(4 * room * count * dim);
      if (histogram) {
        const bytes = HistogramMemory.bytes(histogram, count, dim);
        this.#histogram = new HistogramMemory(core, lease.take(bytes), histogram, count, dim);
      }
    });
    core.memory.f32(this.#rows, count * dim).set(start.subarray(first * dim, (first + count) * dim));
    core.wasm.toPanels(this.#rows, count, dim, this.#positions);
    openRun(core, this.#run, moves, {
      score,
      positions: this.#positions,
      count,
      dim,
      firstChain: first,
      chains,
      normals: steps * chains * dim * normalsPerStep,
      partitionable,
      warmup,
      thin,
      histogram: this.#histogram?.pointer ?? 0,
      bins: histogram?.bins ?? 0,
      statistics: this.#statistics,
      keys: keys.flatMap((key) => [...key]),
    });
  }

  /** All the memory of the share: what another thread needs to move its chains. */
  spans(): Span[] {
    return this.#lease.spans();
  }

  /** The calls that make the steps first ... first + steps - 1 over a score in WebAssembly; then read the results. */
  calls(first: number, steps: number): Call[] {
    return [['runSteps', this.#run, first, steps, this.#path, 0], this.#toRows()];
  }

  /**
   * Makes those steps in this thread, and lets the event loop turn about every 12 ms, in the middle of a step too.
   *
   * @param evaluate gives the scores of query points, when they are JavaScript's
   * @param resume is called after each turn; what it throws ends the run
   */
  async move(first: number, steps: number, resume: () => void, evaluate?: Evaluate): Promise<void> {
    const { wasm } = this.#core;
    const pace = pacer();
    for (;;) {
      const before = performance.now();
      const status = wasm.runSteps(this.#run, first, steps, this.#path, evaluate ? 0 : this.#budget);
      if (status === DONE) break;
      if (status === WAITS) {
        if (evaluate) this.#answer(evaluate);
      } else this.#spent(performance.now() - before);
      const turn = pace();
      if (!turn) continue;
      await turn;
      resume();
    }
    wasm.fromPanels(...this.#panelsAndRows());
  }

  /** Fits the budget to the time in which it was spent. */
  #spent(elapsedMs: number): void {
    if (elapsedMs < CALL_MS / 2) this.#budget = Math.min(2 * this.#budget, MOST_PANELS);
    else if (elapsedMs > CALL_MS) this.#budget = Math.max(1, this.#budget >> 1);
  }

  /** What another thread returns after steps that kept so many positions. */
  results(kept: number): Span[] {
    const rowBytes = 4 * this.#count * this.#dim;
    return [
      { at: this.#rows, bytes: rowBytes },
      { at: this.#path, bytes: kept * rowBytes },
      { at: this.#statistics, bytes: 8 * this.#count * this.#numbers },
      ...(this.#histogram ? [this.#core.memory.span(this.#histogram.pointer)] : []),
    ];
  }

  /** Copies of the results in this thread's memory. */
  read(kept: number): ShareResult {
    const { memory } = this.#core;
    const n = this.#count * this.#dim;
    return {
      x: memory.f32(this.#rows, n).slice(),
      path: memory.f32(this.#path, kept * n).slice(),
      counts: this.#histogram?.read(),
      statistics: memory.f64(this.#statistics, this.#count * this.#numbers).slice(),
    };
  }

  dispose(): void {
    this.#lease.end();
  }

  #panelsAndRows() {
    return [this.#positions, this.#count, this.#dim, this.#rows] as const;
  }

  #toRows(): Call {
    return ['fromPanels', ...this.#panelsAndRows()];
  }

  #answer(evaluate: Evaluate): void {
    const { wasm, memory } = this.#core;
    const n = this.#count * this.#dim;
    const rows = this.#rows;
    wasm.queryPoints(this.#run, rows);
    const x = memory.f32(rows, n).slice();
    const isLooked = this.#looks-- > 0;
    const look = (name: string) => {
      const given = memory.f32(rows, n);
      if (isLooked && x.some((v, i) => !Object.is(v, given[i]))) throw new TypeError(changed(name));
    };
    const { scores, logProbs } = evaluate(x, nextOf(this.#core, this.#run), look);
    length('score', 'its result', scores, n);
    look(logProbs ? 'logProb' : 'score');
    memory.f32(rows, n).set(scores);
    if (logProbs) memory.f64(this.#logProbs, this.#count).set(logProbs);
    wasm.queryScores(this.#run, rows, logProbs ? this.#logProbs : 0);
  }
}
