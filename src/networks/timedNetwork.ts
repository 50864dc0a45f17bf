import { FIXED_ROW, PACK_ROW } from '../abi/plan.js';
import { integer, length, points, positive, show } from '../core/check.js';
import { Lease } from '../core/memory.js';
import { type PlacedSampling, SamplingPlacement } from './placement.js';
import { PlannedNetwork } from './planned.js';

/** What a network is told of a sample's noise and class. */
export interface Condition {
  /** What the plan's noise input holds: [noise.size], or none. */
  numbers: Float32Array;
  /** Row of a table of times; 0 where there is none. */
  level: number;
}

/** Points that a network takes: pictures, or vectors as pictures of one pixel. */
export interface PictureShape {
  /** Rows. */
  height: number;
  /** Columns. */
  width: number;
  /** Numbers of a pixel. */
  channels: number;
}

/**
 * A network over points x that is told a time, which says how noisy a point is, and a class if it knows classes. Inputs and
 * outputs are rows.
 */
export abstract class TimedNetwork extends PlannedNetwork {
  /** The class of network, and what describes it, in files. */
  abstract readonly kind: string;
  /** The sizes it was made with, as in its file. */
  abstract readonly config: Readonly<object>;
  /** Of an input. */
  abstract readonly shape: Readonly<PictureShape>;
  /** Classes that the network knows, 0 ... labels - 1; 0 where it knows none. */
  abstract readonly labels: number;
  /** Whether a time must be positive, since the network takes its logarithm. */
  readonly isTimePositive: boolean = false;
  #prediction?: Prediction;

  /** What a time is to the plan. */
  abstract conditionOf(time: number): Condition;

  /** The factor between the plan's output and the network's at a time. */
  outputFactor(_time: number): number {
    return 1;
  }

  /** Numbers of a point. */
  get dim(): number {
    return this.plan.input.size;
  }

  /**
   * The network's output at times [n] for the rows of x [n, dim], pictures [height, width, channels] each; with labels [n]
   * where it knows classes. Returns rows [n, output size].
   *
   * @throws RangeError unless there is a time that the network knows, and a label if any, for each row; TypeError on labels
   *   where it knows no classes, or none where it does
   */
  predict(x: Float32Array, times: ArrayLike<number>, labels?: ArrayLike<number>): Float32Array {
    this.check();
    const n = points('predict', 'x', x, this.dim);
    length('predict', 'times', times, n);
    if (this.labels > 0) {
      if (labels === undefined)
        throw new TypeError(`predict: labels must be given, since the network knows ${this.labels} classes`);
      length('predict', 'labels', labels, n);
    } else if (labels !== undefined)
      throw new TypeError(
        `predict: labels must be left out, since the network knows no classes, got ${show(labels)}`,
      );
    this.#prediction ??= new Prediction(this);
    const size = this.plan.output.size;
    const out = new Float32Array(n * size);
    for (let i = 0; i < n; i++) {
      if (this.isTimePositive) positive('predict', 'times', times[i]);
      else if (!Number.isFinite(times[i]))
        throw new RangeError(`predict: times must be finite, got ${show(times[i])} at index ${i}`);
      const label = labels?.[i] ?? 0;
      if (this.labels > 0) integer('predict', 'labels', label, 0, this.labels - 1);
      const row = x.subarray(i * this.dim, (i + 1) * this.dim);
      out.set(this.#prediction.row(row, times[i], label), i * size);
    }
    return out;
  }

  /** Gives back its memory. */
  override dispose(): void {
    super.dispose();
    this.#prediction?.dispose();
    this.#prediction = undefined;
  }
}

/** Memory of {@link TimedNetwork.predict}. */
class Prediction {
  readonly #network: TimedNetwork;
  readonly #lease: Lease;
  #placed!: PlacedSampling;
  /** Address of the level, then of the label. */
  #externals = 0;
  #version = -1;
  #time = Number.NaN;
  #label = -1;

  constructor(network: TimedNetwork) {
    const { plan, core } = network;
    this.#network = network;
    this.#lease = new Lease(core.memory, (lease) => {
      const placement = new SamplingPlacement(plan);
      this.#externals = lease.take(8);
      const at = lease.take(placement.bytes);
      this.#placed = placement.place(at, network, { levels: this.#externals, labels: this.#externals + 4 });
    });
  }

  row(x: Float32Array, time: number, label: number): Float32Array {
    const { core, version, plan } = this.#network;
    const { once, row } = this.#placed;
    const walk = (list: number, pass: number) => core.wasm.walk(list, pass, 1, 0, false);
    const isChanged = this.#version !== version;
    if (isChanged) {
      walk(once.list, PACK_ROW);
      walk(row.list, PACK_ROW);
      this.#version = version;
    }
    // Rows in a row often have one time: what depends on it alone is then there already.
    if (isChanged || time !== this.#time || label !== this.#label) {
      const { numbers, level } = this.#network.conditionOf(time);
      core.memory.u32(this.#externals, 2).set([level, label]);
      if (numbers.length > 0) core.memory.f32(once.noise, numbers.length).set(numbers);
      walk(once.list, FIXED_ROW);
      [this.#time, this.#label] = [time, label];
    }
    core.memory.f32(row.input, x.length).set(x);
    walk(row.list, FIXED_ROW);
    const factor = this.#network.outputFactor(time);
    return core.memory.f32(row.output, plan.output.size).map((value) => factor * value);
  }

  dispose(): void {
    this.#lease.end();
  }
}
