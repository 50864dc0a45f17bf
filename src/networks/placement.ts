// Addresses of everything that a plan works on, and the operation lists that hold them.
import { LANE_BYTES } from '../abi/panels.js';
import { OPERATION_BYTES } from '../abi/plan.js';
import { type Lifetime, LifetimeAllocator } from './lifetimeAllocator.js';
import {
  Activation,
  type External,
  FoldableParameter,
  type Form,
  Gradient,
  type NetworkPlace,
  type Operand,
  type Operation,
  type Plan,
  Workspace,
} from './plan.js';

/** Addresses of an operation list, which `walk` in `assembly/plan/walk.ts` reads, and of the input and output of its plan. */
export interface PlacedPlan {
  list: number;
  input: number;
  /** Strides are bytes from one panel of samples to the next. */
  inputStride: number;
  output: number;
  outputStride: number;
  /** The loss's gradient with respect to the output, in training. */
  dOutput: number;
  dOutputStride: number;
  /** What describes the noise; 0 if the network reads no such input. */
  noise: number;
  noiseStride: number;
  /** The scalar whose gradient the output is; 0 if it is none. */
  energy: number;
}

/** What an activation and its gradient have in common. */
interface Values {
  readonly size: number;
  readonly form: Form;
}

/** The samples whose values stand together in memory: the eight of a panel, or one alone. */
interface SampleGroup {
  /** Bytes from one number of a sample to its next. */
  step(form: Form): number;
  /** Bytes of the values of the whole group. */
  bytes(values: Values): number;
  /** Whether all samples have one noise, and so one copy of what depends on it alone. */
  readonly isNoiseShared: boolean;
}

const eightSamples = ({ core: { wasm } }: Plan, isNoiseShared = false): SampleGroup => ({
  step: (form) => (form === 'panels' ? LANE_BYTES : 4),
  bytes: ({ size, form }) => (form === 'panels' ? wasm.panelBytes(size) : LANE_BYTES * size),
  isNoiseShared,
});
/** Kernels write pairs of vectors, up to seven numbers beyond the end of the last sample's values. */
const SPARE = 32;
const oneSample: SampleGroup = { step: () => 4, bytes: ({ size }) => 4 * size + SPARE, isNoiseShared: true };

/** Kernels read whole vectors and tiles, a little beyond the end of an array. */
const BEYOND = 64;

/** Bytes of an operation list. */
export function listBytes({ operations }: { operations: readonly Operation[] }): number {
  return (operations.length + 1) * OPERATION_BYTES;
}

/** Bytes of all activations of eight samples when none shares memory with another. */
export function panelActivationBytes(plan: Plan): number {
  const storages = new Set<Activation>();
  for (const { operands } of plan.operations) {
    for (const operand of Object.values(operands))
      if (operand instanceof Activation) storages.add(operand.storage);
  }
  const { bytes } = eightSamples(plan);
  return [...storages].reduce((sum, storage) => sum + bytes(storage), 0);
}

/** Writes at `list` an operation list for the pass PACK, which works only on the network's memory. */
export function networkList(plan: Plan, list: number, network: NetworkPlace): void {
  writeList(plan, plan.operations, list, network, [], eightSamples(plan), {});
}

/** Memory for training on blocks of so many panels. Whatever the backward pass reads is kept until it has read it. */
export class TrainingPlacement {
  readonly #plan: Plan;
  readonly #allocator = new LifetimeAllocator();
  /** Bytes of the operation list and the memory behind it. */
  readonly bytes: number;

  constructor(plan: Plan, panels: number) {
    this.#plan = plan;
    const allocator = this.#allocator;
    const { input, output, operations } = plan;
    const { bytes } = eightSamples(plan);
    const count = operations.length;
    // Operation i runs forward at time i and backward at time 2 count - i. The loss is computed at time count.
    const end = 2 * count + 1;
    allocator.request(WORKING, workingBytes(plan, panels), [-1, end]);
    const activation = (of: Activation, lifetime: Lifetime) =>
      allocator.request(of.storage, panels * bytes(of.storage) + SPARE, lifetime);
    const gradient = (of: Gradient, time: number) =>
      allocator.request(of, panels * bytes(of) + SPARE, [time, time]);
    operations.forEach(({ operands, backwardReads = [] }, i) => {
      const back = 2 * count - i;
      const lifetimes = { kept: [i, back], scratch: [back, back], accumulated: [-1, end] } as const;
      for (const [field, operand] of Object.entries(operands)) {
        if (operand instanceof Activation) activation(operand, [i, backwardReads.includes(field) ? back : i]);
        else if (operand instanceof Gradient) gradient(operand, back);
        else if (operand instanceof Workspace && operand.use !== 'fixed' && operand.use !== 'working')
          allocator.request(operand, operand.bytes(panels), lifetimes[operand.use]);
      }
    });
    activation(input, [-1, 0]);
    activation(output, [count, count]);
    gradient(output.gradient, count);
    if (plan.noise) activation(plan.noise, [-1, 0]);
    this.bytes = listBytes(plan) + allocator.allocate().bytes + BEYOND;
  }

