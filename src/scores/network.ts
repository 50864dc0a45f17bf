import { integer, scale, show } from '../check.js';
import type { Core } from '../core/instantiate.js';
import { LevelScore } from './level.js';
import type { Score } from './types.js';

/** Sizes and scales of a network; everything needed to build it again but its weights. */
export interface NetworkConfig {
  /** Coordinates of a point. */
  dim: number;
  /** Cosine features, and as many sine features. */
  features: number;
  /** Standard deviation of the features' frequencies, in turns per unit. */
  featureScale: number;
  /** Units of a hidden layer. */
  width: number;
  /** Hidden layers. */
  depth: number;
  /** Noise levels, geometrically spaced from sigmaMin to sigmaMax. */
  levels: number;
  sigmaMin: number;
  sigmaMax: number;
  /** What the last layer gives: the score itself (the article's), or the score times sigma, of unit scale at every level. */
  output: 'score' | 'noise';
}

/** The article's network. */
export const defaultNetwork: NetworkConfig = {
  dim: 2,
  features: 256,
  featureScale: 1,
  width: 128,
  depth: 3,
  levels: 30,
  sigmaMin: 1e-4,
  sigmaMax: 1,
  output: 'score',
};

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

/** More than these are a mistake, and would take long to refuse by their memory. */
const MAX_DEPTH = 1000;
const MAX_LEVELS = 100_000;
/** wasm32 holds 4 GiB, and a network takes its parameters three times: as they are, and packed both ways. */
const MAX_PARAMETERS = 2 ** 32 / 4 / 3;

function checkConfig(config: NetworkConfig): void {
  for (const name of ['dim', 'features', 'width', 'levels'] as const) integer('network', name, config[name]);
  integer('network', 'depth', config.depth, 0);
  if (config.depth > MAX_DEPTH || config.levels > MAX_LEVELS) {
    throw new RangeError(
      `network: depth must be at most ${MAX_DEPTH} and levels at most ${MAX_LEVELS}, got ${config.depth} and ${config.levels}`,
    );
  }
  for (const name of ['featureScale', 'sigmaMin', 'sigmaMax'] as const) scale('network', name, config[name]);
  if (config.levels > 1 && config.sigmaMin >= config.sigmaMax) {
    throw new RangeError(
      `network: sigmaMin must be below sigmaMax, got ${config.sigmaMin} and ${config.sigmaMax}`,
    );
  }
  if (config.output !== 'score' && config.output !== 'noise') {
    throw new TypeError(`network: output must be 'score' or 'noise', got ${show(config.output)}`);
  }
  const { dim, features, width, depth, levels } = config;
  const last = depth === 0 ? 2 * features + dim : width;
  const hidden = depth === 0 ? 0 : (2 * features + dim + 1) * width + (depth - 1) * (width + 1) * width;
  const count = 2 * levels + hidden + (last + 1) * dim + 2 * features * dim;
  if (count > MAX_PARAMETERS) {
    throw new RangeError(
      `network: ${count} parameters are more than WebAssembly's 4 GiB hold; lower features, width or depth`,
    );
  }
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
    const { dim, features, width, depth, levels } = config;
    const { wasm, memory } = core;
    this.pointer = memory.take(wasm.networkLayout(0, dim, features, width, depth, levels));
    wasm.networkLayout(this.pointer, dim, features, width, depth, levels);
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

  /** The score at a noise level: x [n, dim] are points in data coordinates. Follows the network while it trains. */
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
