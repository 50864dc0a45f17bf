import { integer, positive, show } from '../core/check.js';
import { Lease } from '../core/memory.js';
import { pause } from '../core/pause.js';
import {
  Categorical,
  checkKey,
  type Key,
  key as keyOf,
  type Layout,
  layoutCode,
  split,
} from '../core/random.js';
import type { PointSet } from '../core/score.js';
import { checkPointSet } from '../data/pointSet.js';
import type { Network, NetworkConfig, Tensor } from '../networks/network.js';
import { GradientTree } from './gradientTree.js';
import { isLeafCount, leavesOf } from './leaves.js';
import type { Objective } from './objective.js';

/** How a network is trained; everything a checkpoint needs to go on to the same bits. */
export interface TrainConfig {
  /** Data points a step, each seen at every level. */
  batch: number;
  /** Steps of the whole run. */
  steps: number;
  /** Adam's step size, the largest of the run. */
  learningRate: number;
  /** `constant` (the article's), or `cosine`: from learningRate to 0 along half a cosine, after 2 % of linear warm-up. */
  schedule: 'constant' | 'cosine';
  /** Layout of the random numbers. */
  layout: Layout;
  /**
   * What the loss is the mean of, over points, levels and coordinates: `score` (the article's) sigma^2 (s(y) - target)^2 with
   * y = x + sigma z, or `denoiser`, least-squares denoising, (xhat(y) - x)^2 with xhat(y) = y + sigma^2 s(y), which
   * is sigma^2 times as much: the same at one level, while of several it is mostly about the noisiest.
   */
  objective: Objective;
}

/** The article's training. */
export const defaultTraining: TrainConfig = {
  batch: 128,
  steps: 50_000,
  learningRate: 1e-3,
  schedule: 'constant',
  layout: 'original',
  objective: 'score',
};

/** A run between two steps. */
export interface Checkpoint {
  network: NetworkConfig;
  training: TrainConfig;
  /** Steps done. */
  step: number;
  /** The key of the next step. */
  key: Key;
  /**
   * Parts of a batch whose gradients are summed in a binary tree: they fix the order of sums, and so their bits. When left
   * out, as many as a new run would have.
   */
  leaves?: number;
  /** The network's tensors. */
  tensors: Record<string, Tensor>;
  /** Adam's running means of the gradient and its square, [count] each, in the order of the parameters. */
  mean: Float32Array;
  square: Float32Array;
}

export interface TrainOptions extends Partial<TrainConfig> {
  /** Every step splits it into `batch` noise keys, a key for the data points, and the next key. Default key(426), the article's. */
  key?: Key;
  /** Goes on from here; the network must be the checkpoint's, and the other options are its own. */
  resume?: Checkpoint;
  signal?: AbortSignal;
}

export interface TrainStep {
  /** The step just done, counted from 0. */
  step: number;
  /** The loss of this step's batch, before its update. */
  loss: number;
  learningRate: number;
  /** The run as it stands, until the next step; copies. @throws RangeError if a weight is not finite. */
  checkpoint(): Checkpoint;
}

const BETA1 = 0.9;
const BETA2 = 0.999;
const EPSILON = 1e-8;
/** Longest time between two turns of the event loop, apart from one step. */
const PAUSE_MS = 12;

/** Adam's step size at step t of a run. */
function rateAt({ schedule, learningRate, steps }: TrainConfig, step: number): number {
  if (schedule === 'constant') return learningRate;
  const warmUp = Math.max(1, Math.round(0.02 * steps));
  const rise = Math.min(1, (step + 1) / warmUp);
  const progress = Math.max(0, step - warmUp) / Math.max(1, steps - warmUp);
  return learningRate * rise * 0.5 * (1 + Math.cos(Math.PI * progress));
}