  /**
   * Writes the operation list at `at`; the memory it works on follows it.
   * @param externals addresses of each sample's level or label, u32 [8 panels]
   */
  place(at: number, network: NetworkPlace, externals: Partial<Record<External, number>>): PlacedPlan {
    const plan = this.#plan;
    const memory = { at: at + listBytes(plan), allocator: this.#allocator };
    return writeList(plan, plan.operations, at, network, [memory], eightSamples(plan), externals);
  }
}

/** Owner of the memory that all operations share as their `working` workspaces. */
const WORKING = {};

/** Bytes of the largest `working` workspace. */
function workingBytes({ operations }: Plan, panels: number): number {
  const operands = operations.flatMap((operation) => Object.values<Operand | undefined>(operation.operands));
  return operands.reduce<number>(
    (most, operand) =>
      operand instanceof Workspace && operand.use === 'working'
        ? Math.max(most, operand.bytes(panels))
        : most,
    0,
  );
}

/** The operation lists of sampling. */
export interface PlacedSampling {
  /** What depends on the noise alone, for one sample. */
  once: PlacedPlan;
  /** The rest, for panels; undefined where every operation works on rows, so that samples gain nothing from each other. */
  panels?: PlacedPlan;
  /** The rest, for one sample. */
  row: PlacedPlan;
}

/**
 * Memory for sampling at a fixed noise, by panels and by one sample. Activations that are no longer read give up their
 * memory. What depends on the noise alone is kept.
 */
export class SamplingPlacement {
  readonly #plan: Plan;
  readonly #once: Operation[];
  readonly #steps: Operation[];
  readonly #fixed = new LifetimeAllocator();
  readonly #panels?: LifetimeAllocator;
  readonly #row: LifetimeAllocator;
  /** Bytes of the operation lists and the memory behind them. */
  readonly bytes: number;

