import { PACK } from '../abi/plan.js';
import { length } from '../core/check.js';
import type { Core } from '../core/instantiate.js';
import { makeCalls } from '../core/job.js';
import type { Key } from '../core/random.js';
import type { Span } from '../core/segments.js';
import { makePass, type PassCalls } from '../core/together.js';
import { toMemoryOrder, toRowMajor } from './parameterOrder.js';
import { listBytes, networkList } from './placement.js';
import { type NetworkBuffer, type NetworkPlace, type Plan, sizeOf } from './plan.js';

/** A named array with its shape, row-major. */
export interface Tensor {
  /** Lengths of the axes. */
  shape: number[];
  /** Row after row. */
  data: Float32Array;
}

/** A network of any plan, in memory: its parameters and what is derived from them. */
export class PlannedNetwork implements NetworkPlace {
  readonly core: Core;
  readonly plan: Plan;
  /** Numbers in all parameters. */
  readonly count: number;
  /** Address of its memory: parameters f32 [count], buffers, then an operation list for the pass PACK. */
  readonly pointer: number;
  /** Counts the changes of the parameters, so that scores know when to derive their memory anew. */
  version = 0;
  /** The calls that derive the buffers by the pass PACK. */
  readonly packing: PassCalls;
  readonly #list: number;
  #trainingPointer = 0;
  /** The training pointer that the list has. */
  #listed = -1;
  /** Runs that train it now. */
  #runs = 0;
  #disposed = false;

  constructor(plan: Plan) {
    this.core = plan.core;
    this.plan = plan;
    this.count = plan.count;
    this.pointer = this.core.memory.take(plan.bytes + listBytes(plan));
    this.#list = this.pointer + plan.bytes;
    this.packing = (part, parts) => {
      this.#writeList();
      return [['walk', this.#list, PACK, part, parts, false]];
    };
  }

  /** Address of the buffers that only training reads; 0 while nothing trains it. */
  get trainingPointer(): number {
    return this.#trainingPointer;
  }

  /** Makes the buffers that only training reads. To be called before a training list is written. */
  beginTraining(): void {
    this.check();
    if (this.#trainingPointer === 0 && this.plan.trainingBytes > 0) {
      this.#trainingPointer = this.core.memory.take(this.plan.trainingBytes);
      makeCalls(this.core.wasm, this.packing(0, 1));
    }
    this.#runs++;
  }

  /** Frees them, once for each call of {@link beginTraining} it was called. */
  endTraining(): void {
    if (--this.#runs > 0 || this.#disposed) return;
    this.core.memory.release(this.#trainingPointer);
    this.#trainingPointer = 0;
  }

  /** Writes the list anew where it is out of date. Other threads may walk it until the last training has ended. */
  #writeList(): void {
    if (this.#listed === this.#trainingPointer) return;
    networkList(this.plan, this.#list, this);
    this.#listed = this.#trainingPointer;
  }

  /** All of its memory. */
  spans(): Span[] {
    const { memory } = this.core;
    return [memory.span(this.pointer), memory.span(this.#trainingPointer)];
  }

  /** A view of a buffer, valid until memory is next allocated. */
  protected buffer(of: NetworkBuffer): Float32Array<ArrayBuffer> {
    return this.core.memory.f32(this.plan.address(this, of), of.bytes / 4);
  }

  /** Named tensors, copies, from a flat vector [count] in the order of the parameters. */
  named(flat: Float32Array): Record<string, Tensor> {
    return Object.fromEntries(
      this.plan.parameters.map((parameter) => {
        const { name, shape, first } = parameter;
        const values = flat.subarray(first, first + sizeOf(shape));
        return [name, { shape: [...shape], data: toRowMajor(parameter, values) }];
      }),
    );
  }

  /** The inverse of {@link named}: a flat vector [count]. @throws RangeError as {@link tensorOf} does. */
  flat(tensors: Record<string, Tensor>): Float32Array {
    const flat = new Float32Array(this.count);
    for (const parameter of this.plan.parameters) {
      const { name, shape, first } = parameter;
      flat.set(toMemoryOrder(parameter, tensorOf(tensors, name, shape)), first);
    }
    return flat;
  }

  /** Initial parameters drawn by `key`, [count]. */
  initial(key: Key): Float32Array {
    const flat = new Float32Array(this.count);
    for (const parameter of this.plan.parameters)
      flat.set(toMemoryOrder(parameter, parameter.initial(this.core, key)), parameter.first);
    return flat;
  }

  /** All tensors by name: copies. */
  tensors(): Record<string, Tensor> {
    return this.named(this.parameters());
  }

  /**
   * Sets all tensors, as {@link tensors} gives them.
   * @throws RangeError if one is missing, has another shape, or holds a number that is not finite.
   */
  setTensors(tensors: Record<string, Tensor>): void {
    this.setParameters(this.flat(tensors));
  }

  /** A copy with memory of its own; the caller disposes of it. */
  copy(): PlannedNetwork {
    this.check();
    const copy = new PlannedNetwork(this.plan);
    this.core.memory.copy({ at: this.pointer, bytes: this.plan.bytes }, copy.pointer);
    return copy;
  }

  /** @throws Error if the network was disposed of. */
  check(): void {
    if (this.#disposed) throw new Error('network: it was used after dispose(); make it anew');
  }

  /** The parameters as one flat vector, [count]: a copy. */
  parameters(): Float32Array {
    this.check();
    return this.core.memory.f32(this.pointer, this.count).slice();
  }

  /** Sets the parameters from a flat vector [count]. @throws RangeError if it has another length. */
  setParameters(parameters: Float32Array): void {
    this.check();
    length('network.setParameters', 'parameters', parameters, this.count);
    this.core.memory.f32(this.pointer, this.count).set(parameters);
    this.changed();
  }

  /** Derives the buffers anew. To be called after parameters were written in memory. */
  changed(): void {
    this.check();
    makeCalls(this.core.wasm, this.packing(0, 1));
    this.version++;
  }

  /** As {@link changed}, by {@link makePass}. */
  async changedTogether(): Promise<void> {
    this.check();
    await makePass(this.core, this.count, this.packing);
    this.version++;
  }

  dispose(): void {
    // After the first call, the address may belong to something else.
    if (!this.#disposed) for (const { at } of this.spans()) this.core.memory.release(at);
    this.#disposed = true;
  }

  [Symbol.dispose](): void {
    this.dispose();
  }
}

/**
 * The numbers of the tensor `name`.
 *
 * @throws RangeError if it is missing, has another shape, or holds a number that is not finite.
 */
export function tensorOf(
  tensors: Record<string, Tensor>,
  name: string,
  shape: readonly number[],
): Float32Array {
  const tensor = tensors[name];
  if (!tensor)
    throw new RangeError(`network: tensor ${name} is missing; are these weights of another kind of network?`);
  if (tensor.shape.join() !== shape.join() || tensor.data.length !== sizeOf(shape)) {
    throw new RangeError(`network: tensor ${name} must have shape [${shape}], got [${tensor.shape}]`);
  }
  const bad = tensor.data.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0)
    throw new RangeError(`network: tensor ${name} must be finite, got ${tensor.data[bad]} at index ${bad}`);
  return tensor.data;
}
