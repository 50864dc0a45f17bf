import { integer } from '../core/check.js';
import type { Core } from '../core/instantiate.js';
import type { Score } from '../core/score.js';
import { noiseGains } from './gains.js';
import { LevelScore } from './level.js';
import { checkConfig, defaultNetwork, type NetworkConfig } from './networkConfig.js';

export { defaultNetwork, type NetworkConfig };

/** A named array with its shape, row-major. */
export interface Tensor {
  shape: number[];
  data: Float32Array;
}

/**
 * n values from `first` to `last` in constant ratio, as float32. The steps are jnp.geomspace's own (logarithms to base
 * ten, spaced in float32, raised again), so that the article's levels come out with JAX's bits. The ends pass through
 * their logarithms too, and come back within 2e-6.
 */
export function geomspace(first: number, last: number, n: number): Float32Array {
  const { fround } = Math;
  const perDecade = fround(1 / fround(Math.LN10));
  const log10 = (x: number) => fround(fround(Math.log(fround(x))) * perDecade);
  const [low, high, step] = [log10(first), log10(last), fround(1 / (n - 1))];
  return Float32Array.from({ length: n }, (_, i) => {
    if (i === 0) return 10 ** low;
    if (i === n - 1) return 10 ** high;
    // XLA fuses a product and a sum: one rounding each.
    return 10 ** fround(fround(low * fround(1 - i * step)) + high * fround(i * step));
  });
}

/** Shapes of the trained tensors in the order of the flat parameter vector, named as in the article's Equinox model. */
export function parameterShapes({
  dim,
  features,
  width,
  depth,
  levels,
}: NetworkConfig): [string, number[]][] {
  const shapes: [string, number[]][] = [
    ['rf_layer.alpha', [levels]],
    ['rf_layer.beta', [levels]],
  ];
  for (let i = 0; i <= depth; i++) {
    const inputs = i === 0 ? 2 * features + dim : width;
    const outputs = i === depth ? dim : width;
    shapes.push([`mlp.layers.${i}.weight`, [outputs, inputs]], [`mlp.layers.${i}.bias`, [outputs]]);
  }
  return shapes;
}

const size = (shape: readonly number[]) => shape.reduce((product, n) => product * n, 1);

/** The noise-conditional score network: frozen random features, alpha and beta a level, a softplus MLP. */
export class Network {
  readonly core: Core;
  readonly config: Readonly<NetworkConfig>;
  /** [levels], ascending. */
  readonly sigmas: Float32Array;
  /** Trained parameters. */
  readonly count: number;
  /** The descriptor, for the wasm ABI. */
  readonly pointer: number;
  /** Grows whenever the parameters change, so that scores folded from them know. */
  version = 0;
  #disposed = false;

