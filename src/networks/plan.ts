import type { Core } from '../core/instantiate.js';
import type { Key } from '../core/random.js';

/** A trained array of a network, row-major; parameters stand one behind another in the order in which they were made. */
export interface Parameter {
  readonly name: string;
  readonly shape: readonly number[];
  /** The place of its first number among those of all parameters. */
  readonly first: number;
  /** Its numbers in a new network of this key. */
  initial(core: Core, key: Key): Float32Array;
}

/** Memory of a network beside its parameters: frozen numbers, or what the pass PACK derives from the parameters. */
export class Frozen {
  /** @param at bytes behind the parameters */
  constructor(
    readonly at: number,
    readonly bytes: number,
  ) {}
}

/** How values of a block stand: panels, [number][8 samples], or rows, [sample][number], which layers of pictures want. */
export type Form = 'panels' | 'rows';

/** Values of a block of samples: `size` numbers a sample. */
export class Tensor {
  /** The loss's gradient at these values, in training. */
  readonly gradient: Gradient;
  /** Whether an operation has read it: each tensor is read by one; see {@link fork} for more. */
  isRead = false;

  /** @param whole the tensor whose numbers from `first` on these are; itself when left out */
  constructor(
    readonly size: number,
    readonly form: Form = 'panels',
    readonly whole?: Tensor,
    readonly first = 0,
  ) {
    this.gradient = new Gradient(size, form);
  }

  /** `size` of this tensor's numbers, from the number `first` on, as a tensor: operations join by writing into parts of one. */
  part(first: number, size: number): Tensor {
    return new Tensor(size, this.form, this.storage, this.first + first);
  }

  /** The tensor whose memory has the numbers. */
  get storage(): Tensor {
    return this.whole ?? this;
  }
}

/** The gradient at a tensor. */
export class Gradient {
  constructor(
    readonly size: number,
    readonly form: Form,
  ) {}
}

/**
 * Memory that one operation needs for itself. `kept`: what the backward pass needs of the forward pass; `scratch`: during
 * the backward pass; `gathered`: from START to FINISH; `fixed`: what PACK_ROW and FIX compute, for sampling.
 */
export class Room {
  /** @param bytes for a block of so many panels */
  constructor(
    readonly use: 'kept' | 'scratch' | 'gathered' | 'fixed',
    readonly bytes: (panels: number) => number,
  ) {}
}

/** A parameter in training; at a fixed noise, what FIX computed in its stead. */
export class Fixable {
  constructor(
    readonly parameter: Parameter,
    readonly room: Room,
  ) {}
}

/** What the owner of the memory gives the address of: each sample's level in training, the fixed noise in sampling. */
export type Given = 'levels' | 'noise';

/** What a field of an operation's record holds: a number as it is; of everything else the address; absent, 0. */
export type Operand = number | Parameter | Frozen | Tensor | Gradient | Room | Fixable | Given;

/** One step of a plan. A field NAME_STRIDE is filled from the tensor or gradient of the field NAME. */
export interface Operation<Field extends string = string> {
  readonly code: number;
  /** Where in the record each field stands: an enum of `src/abi/plan.ts`. */
  readonly fields: Readonly<Record<Field, number>>;
  readonly operands: Partial<Record<NoInfer<Field>, Operand>>;
  /** Fields of tensors that it reads; one that it changes in place is not among them. */
  readonly reads?: readonly NoInfer<Field>[];
  /** Fields of tensors whose values the backward pass needs. */
  readonly needs?: readonly NoInfer<Field>[];
  /** Multiplications, each with an addition, that the forward pass makes for one sample. */
  readonly multiplyAdds?: number;
}

/** What a network computes: a flat list of operations over tensors, made once, by functions that each add a layer. */
export class Plan {
  readonly parameters: Parameter[] = [];
  readonly operations: Operation[] = [];
  /** Parameters in all. */
  count = 0;
  #frozenBytes = 0;

  /**
   * @param input of a sample, [input.size]
   * @param layers adds the layers and gives the output
   */
  readonly output: Tensor;
  constructor(
    readonly core: Core,
    readonly input: Tensor,
    layers: (plan: Plan) => Tensor,
  ) {
    this.output = layers(this);
  }

  parameter(name: string, shape: readonly number[], initial: Parameter['initial']): Parameter {
    const parameter = { name, shape, first: this.count, initial };
    this.count += sizeOf(shape);
    this.parameters.push(parameter);
    return parameter;
  }

  frozen(bytes: number): Frozen {
    const frozen = new Frozen(this.#frozenBytes, bytes);
    this.#frozenBytes += aligned(bytes);
    return frozen;
  }

  /** Adds a step. @throws Error if it reads a tensor that another reads */
  operation<Field extends string>(operation: Operation<Field>): void {
    for (const field of operation.reads ?? []) {
      const tensor = operation.operands[field] as Tensor;
      if (tensor.isRead)
        throw new Error('plan: a tensor must be read by one operation; fork it for more, got a second');
      tensor.isRead = true;
    }
    this.operations.push(operation as Operation);
  }

  /** Multiply-adds of one sample's forward pass. */
  get multiplyAdds(): number {
    return this.operations.reduce((sum, { multiplyAdds = 0 }) => sum + multiplyAdds, 0);
  }

  /** Bytes of the parameters and of what is frozen, which stands behind them. */
  get bytes(): number {
    return this.#frozenAt + this.#frozenBytes;
  }

  /** Where a parameter, or something frozen, stands in a network's memory at `network`. */
  address(network: number, of: Parameter | Frozen): number {
    return of instanceof Frozen ? network + this.#frozenAt + of.at : network + 4 * of.first;
  }

  // Parameters are read and updated by whole vectors.
  get #frozenAt(): number {
    return aligned(4 * this.count + 16);
  }
}

/** Numbers in an array of this shape. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, n) => product * n, 1);
}

function aligned(bytes: number): number {
  return Math.ceil(bytes / 64) * 64;
}
