import { meanBestLoss } from '../../apps/bestLoss.js';
import {
  type DenoisingConfig,
  decodeWeights,
  encodeWeights,
  key,
  loadNetwork,
  type Network,
  type NetworkConfig,
  network,
  train,
} from '../../index.js';
import type { Context } from '../calls/rpc.js';
import type { WeightsFile } from '../weights/coming.js';
import { unpackWeights } from '../weights/unpack.js';
import type { Session } from './session.js';

/** What the worker emits while it trains a network. */
export interface TrainEvent {
  /** Training steps completed. */
  step: number;
  /** The losses since the last event. */
  losses: Float32Array;
  stepsPerSecond: number;
  /** Speed of a step's arithmetic; a multiply-add counts as two operations. */
  gflops: number;
}

/** Time between two events. */
const EVERY_MS = 200;

/** Multiply-adds per row: each weight once forward and once for dW; all but the first layer's once more, for dX. */
function multiplyAdds({ dim, features, width, depth }: NetworkConfig): number {
  const first = (2 * features + dim) * (depth === 0 ? dim : width);
  const all = depth === 0 ? first : first + (depth - 1) * width ** 2 + width * dim;
  return 3 * all - first;
}

/** Training that can be paused between any two steps. */
export class Training {
  #resumed: Promise<void> = Promise.resolve();
  #resume?: () => void;

  /** Pauses training after the present step, or resumes it. */
  pause(isPaused: boolean): void {
    if (isPaused && !this.#resume) {
      this.#resumed = new Promise((resolve) => {
        this.#resume = resolve;
      });
    } else if (!isPaused) {
      this.#resume?.();
      this.#resume = undefined;
    }
  }

  async train(
    session: Session,
    {
      config,
      training,
      seed,
      dataSeed,
    }: {
      config: Partial<NetworkConfig>;
      training: Partial<DenoisingConfig>;
      seed: number;
      dataSeed: number;
    },
    { emit, signal }: Context,
  ): Promise<{ step: number }> {
    this.pause(false);
    const core = await session.threadedCore();
    const data = session.points();
    const net = network(core, config, { key: key(seed) });
    session.replaceNetwork(net, 0);
    const releaseNetwork = session.keepNetwork();
    const stopped = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
    let losses: number[] = [];
    let steps = 0;
    let [toldAt, busyMs, timedSteps] = [performance.now(), 0, 0];
    const tell = (step: number) => {
      const stepsPerSecond = busyMs > 0 ? (1000 * timedSteps) / busyMs : 0;
      const rows = (training.batch ?? 128) * net.config.levels;
      const gflops = (2 * multiplyAdds(net.config) * rows * stepsPerSecond) / 1e9;
      emit({ step, losses: Float32Array.from(losses), stepsPerSecond, gflops } satisfies TrainEvent);
      losses = [];
      [toldAt, busyMs, timedSteps] = [performance.now(), 0, 0];
    };
    try {
      let began = performance.now();
      for await (const { step, loss } of train(net, data, { ...training, key: key(dataSeed), signal })) {
        busyMs += performance.now() - began;
        timedSteps++;
        losses.push(loss);
        steps = step + 1;
        if (session.network === net) session.step = steps;
        if (this.#resume) {
          tell(steps);
          await Promise.race([this.#resumed, stopped]);
        }
        if (performance.now() - toldAt >= EVERY_MS || step === 0) tell(steps);
        began = performance.now();
      }
      return { step: steps };
    } finally {
      if (losses.length > 0) tell(steps);
      releaseNetwork();
    }
  }
}

/** Estimates the lowest loss that any network could reach on the present picture, as a mean over the noise levels. */
export async function bestLoss(session: Session, net: Network, signal: AbortSignal): Promise<number> {
  const releaseNetwork = session.keepNetwork();
  try {
    return await meanBestLoss(net, session.points(), { samples: 1024, signal });
  } finally {
    releaseNetwork();
  }
}

/** The network as safetensors. */
export function saveWeights(session: Session): Uint8Array {
  return encodeWeights(session.trained(), session.step);
}

/** Loads weights or a checkpoint as the session's network. @throws Error if the file is neither, or not for 2-D points */
export async function loadWeights(session: Session, bytes: Uint8Array, name: string) {
  const weights = decodeWeights(bytes, name);
  if (weights.config.dim !== 2) {
    throw new Error(
      `${name}: must hold a network of points in the plane, got ${weights.config.dim} coordinates`,
    );
  }
  session.replaceNetwork(loadNetwork(await session.threadedCore(), weights), weights.step);
  return { config: weights.config, step: weights.step };
}

/**
 * Takes weights that come with the page as the session's network: at once on one thread, and on all of them when they are there,
 * unless another network has come by then. Both give the same bits.
 */
export function takeWeights(session: Session, file: WeightsFile, name: string): void {
  const weights = decodeWeights(unpackWeights(file, name), name);
  const first = loadNetwork(session.core, weights);
  session.replaceNetwork(first, weights.step);
  session.threadedCore().then((core) => {
    if (core !== session.core && session.network === first)
      session.replaceNetwork(loadNetwork(core, weights), weights.step);
  });
}
