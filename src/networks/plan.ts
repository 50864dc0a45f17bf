import type { Core } from '../core/instantiate.js';
import type { Key } from '../core/random.js';

/** A trained array of a network. Parameters follow one another in memory in the order they were made. */
export interface Parameter {
  readonly name: string;
  readonly shape: readonly number[];
  /** Its axes in memory, from the slowest to the fastest. Outside of memory arrays are row-major. */
  readonly axes: readonly number[];
  /** Index of its first number among the numbers of all parameters. */
  readonly first: number;
  /** Initial values, row-major, for a network made from `key`. */
  initial(core: Core, key: Key): Float32Array;
}

/**
 * Memory of a network that is not trained: constants such as random frequencies, or what the pass PACK derives from the
 * parameters.
 */
export class NetworkBuffer {
  /**
   * @param at bytes from the first buffer of its kind
   * @param isForTraining whether only training reads it
   */
  constructor(
    readonly at: number,
    readonly bytes: number,
    readonly isForTraining: boolean,
  ) {}
}

/** Where a network stands in memory: its parameters and buffers, and the buffers that only training reads, 0 before there is any. */
export interface NetworkPlace {
  readonly pointer: number;
  readonly trainingPointer: number;
}

/** Memory order of a block's values: panels [number][8 samples], or rows [sample][number], which layers of pictures use. */
export type Form = 'panels' | 'rows';

/** What an operation computes for each sample of a block: `size` numbers a sample. */
export class Activation {
  /** The loss's gradient with respect to these values, in training. */
  readonly gradient: Gradient;
  /** Whether an operation reads it. One operation may; {@link fork} makes two of one. */
  isRead = false;
  /** Whether it depends on parameters, so that the backward pass needs the gradient with respect to it. */
  isTrained = false;
  /** Whether it is one of two that {@link fork} made. */
  isForked = false;
  /** Whether an operation wrote a slice of it that depends on parameters. */
  hasTrainedSlices = false;
  /** Of a whole activation: whether it depends on the input. What depends on the noise alone is computed once for a noise. */
  #isFromInput = false;

  /** @param whole the activation that this one is a slice of, from its number `first` on; none for a whole one */
  constructor(
    readonly size: number,
    readonly form: Form = 'panels',
    readonly whole?: Activation,
    readonly first = 0,
  ) {
    this.gradient = new Gradient(size, form);
  }

  /**
   * `size` numbers from number `first` on, in the same memory: operations join outputs by writing to slices of one
   * activation, where no gradient is needed.
   */
  slice(first: number, size: number): Activation {
    return new Activation(size, this.form, this.storage, this.first + first);
  }

  get isFromInput(): boolean {
    return this.storage.#isFromInput;
  }

  set isFromInput(isFromInput: boolean) {
    this.storage.#isFromInput = isFromInput;
  }

  /** The activation that memory is allocated for. */
  get storage(): Activation {
    return this.whole ?? this;
  }
}

/** The loss's gradient with respect to an activation. */
export class Gradient {
  constructor(
    readonly size: number,
    readonly form: Form,
  ) {}
}

/**
 * Memory that only one operation uses. `use` says when:
 * `kept` from the forward pass over a block to the backward pass over it; `scratch` during the backward pass;
 * `working` during each pass over samples, shared by all operations; `accumulated` from START to FINISH, over all blocks;
 * `fixed` for what PACK_ROW and FIX compute for sampling.
 */
export class Workspace {
  /** @param bytes size for a block of so many panels */
  constructor(
    readonly use: 'kept' | 'scratch' | 'working' | 'accumulated' | 'fixed',
    readonly bytes: (panels: number) => number,
  ) {}
}

/** A parameter with another array of its shape, `folded`, which FIX computes and which replaces it at a fixed noise. */
export class FoldableParameter {
  constructor(
    readonly parameter: Parameter,
    readonly folded: Workspace,
  ) {}
}

/**
 * Arrays whose addresses come from whoever places the plan: each sample's level or label, u32, and the fixed noise in sampling.
 */
export type External = 'levels' | 'labels' | 'noise';

