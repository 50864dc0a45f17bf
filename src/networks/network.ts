import { integer } from '../core/check.js';
import { exp, log } from '../core/elementary.js';
import type { Core } from '../core/instantiate.js';
import { checkKey, type Key, key as keyOf } from '../core/random.js';
import type { Score } from '../core/score.js';
import { type ArticlePlan, articlePlan, initialFrequencies } from './article.js';
import { featureGains } from './gains.js';
import { checkConfig, checkSize, defaultNetwork, type NetworkConfig } from './networkConfig.js';
import { NetworkScore } from './networkScore.js';
import { PlannedNetwork, type Tensor, tensorOf } from './planned.js';

export { defaultNetwork, type NetworkConfig, type Tensor };

/**
 * n values from `first` to `last` in constant ratio, [n] in float32. They are computed as jnp.geomspace computes them, 10 to
 * evenly spaced float32 logarithms, so that the article's levels have JAX's bits. The first and the last value are rounded
 * in the same way: relative error < 2e-6.
 *
 * @param first the first number, above 0
 * @param last the last number, above 0
 * @param n how many, both ends among them
 */
export function geomspace(first: number, last: number, n: number): Float32Array {
  const { fround } = Math;
  const perDecade = fround(1 / fround(Math.LN10));
  const log10 = (x: number) => fround(fround(log(fround(x))) * perDecade);
  const power = (v: number) => exp(v * Math.LN10);
  const [low, high, step] = [log10(first), log10(last), fround(1 / (n - 1))];
  return Float32Array.from({ length: n }, (_, i) => {
    if (i === 0) return power(low);
    if (i === n - 1) return power(high);
    // XLA fuses a product and a sum: one rounding each.
    return power(fround(fround(low * fround(1 - i * step)) + high * fround(i * step)));
  });
}

/**
 * The article's noise-conditional score network: random Fourier features that are not trained, a scale alpha and a shift beta
 * for each level, and an MLP with softplus.
 */
export class Network extends PlannedNetwork {
  /** The sizes and scales it was made with. */
  readonly config: Readonly<NetworkConfig>;
  /** [levels], ascending. */
  readonly sigmas: Float32Array;
  /** At each level, the factor that turns the output into a score: [levels]. */
  readonly scales: Float32Array;
  readonly #buffers: ArticlePlan['buffers'];

  constructor(core: Core, config: NetworkConfig) {
    checkConfig(config);
    const { plan, buffers } = articlePlan(core, config);
    checkSize(plan.count + 2 * config.features * config.dim);
    super(plan);
    this.config = { ...config };
    this.sigmas = geomspace(config.sigmaMin, config.sigmaMax, config.levels);
    this.scales = this.sigmas.map((sigma) => (config.output === 'noise' ? 1 / sigma : 1));
    this.#buffers = buffers;
  }

  /** All tensors by name, copies: the parameters and the frequencies, which are not trained. */
  override tensors(): Record<string, Tensor> {
    const { dim, features } = this.config;
    const frequencies = this.buffer(this.#buffers.frequencies);
    const rows = (first: number) =>
      Float32Array.from(
        { length: features * dim },
        (_, i) => frequencies[(i % dim) * 2 * features + first + Math.floor(i / dim)],
      );
    const tensors: Record<string, Tensor> = {
      'rf_layer.B_cos': { shape: [features, dim], data: rows(0) },
      'rf_layer.B_sin': { shape: [features, dim], data: rows(features) },
    };
    return Object.assign(tensors, super.tensors());
  }

  /**
   * Sets all tensors, as {@link tensors} gives them.
   * @throws RangeError if one is missing, has another shape, or holds a number that is not finite.
   */
  override setTensors(tensors: Record<string, Tensor>): void {
    const shape = [this.config.features, this.config.dim];
    const flat = this.flat(tensors);
    const cos = tensorOf(tensors, 'rf_layer.B_cos', shape);
    const sin = tensorOf(tensors, 'rf_layer.B_sin', shape);
    this.setFrequencies(cos, sin);
    this.setParameters(flat);
  }

  /** Sets the frequencies of the cosines and of the sines, [features, dim] each, in turns per unit, and their gains. */
  setFrequencies(cos: Float32Array, sin: Float32Array): void {
    const { dim, features } = this.config;
    const { frequencies: frequenciesBuffer, gains } = this.#buffers;
    const frequencies = this.buffer(frequenciesBuffer).subarray(0, 2 * features * dim);
    for (let f = 0; f < features; f++) {
      for (let d = 0; d < dim; d++) {
        frequencies[d * 2 * features + f] = cos[f * dim + d];
        frequencies[d * 2 * features + features + f] = sin[f * dim + d];
      }
    }
    this.version++;
    if (gains) this.buffer(gains).set(featureGains(frequencies, features, this.sigmas));
  }

  /**
   * The score at a noise level, of points x [n, dim] in data coordinates. It changes with the network while that trains; a
   * sampler uses the network as it was when the sampler's run began, in every thread.
   *
   * @throws RangeError if the network has no such level
   */
  at(level: number): Score {
    integer('network.at', 'level', level, 0, this.config.levels - 1);
    return new NetworkScore(this, { level, fraction: 0, scale: this.scales[level] });
  }
}

/**
 * A new network, initialised as the article's: frequencies standard normal times their scale, alpha 1, beta 0, weights and
 * biases uniform on +-1 / sqrt(inputs) (Equinox's). `key` (default key(0)) draws the frequencies and the MLP, as there.
 *
 * @param config sizes and scales; the article's where left out
 * @param core the core that `loadCore` gave
 * @param options key of the initial values; default: key(0)
 * @throws RangeError if a size or scale is out of range, TypeError on an unknown encoding or output.
 * @example
 * ```js
 * import { key, loadCore, network } from 'scorefield';
 *
 * const net = network(await loadCore(), { features: 32, width: 16 }, { key: key(0) });
 * console.log(net.at(17).score(Float32Array.of(0.5, 0.5))); // the score at level 17, of one point
 * ```
 */
export function network(
  core: Core,
  config: Partial<NetworkConfig> = {},
  { key = keyOf(0) }: { key?: Key } = {},
): Network {
  checkKey('network', key);
  const full = { ...defaultNetwork, ...config };
  const net = new Network(core, full);
  try {
    net.setFrequencies(...initialFrequencies(core, full, key));
    net.setParameters(net.initial(key));
    return net;
  } catch (error) {
    net.dispose();
    throw error;
  }
}