function checkTraining(config: TrainConfig): void {
  integer('train', 'batch', config.batch);
  integer('train', 'steps', config.steps);
  positive('train', 'learningRate', config.learningRate);
  if (config.schedule !== 'constant' && config.schedule !== 'cosine') {
    throw new TypeError(`train: schedule must be 'constant' or 'cosine', got ${show(config.schedule)}`);
  }
  layoutCode('train', config.layout);
  if (config.objective !== 'score' && config.objective !== 'denoiser') {
    throw new TypeError(`train: objective must be 'score' or 'denoiser', got ${show(config.objective)}`);
  }
}

/** 1 - beta^t as float32 arithmetic gives it, which is what Optax divides by. */
function biasCorrection(beta: number, t: number): number {
  return Math.fround(1 - Math.fround(Math.fround(beta) ** t));
}

/**
 * Trains a network by denoising score matching over all its levels (see `assembly/dsm.ts`) with Adam, in place.
 * Yields after every step; the caller logs, draws, saves and may stop at any yield. The event loop turns at least
 * between any two steps that together last longer than 12 ms.
 *
 * @param data a distribution over points, drawn from as jax.random.categorical does
 * @throws RangeError on bad options, TypeError on a key that is none, the signal's reason when aborted, and an Error
 *   when the loss is no longer finite: the network then holds the last parameters that gave a finite loss.
 */
export async function* train(
  network: Network,
  data: PointSet,
  options: TrainOptions = {},
): AsyncGenerator<TrainStep, void, void> {
  const { resume, signal } = options;
  const config: TrainConfig = resume
    ? { ...defaultTraining, ...resume.training, steps: options.steps ?? resume.training.steps }
    : { ...defaultTraining, ...pick(options) };
  checkTraining(config);
  const { dim } = network.config;
  if (data.dim !== dim)
    throw new RangeError(`train: data must have the network's ${dim} coordinates, got ${data.dim}`);
  let key = checkKey('train', resume?.key ?? options.key ?? keyOf(426));
  if (resume) checkResume(network, resume);
  checkPointSet('train', data);
  const run = await Run.start(network, data, config, resume);
  try {
    let turned = performance.now();
    for (let step = resume?.step ?? 0; step < config.steps; step++) {
      signal?.throwIfAborted();
      const keys = split(key, config.batch + 2, config);
      const learningRate = rateAt(config, step);
      const loss = await run.step(keys, step, learningRate);
      key = keys[config.batch + 1];
      const next = key;
      yield { step, loss, learningRate, checkpoint: () => run.checkpoint(step + 1, next) };
      if (performance.now() - turned > PAUSE_MS) {
        await pause();
        turned = performance.now();
      }
    }
  } finally {
    run.dispose();
  }
}

/** @throws RangeError unless the checkpoint is one of this network. */
function checkResume(
  { config, count }: Network,
  { network, step, mean, square, leaves = 1 }: Checkpoint,
): void {
  integer('train', 'resume.step', step, 0);
  if (!isLeafCount(leaves)) {
    throw new RangeError(`train: resume.leaves must be 1, 2, 4 or 8, got ${show(leaves)}`);
  }
  if (mean.length !== count || square.length !== count) {
    throw new RangeError(`train: resume must be a checkpoint of ${count} parameters, got ${mean.length}`);
  }
  for (const name of Object.keys(config) as (keyof NetworkConfig)[]) {
    if (network[name] !== config[name]) {
      throw new RangeError(
        `train: resume must be a checkpoint of this network, whose ${name} is ${config[name]}, got ${network[name]}`,
      );
    }
  }
}

function pick(options: TrainOptions): Partial<TrainConfig> {
  const names = Object.keys(defaultTraining) as (keyof TrainConfig)[];
  return Object.fromEntries(
    names.filter((name) => options[name] !== undefined).map((name) => [name, options[name]]),
  );
}

/** What one training run takes from memory, and one step over it. */
class Run {
  readonly #network: Network;
  readonly #data: PointSet;
  readonly #config: TrainConfig;
  readonly #points: Categorical;
  readonly #moments: Lease;
  #mean = 0;
  #square = 0;
  #previous = 0;
  #leaves = 1;
  /** Steps done, or none once the run has ended. */
  #done = -1;
  #gradients?: GradientTree;

