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
import type { Session } from './session.js';

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

/** Training that can be paused between any two steps. */
export class Training {
  #resumed: Promise<void> = Promise.resolve();
  #resume?: () => void;

  /** Holds the run between two steps, or lets it go on. */
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
      training: Partial<TrainConfig>;
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

/** About the lowest loss any network could reach on the present picture: the mean over all levels. */
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

/** Takes weights or a checkpoint from a file. @throws Error if it holds neither, or a network of other points */
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