/** What a field of an operation's record holds: a number, or the address of anything else; 0 where it is left out. */
export type Operand =
  | number
  | Parameter
  | NetworkBuffer
  | Activation
  | Gradient
  | Workspace
  | FoldableParameter
  | External;

/** One step of a plan. A field NAME_STRIDE is filled in with the stride of the activation or gradient in the field NAME. */
export interface Operation<Field extends string = string> {
  readonly code: number;
  /** Where in the record each field stands: an enum of `src/abi/plan.ts`. */
  readonly fields: Readonly<Record<Field, number>>;
  readonly operands: Partial<Record<NoInfer<Field>, Operand>>;
  /** Activations that the forward pass reads, writes, and changes in place. */
  readonly reads?: readonly Activation[];
  readonly writes?: readonly Activation[];
  readonly changes?: readonly Activation[];
  /** The form of all of them; absent for an operation that turns one form into the other. */
  readonly form?: Form;
  /** Fields of the activations that the backward pass reads: they are kept for it. */
  readonly backwardReads?: readonly NoInfer<Field>[];
  /** Whether it is carried out at each step of a sampler, even where all it reads depends on the noise alone. */
  isEachStep?: boolean;
  /**
   * How tangents go through it: they stay as they are; as further samples do; by its kernels of the passes DUAL_.... Left out where
   * they cannot, unless it depends on the noise alone, which has none.
   */
  readonly tangents?: 'stay' | 'as samples' | 'own';
  /** Multiplications, each with an addition, that the forward pass makes for one sample. */
  readonly multiplyAdds?: number;
  /** Work of a leaf of a batch beside that for its samples and its parameters' gradients, in multiply-adds of that pass. */
  readonly leafMultiplyAdds?: number;
}

/** For each parameter, the time that its gradient takes to be zeroed, written and added to another leaf's, in multiply-adds. */
const GRADIENT_MULTIPLY_ADDS = 60;

/** What a network computes: a flat list of operations over activations, made once, by functions that each add a layer. */
export class Plan {
  readonly parameters: Parameter[] = [];
  readonly operations: Operation[] = [];
  /** Numbers in all parameters. */
  count = 0;
  readonly output: Activation;
  /** What describes the noise of a sample, if the network reads such an input: [noise.size]. */
  readonly noise?: Activation;
  /** The scalar whose gradient with respect to the input the output is, if it is one: a second output of sampling, [1]. */
  energy?: Activation;
  #bufferBytes = 0;
  /** Bytes of the buffers that only training reads. */
  trainingBytes = 0;
  readonly #written: Activation[] = [];

