import { LANE_BYTES } from '../abi/panels.js';
import {
  DenoiserScoreField as At,
  DENOISER,
  DENOISER_SCORE_BYTES,
  GUIDED,
  GUIDED_BYTES,
  GuidedField,
} from '../abi/scores.js';
import { exp } from '../core/elementary.js';
import { f32, u32, writeFields } from '../core/fields.js';
import { FusedScore, type OpenScore } from '../core/fusedScore.js';
import type { Core } from '../core/instantiate.js';
import { Lease } from '../core/memory.js';
import type { Density } from '../core/score.js';
import type { Span } from '../core/segments.js';
import { type LearnedDenoiser, scoreCoefficients } from './learnedDenoiser.js';
import { SamplingPlacement } from './placement.js';
import type { PlannedNetwork } from './planned.js';

const FIELDS = {
  dim: u32(At.D),
  once: u32(At.ONCE),
  panels: u32(At.PANELS),
  row: u32(At.ROW),
  input: u32(At.INPUT),
  output: u32(At.OUTPUT),
  rowInput: u32(At.ROW_INPUT),
  rowOutput: u32(At.ROW_OUTPUT),
  noise: u32(At.NOISE),
  numbers: u32(At.NUMBERS),
  level: u32(At.LEVEL),
  label: u32(At.LABEL),
  point: f32(At.POINT),
  out: f32(At.OUT),
  in: f32(At.IN),
  energy: u32(At.ENERGY),
  rowEnergy: u32(At.ROW_ENERGY),
};

/** What `denoiserNoise` in `assembly/plan/denoiserScore.ts` reads to set a noise: [4 + numbers]. */
export function denoiserNoise({ network, config }: LearnedDenoiser, sigma: number): number[] {
  const { point, out, in: scale, time } = scoreCoefficients(config, sigma);
  const { numbers, level } = network.conditionOf(time);
  return [point, out * network.outputFactor(time), scale, level, ...numbers];
}

/**
 * The score of a learned denoiser at one noise, of one class if the network knows classes. It changes with the network while that
 * trains; a sampler's run uses a copy, made by `open`.
 */
export class DenoiserScore extends FusedScore {
  readonly #denoiser: LearnedDenoiser;
  readonly #sigma: number;
  readonly #label: number;
  readonly #placement: SamplingPlacement;
  #version = -1;

  constructor(denoiser: LearnedDenoiser, sigma: number, label = 0) {
    const { network, core, dim } = denoiser;
    const placement = new SamplingPlacement(network.plan);
    super(core, dim, DENOISER, DENOISER_SCORE_BYTES + placement.bytes, (at) =>
      write(at, denoiser, network, sigma, label, placement),
    );
    this.#denoiser = denoiser;
    this.#sigma = sigma;
    this.#label = label;
    this.#placement = placement;
  }

