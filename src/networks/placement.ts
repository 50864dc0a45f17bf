// Where everything that a plan works on stands in memory, and the lists of operations with those addresses.
import { LANE_BYTES } from '../abi/panels.js';
import { OPERATION_BYTES } from '../abi/plan.js';
import { Arrangement, type Interval } from './arrangement.js';
import { Fixable, type Form, type Given, Gradient, type Operand, type Plan, Room, Tensor } from './plan.js';

/** A list of operations in memory, as `walk` in `assembly/plan/walk.ts` reads it, and its border. */
export interface Placed {
  list: number;
  input: number;
  inputStride: number;
  output: number;
  outputStride: number;
  /** The gradient at the output, in training. */
  dOutput: number;
  dOutputStride: number;
}

/** Something of so many numbers a sample. */
interface Values {
  readonly size: number;
  readonly form: Form;
}

/** How samples stand: eight of them side by side, in panels or rows, or one alone. */
interface Samples {
  /** Bytes from one number of a sample to the next. */
  lane(form: Form): number;
  /** Bytes of the values of eight samples, or of the one. */
  bytes(values: Values): number;
}

const eight = ({ core: { wasm } }: Plan): Samples => ({
  lane: (form) => (form === 'panels' ? LANE_BYTES : 4),
  bytes: ({ size, form }) => (form === 'panels' ? wasm.panelBytes(size) : LANE_BYTES * size),
});
/** Products write whole vectors. */
const alone: Samples = { lane: () => 4, bytes: ({ size }) => 4 * size + 16 };

/** Bytes of a list of a plan's operations. */
export function listBytes(plan: Plan): number {
  return (plan.operations.length + 1) * OPERATION_BYTES;
}

/** Bytes of the tensors of one panel of samples, each in a place of its own. */
export function panelTensorBytes(plan: Plan): number {
  const storages = new Set<Tensor>();
  for (const { operands } of plan.operations) {
    for (const operand of Object.values(operands))
      if (operand instanceof Tensor) storages.add(operand.storage);
  }
  const { bytes } = eight(plan);
  return [...storages].reduce((sum, storage) => sum + bytes(storage), 0);
}

/** Writes at `list` the operations of a network whose memory is at `network`, for PACK, which works on nothing else. */
export function networkList(plan: Plan, list: number, network: number): void {
  writeList(plan, list, network, [], eight(plan), {});
}

/** Memory for training on blocks of so many panels: everything that the backward pass needs is kept. */
export class TrainingPlacement {
  readonly #plan: Plan;
  readonly #arrangement = new Arrangement();
  /** Bytes of list and memory together. */
  readonly bytes: number;

  constructor(plan: Plan, panels: number) {
    this.#plan = plan;
    const arrangement = this.#arrangement;
    const { input, output, operations } = plan;
    const { bytes } = eight(plan);
    const count = operations.length;
    // Operation i goes forward at time i and backward at 2 count - i; the loss is in between.
    const end = 2 * count + 1;
    const tensor = (of: Tensor, times: Interval) =>
      arrangement.want(of.storage, panels * bytes(of.storage), times);
    const gradient = (of: Gradient, time: number) => arrangement.want(of, panels * bytes(of), [time, time]);
    operations.forEach(({ operands, needs = [] }, i) => {
      const back = 2 * count - i;
      const times = { kept: [i, back], scratch: [back, back], gathered: [-1, end] } as const;
      for (const [field, operand] of Object.entries(operands)) {
        if (operand instanceof Tensor) tensor(operand, [i, needs.includes(field) ? back : i]);
        else if (operand instanceof Gradient) gradient(operand, back);
        else if (operand instanceof Room && operand.use !== 'fixed')
          arrangement.want(operand, operand.bytes(panels), times[operand.use]);
      }
    });
    tensor(input, [-1, 0]);
    tensor(output, [count, count]);
    gradient(output.gradient, count);
    this.bytes = listBytes(plan) + arrangement.settle().bytes;
  }

  /** Writes the list at `at`, the memory standing behind it. @param levels u32 of each sample of a block */
  place(at: number, network: number, levels: number): Placed {
    const plan = this.#plan;
    const memory = { at: at + listBytes(plan), arrangement: this.#arrangement };
    return writeList(plan, at, network, [memory], eight(plan), { levels });
  }
}

/** Memory for sampling at a fixed noise: tensors that are no longer needed give their place to others. */
export class SamplingPlacement {
  readonly #plan: Plan;
  readonly #fixed = new Arrangement();
  readonly #panels: Arrangement;
  readonly #row: Arrangement;
  readonly bytes: number;

  constructor(plan: Plan) {
    this.#plan = plan;
    for (const { operands } of plan.operations) {
      for (const operand of Object.values(operands)) {
        if (operand instanceof Room && operand.use === 'fixed')
          this.#fixed.want(operand, operand.bytes(1), [0, 0]);
      }
    }
    this.#fixed.settle();
    this.#panels = passing(plan, eight(plan));
    this.#row = passing(plan, alone);
    this.bytes = 2 * listBytes(plan) + this.#fixed.bytes + this.#panels.bytes + this.#row.bytes;
  }

  /** Writes the lists at `at`, the memory standing behind them. @param noise where the fixed noise stands */
  place(at: number, network: number, noise: number): { panels: Placed; row: Placed } {
    const plan = this.#plan;
    const rowAt = at + listBytes(plan);
    const fixed = { at: rowAt + listBytes(plan), arrangement: this.#fixed };
    const panels = { at: fixed.at + this.#fixed.bytes, arrangement: this.#panels };
    const row = { at: panels.at + this.#panels.bytes, arrangement: this.#row };
    return {
      panels: writeList(plan, at, network, [fixed, panels], eight(plan), { noise }),
      row: writeList(plan, rowAt, network, [fixed, row], alone, { noise }),
    };
  }
}

/** The tensors of a forward pass, each in use from the operation that writes it to the one that reads it last. */
function passing({ input, output, operations }: Plan, { bytes }: Samples): Arrangement {
  const arrangement = new Arrangement();
  const tensor = ({ storage }: Tensor, time: number) =>
    arrangement.want(storage, bytes(storage), [time, time]);
  operations.forEach(({ operands }, i) => {
    for (const operand of Object.values(operands)) if (operand instanceof Tensor) tensor(operand, i);
  });
  tensor(input, -1);
  tensor(output, operations.length);
  return arrangement.settle();
}

function writeList(
  plan: Plan,
  list: number,
  network: number,
  places: readonly { at: number; arrangement: Arrangement }[],
  samples: Samples,
  given: Partial<Record<Given, number>>,
): Placed {
  const placeOf = (thing: object): number => {
    for (const { at, arrangement } of places) {
      const offset = arrangement.offsetOf(thing);
      if (offset !== undefined) return at + offset;
    }
    return 0;
  };
  const addressOf = (operand: Operand): number => {
    if (typeof operand === 'number') return operand;
    if (typeof operand === 'string') return given[operand] ?? 0;
    if (operand instanceof Tensor)
      return placeOf(operand.storage) + operand.first * samples.lane(operand.form);
    if (operand instanceof Gradient || operand instanceof Room) return placeOf(operand);
    if (operand instanceof Fixable) return placeOf(operand.room) || addressOf(operand.parameter);
    return plan.address(network, operand);
  };
  const strideOf = (operand: Operand) =>
    operand instanceof Tensor
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