  /**
   * @param input one sample's input, [input.size]
   * @param layers adds the layers and returns the output
   * @param noise a second input, which says what noise a sample has
   */
  constructor(
    readonly core: Core,
    readonly input: Activation,
    layers: (plan: Plan) => Activation,
    noise?: Activation,
  ) {
    this.noise = noise;
    input.isFromInput = true;
    this.output = layers(this);
    if (this.output.isRead)
      throw new Error('plan: the output must be read by no operation, got one that does');
    const unread = this.#written.filter(
      (activation) =>
        !activation.isRead &&
        (activation.isForked || !activation.storage.isRead) &&
        activation !== this.output &&
        activation !== this.energy,
    );
    if (unread.length > 0) {
      throw new Error(
        `plan: an activation must be read or be the output, got ${unread.length} that are neither`,
      );
    }
  }

  /** Adds a trained array. @param axes see {@link Parameter}; default: row-major */
  parameter(
    name: string,
    shape: readonly number[],
    initial: Parameter['initial'],
    axes: readonly number[] = shape.map((_, axis) => axis),
  ): Parameter {
    const parameter = { name, shape, axes, first: this.count, initial };
    this.count += sizeOf(shape);
    this.parameters.push(parameter);
    return parameter;
  }

  /** Adds a buffer of so many bytes, 64-byte aligned. */
  buffer(bytes: number): NetworkBuffer {
    const buffer = new NetworkBuffer(this.#bufferBytes, bytes, false);
    this.#bufferBytes += aligned(bytes);
    return buffer;
  }

  /** The same for one that only training reads: its address is 0 until a network is trained. */
  trainingBuffer(bytes: number): NetworkBuffer {
    const buffer = new NetworkBuffer(this.trainingBytes, bytes, true);
    this.trainingBytes += aligned(bytes);
    return buffer;
  }

  /**
   * Adds an operation behind those there are.
   *
   * @throws Error if it would train on memory that nobody writes: see {@link checkRead} and {@link checkChange}.
   */
  operation<Field extends string>(operation: Operation<Field>): void {
    const { reads = [], writes = [], changes = [], form } = operation;
    const operands = Object.values<Operand | undefined>(operation.operands);
    for (const activation of [...reads, ...writes, ...changes]) {
      if (form && activation.form !== form)
        throw new Error(
          `plan: the operation works on ${form}, got ${activation.form}; turn them at a border`,
        );
    }
    for (const activation of reads) {
      checkRead(activation, operands);
      activation.isRead = true;
    }
    for (const activation of changes) checkChange(activation);
    const isFromInput =
      operation.isEachStep || [...reads, ...changes].some((activation) => activation.isFromInput);
    const isTrained =
      [...reads, ...changes].some((activation) => activation.isTrained) ||
      operands.some((operand) => isParameter(operand));
    for (const activation of [...writes, ...changes]) {
      activation.isTrained = isTrained;
      if (isFromInput) activation.isFromInput = true;
      if (isTrained && activation.whole && !activation.isForked) activation.whole.hasTrainedSlices = true;
    }
    this.#written.push(...writes);
    this.operations.push(operation as Operation);
  }

  /** Multiply-adds of one sample's forward pass. */
  get multiplyAdds(): number {
    return this.operations.reduce((sum, { multiplyAdds = 0 }) => sum + multiplyAdds, 0);
  }

  /** Work that each leaf of a batch takes, however few its samples are, in multiply-adds of a forward pass. */
  get leafMultiplyAdds(): number {
    const own = this.operations.reduce((sum, { leafMultiplyAdds = 0 }) => sum + leafMultiplyAdds, 0);
    return own + GRADIENT_MULTIPLY_ADDS * this.count;
  }

  /** Bytes of a network's memory: its parameters, then the buffers that not only training reads. */
  get bytes(): number {
    return this.#buffersAt + this.#bufferBytes;
  }

  /** Address of a parameter or a buffer of a network; 0 of a buffer for training that it does not have. */
  address({ pointer, trainingPointer }: NetworkPlace, of: Parameter | NetworkBuffer): number {
    if (!(of instanceof NetworkBuffer)) return pointer + 4 * of.first;
    if (of.isForTraining) return trainingPointer && trainingPointer + of.at;
    return pointer + this.#buffersAt + of.at;
  }

  // Kernels read and write parameters by pairs of vectors, beyond the last one too.
  get #buffersAt(): number {
    return aligned(4 * this.count + 32);
  }
}

function isParameter(operand: Operand | undefined): boolean {
  return operand instanceof FoldableParameter || (typeof operand === 'object' && 'initial' in operand);
}

/**
 * An activation is read once, and a gradient reaches whoever wrote it: the operation that reads it writes its gradient, which
 * is that of the whole activation, since slices do not share gradients.
 */
function checkRead(activation: Activation, operands: readonly (Operand | undefined)[]): void {
  if (activation.isRead)
    throw new Error('plan: an activation must be read by one operation; fork it for more, got a second');
  const isSlice = activation.whole !== undefined && !activation.isForked;
  if (activation.hasTrainedSlices || (isSlice && activation.storage.isTrained)) {
    throw new Error('plan: slices of trained activations carry no gradient; got one that is read');
  }
  if (activation.isTrained && !operands.includes(activation.gradient)) {
    throw new Error('plan: the operation passes no gradient on, got a trained activation to read');
  }
}

/** What is changed in place is whole, and nobody else reads it. */
function checkChange(activation: Activation): void {
  if (activation.isRead || activation.isForked)
    throw new Error(
      'plan: an activation must not be changed in place once it is read or forked, got one that is',
    );
  if (activation.isTrained && activation.whole)
    throw new Error('plan: a slice must not be changed in place, got one of a trained activation');
}

/** Numbers in an array of this shape. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, n) => product * n, 1);
}

function aligned(bytes: number): number {
  return Math.ceil(bytes / 64) * 64;
}