  override spans(): Span[] {
    return [...super.spans(), this.core.memory.span(this.#denoiser.network.pointer)];
  }

  override prepare(): void {
    super.prepare();
    const { network } = this.#denoiser;
    network.check();
    if (this.#version === network.version) return;
    // With other weights, random frequencies of the time may be others too.
    write(this.pointer, this.#denoiser, network, this.#sigma, this.#label, this.#placement);
    this.core.wasm.denoiserPack(this.pointer);
    this.#version = network.version;
  }

  /** The score of a copy of the network, which `dispose` frees. */
  override open(rooms: number): OpenScore {
    super.prepare();
    const network = this.#denoiser.network.copy();
    try {
      const { memory, wasm } = this.core;
      const lease = new Lease(memory, (taken) => {
        for (let room = 0; room < rooms; room++) {
          const pointer = taken.take(DENOISER_SCORE_BYTES + this.#placement.bytes);
          memory.u32(pointer, 1)[0] = DENOISER;
          write(pointer, this.#denoiser, network, this.#sigma, this.#label, this.#placement);
          wasm.denoiserPack(pointer);
        }
      });
      return {
        pointers: lease.spans().map(({ at }) => at),
        spans: () => [...lease.spans(), memory.span(network.pointer)],
        dispose() {
          lease.end();
          network.dispose();
        },
      };
    } catch (error) {
      network.dispose();
      throw error;
    }
  }
}

/**
 * The density at one noise of a denoiser whose network is the gradient of a scalar phi: with D(y) = skip y + out F(in y, time),
 *
 *   log p(y) = (-(1 - skip) |y|^2 / 2 + (out / in) phi(in y, time)) / sigma^2 + a constant that depends on the noise alone,
 *
 * since its gradient at y is (D(y) - y) / sigma^2.
 */
export class EnergyScore extends DenoiserScore implements Density {
  logProb(x: Float32Array): Float32Array {
    return this.density(x);
  }

  prob(x: Float32Array): Float32Array {
    return this.density(x).map(exp);
  }
}

/** Writes a descriptor at `at`, but for its first word, and the operation lists behind it. */
function write(
  at: number,
  denoiser: LearnedDenoiser,
  network: PlannedNetwork,
  sigma: number,
  label: number,
  placement: SamplingPlacement,
): void {
  const { memory } = network.core;
  const [point, out, scale, level, ...numbers] = denoiserNoise(denoiser, sigma);
  const externals = { levels: at + At.LEVEL, labels: at + At.LABEL };
  const { once, panels, row } = placement.place(at + DENOISER_SCORE_BYTES, network, externals);
  writeFields(memory, at, FIELDS, {
    ...{ dim: network.plan.input.size, once: once.list, panels: panels?.list ?? 0, row: row.list },
    ...{ input: panels?.input ?? 0, output: panels?.output ?? 0, rowInput: row.input, rowOutput: row.output },
    ...{ noise: once.noise, numbers: numbers.length, level, label, point, out, in: scale },
    ...{ energy: panels?.energy ?? 0, rowEnergy: row.energy },
  });
  if (numbers.length > 0) memory.f32(once.noise, numbers.length).set(numbers);
}

/** u + weight (c - u), of a score c with a class and a score u without (Ho and Salimans 2022). */
export class GuidedScore extends FusedScore {
  readonly #parts: [conditional: DenoiserScore, unconditional: DenoiserScore];
  readonly #weight: number;

  constructor(conditional: DenoiserScore, unconditional: DenoiserScore, weight: number) {
    const { core, dim } = conditional;
    super(core, dim, GUIDED, GUIDED_BYTES + LANE_BYTES * dim, (at) =>
      writeGuided(core, at, dim, [conditional.pointer, unconditional.pointer], weight),
    );
    this.#parts = [conditional, unconditional];
    this.#weight = weight;
  }

  override spans(): Span[] {
    return [...super.spans(), ...this.#parts.flatMap((part) => part.spans())];
  }

  override prepare(): void {
    super.prepare();
    for (const part of this.#parts) part.prepare();
  }

  override open(rooms: number): OpenScore {
    const { core, dim } = this;
    const { memory } = core;
    const parts: OpenScore[] = [];
    const disposeParts = () => {
      for (const part of parts) part.dispose();
    };
    try {
      for (const part of this.#parts) parts.push(part.open(rooms));
      const lease = new Lease(memory, (taken) => {
        for (let room = 0; room < rooms; room++) {
          const pointer = taken.take(GUIDED_BYTES + LANE_BYTES * dim);
          memory.u32(pointer, 1)[0] = GUIDED;
          const [conditional, unconditional] = parts.map(({ pointers }) => pointers[room]);
          writeGuided(core, pointer, dim, [conditional, unconditional], this.#weight);
        }
      });
      return {
        pointers: lease.spans().map(({ at }) => at),
        spans: () => [...lease.spans(), ...parts.flatMap((part) => part.spans())],
        dispose() {
          lease.end();
          disposeParts();
        },
      };
    } catch (error) {
      disposeParts();
      throw error;
    }
  }

  override dispose(): void {
    super.dispose();
    for (const part of this.#parts) part.dispose();
  }
}

const GUIDED_FIELDS = {
  dim: u32(GuidedField.D),
  conditional: u32(GuidedField.CONDITIONAL),
  unconditional: u32(GuidedField.UNCONDITIONAL),
  weight: f32(GuidedField.WEIGHT),
  room: u32(GuidedField.ROOM),
};

/** Writes a descriptor at `at`, but for its first word. */
function writeGuided(
  { memory }: Core,
  at: number,
  dim: number,
  [conditional, unconditional]: readonly [number, number],
  weight: number,
): void {
  const room = at + GUIDED_BYTES;
  writeFields(memory, at, GUIDED_FIELDS, { dim, conditional, unconditional, weight, room });
}
