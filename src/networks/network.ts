import { integer } from '../core/check.js';
import type { Core } from '../core/instantiate.js';
import { checkKey, type Key, key as keyOf } from '../core/random.js';
import type { Score } from '../core/score.js';
import { type ArticlePlan, articlePlan, initialFrequencies } from './article.js';
import { noiseGains } from './gains.js';
import { checkConfig, checkSize, defaultNetwork, type NetworkConfig } from './networkConfig.js';
import { NetworkScore } from './networkScore.js';
import { PlannedNetwork, type Tensor, tensorOf } from './planned.js';

export { defaultNetwork, type NetworkConfig, type Tensor };

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

/** The noise-conditional score network: frozen random features, alpha and beta a level, a softplus MLP. */
export class Network extends PlannedNetwork {
  readonly config: Readonly<NetworkConfig>;
  /** [levels], ascending. */
  readonly sigmas: Float32Array;
  /** What outputs are multiplied by at each level to be scores, [levels]. */
  readonly scales: Float32Array;
  readonly #frequencies: ArticlePlan['frequencies'];

  constructor(core: Core, config: NetworkConfig) {
    checkConfig(config);
    const { plan, frequencies } = articlePlan(core, config);
    checkSize(plan.count + 2 * config.features * config.dim);
    super(plan);
    this.config = { ...config };
    this.sigmas = geomspace(config.sigmaMin, config.sigmaMax, config.levels);
    this.scales = this.sigmas.map((sigma) => (config.output === 'noise' ? 1 / sigma : 1));
    this.#frequencies = frequencies;
  }

  /** All tensors by name, frozen frequencies too: copies. */
  override tensors(): Record<string, Tensor> {
    const { dim, features } = this.config;
    const turns = this.frozen(this.#frequencies.turns);
    const rows = (first: number) =>
      Float32Array.from(
        { length: features * dim },
        (_, i) => turns[(i % dim) * 2 * features + first + Math.floor(i / dim)],
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

  /** Sets the frozen frequencies, [features, dim] of the cosines and of the sines, in turns per unit. */
  setFrequencies(cos: Float32Array, sin: Float32Array): void {
    const { dim, features } = this.config;
    const { turns: turnsAt, gains } = this.#frequencies;
    const turns = this.frozen(turnsAt).subarray(0, 2 * features * dim);
    for (let f = 0; f < features; f++) {
      for (let d = 0; d < dim; d++) {
        turns[d * 2 * features + f] = cos[f * dim + d];
        turns[d * 2 * features + features + f] = sin[f * dim + d];
      }
    }
    if (gains) this.frozen(gains).set(noiseGains(turns, features, this.sigmas));
  }

  /**
   * The score at a noise level: x [n, dim] are points in data coordinates. It follows the network while that trains; a
   * sampler's run over it takes the network as it is at the start of the run, in every thread.
   */
  at(level: number): Score {
    integer('network.at', 'level', level, 0, this.config.levels - 1);
    return new NetworkScore(this, { level, part: 0, scale: this.scales[level] });
  }
}

/**
 * A new network, initialised as the article's: frequencies standard normal times their scale, alpha 1, beta 0, and
 * Equinox's MLP, uniform within 1 / sqrt(inputs). `key` (default key(0)) serves both, as it does there.
 *
 * @throws RangeError if a size or scale is not positive.
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
