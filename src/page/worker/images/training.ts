import {
  collect,
  type DenoiserStep,
  type DenoiserWeights,
  decodeDenoiserWeights,
  denoiserScores,
  encodeDenoiserWeights,
  key,
  type LearnedDenoiser,
  loadDenoiser,
  normal,
  probabilityFlow,
  trainDenoiser,
  varianceExploding,
} from '../../../index.js';
import type { Context } from '../../calls/rpc.js';
import type { Families } from './families.js';
import { DIM, TRAINING } from './numbers.js';
import { momentsOf, type Pictures, type Source, type Stock } from './stock.js';

export interface ImageTrainArgs {
  source: Source;
  steps: number;
  seed: number;
}

/** Pictures that show how far a network is. */
export interface Progress {
  /** Pictures [16, DIM] that it makes now, always of the same noise. */
  samples: Float32Array;
  /** Held-out pictures [16, DIM] under noise, and as it denoises them now. */
  noisy: Float32Array;
  denoised: Float32Array;
  /** Mean squared error a pixel of `denoised`, and of the linear denoiser of the same noisy pictures. */
  error: number;
  linearError: number;
}

/** What the worker emits while a network of pictures trains. */
export interface ImageTrainEvent {
  /** Training steps done. */
  step: number;
  /** Losses since the last event. */
  losses: Float32Array;
  stepsPerSecond: number;
  /** Only now and then, and at the end. */
  progress?: Progress;
}

/** Time between events; and between pictures, which take a tenth of the time or less. */
const EVERY_MS = 150;
const PICTURES = { firstMs: 500, timesOwn: 9 };
/** The pictures that show how far the network is: their number, the steps they are made in, and the noise on held-out ones. */
const SHOWN = { count: 16, steps: 12, sigma: 0.5 };

/** A network of the reader's in its place: when it was asked for, and what ends its training. */
interface Place {
  turn: number;
  training: AbortController;
}

/** The training of a small U-Net in the page. Of networks that are trained or opened the one asked for last stays. */
export class ImageTraining {
  readonly #stock: Stock;
  readonly #families: Families;
  /** The present network's weights when pictures were last shown: at the end, if it came to that. */
  #shown?: DenoiserWeights;
  #asked = 0;
  #place: Place = { turn: 0, training: new AbortController() };

  constructor(stock: Stock, families: Families) {
    this.#stock = stock;
    this.#families = families;
  }

  /**
   * Trains a new network until all steps are done or it is stopped.
   *
   * @throws Error if another network, which was asked for later, takes its place
   */
  async train({ source, steps, seed }: ImageTrainArgs, { emit, signal }: Context): Promise<{ step: number }> {
    const pictures = this.#stock.of(source);
    const turn = ++this.#asked;
    const denoiser = await this.#families.untrained(source, seed);
    const { place, release } = this.#take(turn, denoiser);
    const { training } = place;
    const stop = () => training.abort(signal.reason);
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop);
    const options = { ...TRAINING, steps, key: key(426), signal: training.signal };
    let losses: number[] = [];
    let [toldAt, began, timed] = [performance.now(), performance.now(), 0];
    let picturesAt = performance.now() + PICTURES.firstMs;
    let step = 0;
    const tell = (progress?: Progress) => {
      const stepsPerSecond = (1000 * timed) / Math.max(1, performance.now() - began);
      emit({ step, losses: Float32Array.from(losses), stepsPerSecond, progress } satisfies ImageTrainEvent);
      losses = [];
      toldAt = performance.now();
    };
    try {
      for await (const state of trainDenoiser(denoiser, pictures.training, options)) {
        if (this.#place !== place) throw replaced();
        step = state.step + 1;
        timed++;
        losses.push(state.loss);
        const now = performance.now();
        if (now >= picturesAt || step === steps) {
          tell(await this.#progress(state, denoiser, pictures));
          // The speed told is that of training alone.
          [began, timed] = [performance.now(), 0];
          picturesAt = began + PICTURES.timesOwn * (began - now);
        } else if (now - toldAt >= EVERY_MS) tell();
      }
    } finally {
      signal.removeEventListener('abort', stop);
      release();
      // From now on the network is the one that was shown last: the average of the weights, which `save` gives too.
      if (this.#shown && this.#place === place) {
        const shown = await this.#families.opened(this.#shown);
        if (this.#place === place) this.#families.replace(shown)();
        else shown.dispose();
      }
    }
    return { step };
  }

  /**
   * Puts a network in the place of the one before, whose training ends, until `release` is called.
   *
   * @throws Error if one that was asked for later is there already
   */
  #take(turn: number, denoiser: LearnedDenoiser): { place: Place; release: () => void } {
    if (turn < this.#place.turn) {
      denoiser.dispose();
      throw replaced();
    }
    this.#place.training.abort(replaced());
    this.#place = { turn, training: new AbortController() };
    this.#shown = undefined;
    return { place: this.#place, release: this.#families.replace(denoiser) };
  }

  /** What a network that has not learned makes of noise, and of held-out pictures. */
  async before({ source, seed }: { source: Source; seed: number }): Promise<Progress> {
    const network = await this.#families.untrained(source, seed);
    try {
      return await madeBy(network, this.#stock.of(source));
    } finally {
      network.dispose();
    }
  }

  /** What the average of the weights makes of noise, and of held-out pictures. */
  async #progress(state: DenoiserStep, { core }: LearnedDenoiser, pictures: Pictures): Promise<Progress> {
    this.#shown = state.checkpoint();
    const now = loadDenoiser(core, this.#shown);
    try {
      return await madeBy(now, pictures);
    } finally {
      now.dispose();
    }
  }

  /** The weights of the last training, as they were when pictures were last shown. @throws Error before there are any */
  save(): Uint8Array {
    if (!this.#shown) throw new Error('No network is trained yet: press Train first.');
    return encodeDenoiserWeights(this.#shown);
  }

  /** Opens weights that were saved, in the place of those trained before. @throws Error if they are not of such pictures, or as `train` does */
  async open(bytes: Uint8Array, name: string, source: Source): Promise<{ step: number; progress: Progress }> {
    const weights = decodeDenoiserWeights(bytes, name);
    const turn = ++this.#asked;
    const denoiser = await this.#families.opened(weights);
    const { release } = this.#take(turn, denoiser);
    this.#shown = weights;
    try {
      return { step: weights.step, progress: await madeBy(denoiser, this.#stock.of(source)) };
    } finally {
      release();
    }
  }
}

const replaced = () => new Error('Another network has taken the place of this one.');

/** What a network makes of noise, and of held-out pictures. */
async function madeBy(network: LearnedDenoiser, pictures: Pictures): Promise<Progress> {
  const { core } = network;
  const moments = momentsOf(pictures);
  const process = varianceExploding({ sigmaMin: 0.03, sigmaMax: 8 });
  const { count: chains, steps, sigma } = SHOWN;
  const run = probabilityFlow(denoiserScores(network, { moments }), { key: key(3), process, chains, steps });
  const { x: samples } = await collect(run);
  const { heldOut, linear } = pictures;
  const clean = Float32Array.from({ length: chains * DIM }, (_, i) => heldOut[i % heldOut.length]);
  const z = normal(core, key(4), [clean.length]);
  const noisy = clean.map((value, i) => value + sigma * z[i]);
  const denoised = network.denoise(noisy, sigma);
  const error = (x: Float32Array) => x.reduce((sum, value, i) => sum + (value - clean[i]) ** 2, 0) / x.length;
  const linearError = error(linear.at(sigma).denoise(noisy));
  return { samples, noisy, denoised, error: error(denoised), linearError };
}
