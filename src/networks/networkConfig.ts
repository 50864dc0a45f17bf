import { integer, scale, show } from '../core/check.js';

/** Sizes and scales of a network; everything needed to build it again but its weights. */
export interface NetworkConfig {
  /** Coordinates of a point. */
  dim: number;
  /** Cosine features, and as many sine features. */
  features: number;
  /** Standard deviation of the frequencies of the first cosine and the first sine, in turns per unit. */
  featureScale: number;
  /**
   * Standard deviation of the last frequency divided by that of the first; those between grow in constant ratio. 1 (the
   * article's): all the same.
   */
  featureSpread: number;
  /**
   * `plain` (the article's): the same features at every level. `averaged`: each feature is its mean over the level's noise
   * ({@link featureGains}), so that high frequencies count at low levels and vanish at high ones.
   */
  encoding: 'plain' | 'averaged';
  /** Units of a hidden layer. */
  width: number;
  /** Hidden layers. */
  depth: number;
  /**
   * Noise levels, geometrically spaced from sigmaMin to sigmaMax. A single level is at sigmaMin, which may be 0 there where the
   * output is the score: then the network has the score of the data, and is trained without targets.
   */
  levels: number;
  /** The smallest sigma, of level 0. */
  sigmaMin: number;
  /** The largest sigma, of the last level. */
  sigmaMax: number;
  /** What the last layer computes: `score` (the article's), or `noise`, the score times sigma, of unit scale at every level. */
  output: 'score' | 'noise';
}

/** The article's network. */
export const defaultNetwork: NetworkConfig = {
  dim: 2,
  features: 256,
  featureScale: 1,
  featureSpread: 1,
  encoding: 'plain',
  width: 128,
  depth: 3,
  levels: 30,
  sigmaMin: 1e-4,
  sigmaMax: 1,
  output: 'score',
};

/** Larger ones are mistakes; here they are refused before their memory is added up, which would take long. */
export const MAX_DEPTH = 1000;
const MAX_LEVELS = 100_000;
/** wasm32 has 4 GiB, and a network holds its weights three times: row-major, and packed for W x and for W^T dy. */
const MAX_PARAMETERS = 2 ** 32 / 4 / 3;

/** @throws RangeError or TypeError unless a network of this configuration can be made. */
export function checkConfig(config: NetworkConfig): void {
  for (const name of ['dim', 'features', 'width', 'levels'] as const) integer('network', name, config[name]);
  integer('network', 'depth', config.depth, 0);
  if (config.depth > MAX_DEPTH || config.levels > MAX_LEVELS) {
    throw new RangeError(
      `network: depth must be at most ${MAX_DEPTH} and levels at most ${MAX_LEVELS}, got ${config.depth} and ${config.levels}`,
    );
  }
  for (const name of ['featureScale', 'featureSpread', 'sigmaMax'] as const)
    scale('network', name, config[name]);
  const hasNoise = config.sigmaMin !== 0 || config.levels > 1 || config.output === 'noise';
  if (hasNoise) scale('network', 'sigmaMin', config.sigmaMin);
  if (config.levels > 1 && config.sigmaMin >= config.sigmaMax) {
    throw new RangeError(
      `network: sigmaMin must be below sigmaMax, got ${config.sigmaMin} and ${config.sigmaMax}`,
    );
  }
  if (config.encoding !== 'plain' && config.encoding !== 'averaged') {
    throw new TypeError(`network: encoding must be 'plain' or 'averaged', got ${show(config.encoding)}`);
  }
  if (config.output !== 'score' && config.output !== 'noise') {
    throw new TypeError(`network: output must be 'score' or 'noise', got ${show(config.output)}`);
  }
}

/** @throws RangeError if a network of so many parameters and frequencies does not fit into memory. */
export function checkSize(count: number): void {
  if (count > MAX_PARAMETERS) {
    throw new RangeError(
      `network: ${count} parameters are more than WebAssembly's 4 GiB hold; lower its sizes or its depth`,
    );
  }
}