  constructor(core: Core, config: NetworkConfig) {
    checkConfig(config);
    this.core = core;
    this.config = { ...config };
    this.sigmas = geomspace(config.sigmaMin, config.sigmaMax, config.levels);
    const { levels } = config;
    const { wasm, memory } = core;
    this.pointer = memory.take(this.#layout(0));
    this.#layout(this.pointer);
    this.count = wasm.networkCount(this.pointer);
    memory.f32(wasm.networkSigmas(this.pointer), levels).set(this.sigmas);
    const scales = this.sigmas.map((sigma) => (config.output === 'noise' ? 1 / sigma : 1));
    memory.f32(wasm.networkScales(this.pointer), levels).set(scales);
  }

  /** All tensors by name, frozen frequencies too: copies. */
  tensors(): Record<string, Tensor> {
    const { dim, features } = this.config;
    const { wasm, memory } = this.core;
    const turns = memory.f32(wasm.networkTurns(this.pointer), 2 * features * dim);
    const rows = (first: number) =>
      Float32Array.from(
        { length: features * dim },
        (_, i) => turns[(i % dim) * 2 * features + first + Math.floor(i / dim)],
      );
    const tensors: Record<string, Tensor> = {
      'rf_layer.B_cos': { shape: [features, dim], data: rows(0) },
      'rf_layer.B_sin': { shape: [features, dim], data: rows(features) },
    };
    return Object.assign(tensors, this.named(this.parameters()));
  }

  /** Cuts a flat vector laid out as the parameters, [count], into named tensors: copies. */
  named(flat: Float32Array): Record<string, Tensor> {
    let at = 0;
    return Object.fromEntries(
      parameterShapes(this.config).map(([name, shape]) => {
        const data = flat.slice(at, at + size(shape));
        at += size(shape);
        return [name, { shape, data }];
      }),
    );
  }

  /** Joins named tensors into a flat vector laid out as the parameters. @throws RangeError on a missing or misshapen one. */
  flat(tensors: Record<string, Tensor>): Float32Array {
    const flat = new Float32Array(this.count);
    let at = 0;
    for (const [name, shape] of parameterShapes(this.config)) {
      flat.set(tensorOf(tensors, name, shape), at);
      at += size(shape);
    }
    return flat;
  }

  /**
   * Sets all tensors, as {@link tensors} gives them.
   * @throws RangeError if one is missing, has another shape, or holds a number that is not finite.
   */
  setTensors(tensors: Record<string, Tensor>): void {
    const { dim, features } = this.config;
    const flat = this.flat(tensors);
    const cos = tensorOf(tensors, 'rf_layer.B_cos', [features, dim]);
    const sin = tensorOf(tensors, 'rf_layer.B_sin', [features, dim]);
    const { wasm, memory } = this.core;
    const turns = memory.f32(wasm.networkTurns(this.pointer), 2 * features * dim);
    for (let f = 0; f < features; f++) {
      for (let d = 0; d < dim; d++) {
        turns[d * 2 * features + f] = cos[f * dim + d];
        turns[d * 2 * features + features + f] = sin[f * dim + d];
      }
    }
    const gains = wasm.networkGains(this.pointer);
    if (gains !== 0) {
      const values = noiseGains(turns, features, this.sigmas);
      memory.f32(gains, values.length).set(values);
    }
    this.setParameters(flat);
  }

  /** The trained parameters as one flat vector, [count]: a copy. */
  parameters(): Float32Array {
    const { wasm, memory } = this.core;
    return memory.f32(wasm.networkTheta(this.pointer), this.count).slice();
  }

  /** Sets the trained parameters from {@link parameters}. */
  setParameters(theta: Float32Array): void {
    const { wasm, memory } = this.core;
    memory.f32(wasm.networkTheta(this.pointer), this.count).set(theta);
    this.changed();
  }

  /** Packs the weights anew: call after writing the parameters in memory. */
  changed(): void {
    this.core.wasm.networkPack(this.pointer);
    this.version++;
  }

  /** A network of its own with the same tensors, whatever becomes of this one. */
  copy(): Network {
    const copy = new Network(this.core, this.config);
    const { memory } = this.core;
    memory.copy(memory.span(this.pointer), copy.pointer);
    // The header holds addresses.
    copy.#layout(copy.pointer);
    return copy;
  }

  /** Writes the header at an address and returns the bytes of the network; at 0 only returns them. */
  #layout(at: number): number {
    const { dim, features, width, depth, levels, encoding } = this.config;
    const hasGains = encoding === 'averaged';
    return this.core.wasm.networkLayout(at, dim, features, width, depth, levels, hasGains);
  }

  /**
   * The score at a noise level: x [n, dim] are points in data coordinates. It follows the network while that trains; a
   * sampler's run over it takes the network as it is at the start of the run, in every thread.
   */
  at(level: number): Score {
    integer('network.at', 'level', level, 0, this.config.levels - 1);
    return new LevelScore(this, level);
  }

  dispose(): void {
    // A second time, the memory may be another's.
    if (!this.#disposed) this.core.memory.give(this.pointer);
    this.#disposed = true;
  }

  [Symbol.dispose](): void {
    this.dispose();
  }
}

function tensorOf(tensors: Record<string, Tensor>, name: string, shape: number[]): Float32Array {
  const tensor = tensors[name];
  if (!tensor)
    throw new RangeError(`network: tensor ${name} is missing; are these weights of another kind of network?`);
  if (tensor.shape.join() !== shape.join() || tensor.data.length !== size(shape)) {
    throw new RangeError(`network: tensor ${name} must have shape [${shape}], got [${tensor.shape}]`);
  }
  const bad = tensor.data.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0)
    throw new RangeError(`network: tensor ${name} must be finite, got ${tensor.data[bad]} at index ${bad}`);
  return tensor.data;
}