  /** @param panels how many go through the steps together */
  constructor(plan: Plan, panels = 1) {
    this.#plan = plan;
    this.#once = plan.operations.filter((operation) => !isEachStep(operation));
    this.#steps = plan.operations.filter(isEachStep);
    for (const { operands } of plan.operations) {
      for (const operand of Object.values(operands)) {
        if (operand instanceof Workspace && operand.use === 'fixed')
          this.#fixed.request(operand, operand.bytes(1), [0, 0]);
        else if (operand instanceof Activation && !operand.isFromInput)
          this.#fixed.request(operand.storage, oneSample.bytes(operand.storage), [0, 0]);
      }
    }
    if (plan.noise) this.#fixed.request(plan.noise, oneSample.bytes(plan.noise), [0, 0]);
    // One for all lists, since one of them is walked at a time.
    this.#fixed.request(WORKING, workingBytes(plan, panels), [0, 0]);
    this.#fixed.allocate();
    if (this.#steps.some(({ form }) => form !== 'rows'))
      this.#panels = forwardMemory(plan, this.#steps, eightSamples(plan), panels);
    this.#row = forwardMemory(plan, this.#steps, oneSample);
    this.bytes = this.#listBytes + this.#fixed.bytes + (this.#panels?.bytes ?? 0) + this.#row.bytes + BEYOND;
  }

  /**
   * Writes the operation lists at `at`; the memory they work on follows them.
   * @param externals addresses of the fixed noise, level u32 and fraction f32 (`NetworkScoreField`), or of the label, u32
   */
  place(at: number, network: NetworkPlace, externals: Partial<Record<External, number>>): PlacedSampling {
    const plan = this.#plan;
    const rowAt = at + listBytes({ operations: this.#once });
    const panelsAt = rowAt + listBytes({ operations: this.#steps });
    const fixed = { at: at + this.#listBytes, allocator: this.#fixed };
    const row = { at: fixed.at + this.#fixed.bytes, allocator: this.#row };
    const panels = this.#panels && { at: row.at + this.#row.bytes, allocator: this.#panels };
    const write = (list: number, operations: Operation[], memory: Stretch[], samples: SampleGroup) =>
      writeList(plan, operations, list, network, [fixed, ...memory], samples, externals);
    return {
      once: write(at, this.#once, [], oneSample),
      row: write(rowAt, this.#steps, [row], oneSample),
      ...(panels && { panels: write(panelsAt, this.#steps, [panels], eightSamples(plan, true)) }),
    };
  }

  get #listBytes(): number {
    return (
      listBytes({ operations: this.#once }) + (this.#panels ? 2 : 1) * listBytes({ operations: this.#steps })
    );
  }
}

/** Whether an operation depends on the input, or is carried out at each step all the same. */
export function isEachStep({ writes = [], changes = [] }: Operation): boolean {
  return [...writes, ...changes].some((activation) => activation.isFromInput);
}

/** Memory for the activations of one forward pass: each lives from the operation that writes it to the last that reads it. */
function forwardMemory(
  plan: Plan,
  operations: Operation[],
  { bytes }: SampleGroup,
  groups = 1,
): LifetimeAllocator {
  const { input, output, energy } = plan;
  const allocator = new LifetimeAllocator();
  const activation = ({ storage }: Activation, time: number) =>
    allocator.request(storage, groups * bytes(storage) + SPARE, [time, time]);
  operations.forEach(({ operands }, i) => {
    for (const operand of Object.values(operands))
      if (operand instanceof Activation && operand.isFromInput) activation(operand, i);
  });
  activation(input, -1);
  activation(output, operations.length);
  if (energy) activation(energy, operations.length);
  return allocator.allocate();
}

/** A stretch of memory that an allocator shares out, from `at` on. */
interface Stretch {
  at: number;
  allocator: LifetimeAllocator;
}

/**
 * Writes an operation list at `list`: the number of operations, then a record for each, from the next multiple of
 * OPERATION_BYTES on. An operand for which no memory is allocated has address 0.
 */
function writeList(
  plan: Plan,
  operations: readonly Operation[],
  list: number,
  network: NetworkPlace,
  stretches: readonly Stretch[],
  samples: SampleGroup,
  externals: Partial<Record<External, number>>,
): PlacedPlan {
  const allocated = (owner: object): number => {
    for (const { at, allocator } of stretches) {
      const offset = allocator.offsetOf(owner);
      if (offset !== undefined) return at + offset;
    }
    return 0;
  };
  const addressOf = (operand: Operand): number => {
    if (typeof operand === 'number') return operand;
    if (typeof operand === 'string') return externals[operand] ?? 0;
    if (operand instanceof Activation)
      return allocated(operand.storage) + operand.first * samples.step(operand.form);
    if (operand instanceof Workspace) return allocated(operand.use === 'working' ? WORKING : operand);
    if (operand instanceof Gradient) return allocated(operand);
    if (operand instanceof FoldableParameter)
      return allocated(operand.folded) || addressOf(operand.parameter);
    return plan.address(network, operand);
  };
  const strideOf = (operand: Operand) =>
    operand instanceof Activation
      ? samples.isNoiseShared && !operand.isFromInput
        ? 0
        : samples.bytes(operand.storage)
      : operand instanceof Gradient
        ? samples.bytes(operand)
        : 0;
  const words = plan.core.memory.u32(list, listBytes({ operations }) / 4).fill(0);
  words[0] = operations.length;
  operations.forEach(({ code, fields, operands }, i) => {
    const record = words.subarray(((i + 1) * OPERATION_BYTES) / 4);
    record[0] = code;
    for (const [field, operand] of Object.entries(operands)) {
      if (operand === undefined) continue;
      record[fields[field] / 4] = addressOf(operand);
      const stride = fields[`${field}_STRIDE`];
      if (stride !== undefined) record[stride / 4] = strideOf(operand);
    }
  });
  const { input, output, noise, energy } = plan;
  return {
    list,
    input: addressOf(input),
    inputStride: strideOf(input),
    output: addressOf(output),
    outputStride: strideOf(output),
    dOutput: addressOf(output.gradient),
    dOutputStride: strideOf(output.gradient),
    noise: noise ? addressOf(noise) : 0,
    noiseStride: noise ? strideOf(noise) : 0,
    energy: energy ? addressOf(energy) : 0,
  };
}
