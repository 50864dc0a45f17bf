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
  type Operand,
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
}

const eightSamples = ({ core: { wasm } }: Plan): SampleGroup => ({
  step: (form) => (form === 'panels' ? LANE_BYTES : 4),
  bytes: ({ size, form }) => (form === 'panels' ? wasm.panelBytes(size) : LANE_BYTES * size),
});
/** Kernels write whole vectors, up to three numbers too many. */
const oneSample: SampleGroup = { step: () => 4, bytes: ({ size }) => 4 * size + 16 };

/** Bytes of an operation list. */
export function listBytes(plan: Plan): number {
  return (plan.operations.length + 1) * OPERATION_BYTES;
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

/** Writes at `list` an operation list for the pass PACK, which works only on the network's memory at `network`. */
export function networkList(plan: Plan, list: number, network: number): void {
  writeList(plan, list, network, [], eightSamples(plan), {});
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
    const activation = (of: Activation, lifetime: Lifetime) =>
      allocator.request(of.storage, panels * bytes(of.storage), lifetime);
    const gradient = (of: Gradient, time: number) => allocator.request(of, panels * bytes(of), [time, time]);
    operations.forEach(({ operands, backwardReads = [] }, i) => {
      const back = 2 * count - i;
      const lifetimes = { kept: [i, back], scratch: [back, back], accumulated: [-1, end] } as const;
      for (const [field, operand] of Object.entries(operands)) {
        if (operand instanceof Activation) activation(operand, [i, backwardReads.includes(field) ? back : i]);
        else if (operand instanceof Gradient) gradient(operand, back);
        else if (operand instanceof Workspace && operand.use !== 'fixed')
          allocator.request(operand, operand.bytes(panels), lifetimes[operand.use]);
      }
    });
    activation(input, [-1, 0]);
    activation(output, [count, count]);
    gradient(output.gradient, count);
    this.bytes = listBytes(plan) + allocator.allocate().bytes;
  }

  /**
   * Writes the operation list at `at`; the memory it works on follows it.
   * @param network address of the network's memory
   * @param levels address of each sample's level, u32 [8 panels]
   */
  place(at: number, network: number, levels: number): PlacedPlan {
    const plan = this.#plan;
    const memory = { at: at + listBytes(plan), allocator: this.#allocator };
    return writeList(plan, at, network, [memory], eightSamples(plan), { levels });
  }
}

/**
 * Memory for sampling at a fixed noise, by panels and by one sample. Activations that are no longer read give up their
 * memory.
 */
export class SamplingPlacement {
  readonly #plan: Plan;
  readonly #fixed = new LifetimeAllocator();
  readonly #panels: LifetimeAllocator;
  readonly #row: LifetimeAllocator;
  /** Bytes of both operation lists and the memory behind them. */
  readonly bytes: number;

  constructor(plan: Plan) {
    this.#plan = plan;
    for (const { operands } of plan.operations) {
      for (const operand of Object.values(operands)) {
        if (operand instanceof Workspace && operand.use === 'fixed')
          this.#fixed.request(operand, operand.bytes(1), [0, 0]);
      }
    }
    this.#fixed.allocate();
    this.#panels = forwardMemory(plan, eightSamples(plan));
    this.#row = forwardMemory(plan, oneSample);
    this.bytes = 2 * listBytes(plan) + this.#fixed.bytes + this.#panels.bytes + this.#row.bytes;
  }

  /**
   * Writes both operation lists at `at`, that of panels and that of one sample; the memory they work on follows them.
   * @param network address of the network's memory
   * @param noise address of the fixed noise, level u32 and fraction f32 (`NetworkScoreField`)
   */
  place(at: number, network: number, noise: number): { panels: PlacedPlan; row: PlacedPlan } {
    const plan = this.#plan;
    const rowAt = at + listBytes(plan);
    const fixed = { at: rowAt + listBytes(plan), allocator: this.#fixed };
    const panels = { at: fixed.at + this.#fixed.bytes, allocator: this.#panels };
    const row = { at: panels.at + this.#panels.bytes, allocator: this.#row };
    return {
      panels: writeList(plan, at, network, [fixed, panels], eightSamples(plan), { noise }),
      row: writeList(plan, rowAt, network, [fixed, row], oneSample, { noise }),
    };
  }
}

/** Memory for the activations of one forward pass: each lives from the operation that writes it to the last that reads it. */
function forwardMemory({ input, output, operations }: Plan, { bytes }: SampleGroup): LifetimeAllocator {
  const allocator = new LifetimeAllocator();
  const activation = ({ storage }: Activation, time: number) =>
    allocator.request(storage, bytes(storage), [time, time]);
  operations.forEach(({ operands }, i) => {
    for (const operand of Object.values(operands)) if (operand instanceof Activation) activation(operand, i);
  });
  activation(input, -1);
  activation(output, operations.length);
  return allocator.allocate();
}

/**
 * Writes an operation list at `list`: the number of operations, then a record for each, from the next multiple of
 * OPERATION_BYTES on. An operand for which no memory is allocated has address 0.
 */
function writeList(
  plan: Plan,
  list: number,
  network: number,
  stretches: readonly { at: number; allocator: LifetimeAllocator }[],
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
    if (operand instanceof Gradient || operand instanceof Workspace) return allocated(operand);
    if (operand instanceof FoldableParameter)
      return allocated(operand.folded) || addressOf(operand.parameter);
    return plan.address(network, operand);
  };
  const strideOf = (operand: Operand) =>
    operand instanceof Activation
      ? samples.bytes(operand.storage)
      : operand instanceof Gradient
        ? samples.bytes(operand)
        : 0;
  const words = plan.core.memory.u32(list, listBytes(plan) / 4).fill(0);
  words[0] = plan.operations.length;
  plan.operations.forEach(({ code, fields, operands }, i) => {
    const record = words.subarray(((i + 1) * OPERATION_BYTES) / 4);
    record[0] = code;
    for (const [field, operand] of Object.entries(operands)) {
      if (operand === undefined) continue;
      record[fields[field] / 4] = addressOf(operand);
      const stride = fields[`${field}_STRIDE`];
      if (stride !== undefined) record[stride / 4] = strideOf(operand);
    }
  });
  const { input, output } = plan;
  return {
    list,
    input: addressOf(input),
    inputStride: strideOf(input),
    output: addressOf(output),
    outputStride: strideOf(output),
    dOutput: addressOf(output.gradient),
    dOutputStride: strideOf(output.gradient),
  };
}
