import { meanBestLoss } from '../../apps/bestLoss.js';
import {
  decodeWeights,
  encodeWeights,
  key,
  loadNetwork,
  type Network,
  type NetworkConfig,
  network,
  type TrainConfig,
  train,
} from '../../index.js';
import type { Context } from '../calls/rpc.js';
import type { Holdings } from './workerState.js';

/** What the page hears while a network is trained. */
export interface TrainEvent {
  /** Steps done. */
  step: number;
  /** The losses since the last event. */
  losses: Float32Array;
  stepsPerSecond: number;
  /** Of the arithmetic a step needs, two operations a multiply-add. */
  gflops: number;
}

/** Time between two events. */
const EVERY_MS = 100;

/** Multiply-adds a row: every weight forward and for its gradient, all but the first layer's for the hidden units'. */
function multiplyAdds({ dim, features, width, depth }: NetworkConfig): number {
  const first = (2 * features + dim) * (depth === 0 ? dim : width);
  const all = depth === 0 ? first : first + (depth - 1) * width ** 2 + width * dim;
  return 3 * all - first;
}

/** Training that can be held at any step. */
export class Training {
  #going: Promise<void> = Promise.resolve();
  #go?: () => void;

  /** Holds the run between two steps, or lets it go on. */
  pause(isPaused: boolean): void {
    if (isPaused && !this.#go) {
      this.#going = new Promise((resolve) => {
        this.#go = resolve;
      });
    } else if (!isPaused) {
      this.#go?.();
      this.#go = undefined;
    }
  }

  async run(
    holdings: Holdings,
    {
      config,
      training,
      seed,
      dataSeed,
    }: {
      config: Partial<NetworkConfig>;
      training: Partial<TrainConfig>;
      seed: number;
      dataSeed: number;
    },
    { emit, signal }: Context,
  ): Promise<{ step: number }> {
    this.pause(false);
    const core = await holdings.heavy();
    const data = holdings.points();
    const net = network(core, config, { key: key(seed) });
    holdings.replaceNetwork(net, 0);
    const letGo = holdings.hold();
    const stopped = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
    let losses: number[] = [];
    let steps = 0;
    let [told, busyMs, done] = [performance.now(), 0, 0];
    const tell = (step: number) => {
      const stepsPerSecond = busyMs > 0 ? (1000 * done) / busyMs : 0;
      const rows = (training.batch ?? 128) * net.config.levels;
      const gflops = (2 * multiplyAdds(net.config) * rows * stepsPerSecond) / 1e9;
      emit({ step, losses: Float32Array.from(losses), stepsPerSecond, gflops } satisfies TrainEvent);
      losses = [];
      [told, busyMs, done] = [performance.now(), 0, 0];
    };
    try {
      let began = performance.now();
      for await (const { step, loss } of train(net, data, { ...training, key: key(dataSeed), signal })) {
        busyMs += performance.now() - began;
        done++;
        losses.push(loss);
        steps = step + 1;
        if (holdings.network === net) holdings.step = steps;
        if (this.#go) {
          tell(steps);
          await Promise.race([this.#going, stopped]);
        }
        if (performance.now() - told >= EVERY_MS || step === 0) tell(steps);
        began = performance.now();
      }
      return { step: steps };
    } finally {
      if (losses.length > 0) tell(steps);
      letGo();
    }
  }
}

/** About the lowest loss any network could reach on the present picture: the mean over all levels. */
export async function bestLoss(holdings: Holdings, net: Network, signal: AbortSignal): Promise<number> {
  const letGo = holdings.hold();
  try {
    return await meanBestLoss(net, holdings.points(), { samples: 1024, signal });
  } finally {
    letGo();
  }
}

/** The network as safetensors. */
export function saveWeights(holdings: Holdings): Uint8Array {
  return encodeWeights(holdings.trained(), holdings.step);
}

/** Takes weights or a checkpoint from a file. @throws Error if it holds neither, or a network of other points */
export async function loadWeights(holdings: Holdings, bytes: Uint8Array, name: string) {
  const weights = decodeWeights(bytes, name);
  if (weights.config.dim !== 2) {
    throw new Error(
      `${name}: must hold a network of points in the plane, got ${weights.config.dim} coordinates`,
    );
  }
  holdings.replaceNetwork(loadNetwork(await holdings.heavy(), weights), weights.step);
  return { config: weights.config, step: weights.step };
}