  private constructor(network: Network, data: PointSet, config: TrainConfig) {
    this.#network = network;
    this.#data = data;
    this.#config = config;
    this.#points = new Categorical(network.core, data.logits);
    this.#moments = new Lease(network.core.memory, (lease) => {
      this.#mean = lease.take(4 * network.count + 16);
      this.#square = lease.take(4 * network.count + 16);
      this.#previous = lease.take(4 * network.count);
    });
  }

  static async start(
    network: Network,
    data: PointSet,
    config: TrainConfig,
    resume?: Checkpoint,
  ): Promise<Run> {
    const run = new Run(network, data, config);
    try {
      if (resume) {
        const { count, core } = network;
        network.setTensors(resume.tensors);
        core.memory.f32(run.#mean, count).set(resume.mean);
        core.memory.f32(run.#square, count).set(resume.square);
      }
      run.#leaves =
        resume?.leaves ?? leavesOf(config.batch * network.sigmas.length, network.plan.multiplyAdds);
      run.#gradients = await GradientTree.open(network, { ...config, leaves: run.#leaves });
      return run;
    } catch (error) {
      run.dispose();
      throw error;
    }
  }

  /** One update; returns the loss before it. */
  async step(keys: Key[], step: number, learningRate: number): Promise<number> {
    const { core, pointer, count, config: sizes } = this.#network;
    const { wasm, memory } = core;
    const { batch, layout } = this.#config;
    const { dim, points } = this.#data;
    const drawn = this.#points.draw(keys[batch], batch, { layout });
    const x = new Float32Array(batch * dim);
    const words = new Uint32Array(2 * batch);
    for (let b = 0; b < batch; b++) {
      x.set(points.subarray(drawn[b] * dim, (drawn[b] + 1) * dim), b * dim);
      words.set(keys[b], 2 * b);
    }
    const { loss, at } = await (this.#gradients as GradientTree).run(x, words);
    if (!Number.isFinite(loss)) {
      if (this.#done > 0) this.#network.setParameters(memory.f32(this.#previous, count).slice());
      throw new Error(
        `train: the loss is ${loss} at step ${step}; lower learningRate (now ${this.#config.learningRate}) or raise sigmaMin (now ${sizes.sigmaMin})`,
      );
    }
    memory.f32(this.#previous, count).set(memory.f32(pointer, count));
    const t = step + 1;
    const [correction1, correction2] = [biasCorrection(BETA1, t), biasCorrection(BETA2, t)];
    wasm.adam(
      pointer,
      at,
      this.#mean,
      this.#square,
      count,
      learningRate,
      BETA1,
      1 - BETA1,
      BETA2,
      1 - BETA2,
      correction1,
      correction2,
      EPSILON,
    );
    this.#network.changed();
    this.#done = t;
    return loss;
  }

  checkpoint(step: number, key: Key): Checkpoint {
    if (step !== this.#done) {
      throw new Error(`train: checkpoint() of step ${step - 1} must be called before the next step`);
    }
    const { count, core } = this.#network;
    const tensors = this.#network.tensors();
    for (const [name, { data }] of Object.entries(tensors)) {
      if (!data.every(Number.isFinite)) {
        const rate = this.#config.learningRate;
        throw new RangeError(
          `train: ${name} is no longer finite after step ${step - 1}; lower learningRate (now ${rate})`,
        );
      }
    }
    return {
      network: { ...this.#network.config },
      training: { ...this.#config },
      step,
      key: key.slice(),
      leaves: this.#leaves,
      tensors,
      mean: core.memory.f32(this.#mean, count).slice(),
      square: core.memory.f32(this.#square, count).slice(),
    };
  }

  dispose(): void {
    this.#done = -1;
    this.#points.dispose();
    this.#moments.end();
    this.#gradients?.dispose();
  }
}
