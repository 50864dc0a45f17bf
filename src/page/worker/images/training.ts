import {
  collect,
  type DenoiserCheckpoint,
  type DenoiserStep,
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
import { DIM, momentsOf, type Pictures, type Source, type Stock } from './stock.js';

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

/** Of a step. The average of the weights forgets half in about a hundred steps, so that pictures follow the training. */
const TRAINING = { batch: 32, learningRate: 3e-3, schedule: 'cosine', halfLife: 3000 } as const;
/** Time between events; and between pictures, which take a tenth of the time or less. */
const EVERY_MS = 150;
const PICTURES = { firstMs: 500, timesOwn: 9 };
/** The pictures that show how far the network is: their number, the steps they are made in, and the noise on held-out ones. */
const SHOWN = { count: 16, steps: 12, sigma: 0.5 };

/** The training of a small U-Net in the page. */
export class ImageTraining {
  readonly #stock: Stock;
  readonly #families: Families;
  /** The weights when pictures were last shown: at the end, if it came to that. */
  #shown?: DenoiserCheckpoint;

  constructor(stock: Stock, families: Families) {
    this.#stock = stock;
    this.#families = families;
  }

  /** Trains a new network until all steps are done or it is stopped. */
  async train({ source, steps, seed }: ImageTrainArgs, { emit, signal }: Context): Promise<{ step: number }> {
    const pictures = this.#stock.of(source);
    const { denoiser, release } = await this.#families.anew(source, seed);
    const options = { ...TRAINING, steps, key: key(426), signal };
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
        step = state.step + 1;
        timed++;
        losses.push(state.loss);
        const now = performance.now();
        if (now >= picturesAt || step === steps) {
          tell(await this.#progress(denoiser, state, pictures));
          // The speed told is that of training alone.
          [began, timed] = [performance.now(), 0];
          picturesAt = began + PICTURES.timesOwn * (began - now);
        } else if (now - toldAt >= EVERY_MS) tell();
      }
    } finally {
      release();
    }
    return { step };
  }

  /** What the average of the weights makes of noise, and of held-out pictures. */
  async #progress(denoiser: LearnedDenoiser, state: DenoiserStep, pictures: Pictures): Promise<Progress> {
    const { core } = denoiser;
    this.#shown = state.checkpoint();
    const now = loadDenoiser(core, this.#shown);
    try {
      const moments = momentsOf(pictures);
      const process = varianceExploding({ sigmaMin: 0.03, sigmaMax: 8 });
      const { count: chains, steps, sigma } = SHOWN;
      const run = probabilityFlow(denoiserScores(now, { moments }), { key: key(3), process, chains, steps });
      const { x: samples } = await collect(run);
      const { heldOut, linear } = pictures;
      const clean = Float32Array.from({ length: chains * DIM }, (_, i) => heldOut[i % heldOut.length]);
      const z = normal(core, key(4), [clean.length]);
      const noisy = clean.map((value, i) => value + sigma * z[i]);
      const denoised = now.denoise(noisy, sigma);
      const error = (x: Float32Array) =>
        x.reduce((sum, value, i) => sum + (value - clean[i]) ** 2, 0) / x.length;
      const linearError = error(linear.at(sigma).denoise(noisy));
      return { samples, noisy, denoised, error: error(denoised), linearError };
    } finally {
      now.dispose();
    }
  }

  /** The weights of the last training, as they were when pictures were last shown. @throws Error before there are any */
  save(): Uint8Array {
    if (!this.#shown) throw new Error('No network is trained yet: press Train first.');
    return encodeDenoiserWeights(this.#shown);
  }
}
