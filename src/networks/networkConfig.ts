import { integer, scale, show } from '../core/check.js';

/** Sizes and scales of a network; everything needed to build it again but its weights. */
export interface NetworkConfig {
  /** Coordinates of a point. */
  dim: number;
  /** Cosine features, and as many sine features. */
  features: number;
  /** Standard deviation of the features' frequencies, in turns per unit: the first cosine's and the first sine's. */
  featureScale: number;
  /** That of the last over that of the first, with those between in constant ratio; 1 (the article's): all the same. */
  featureSpread: number;
  /**
   * `plain` (the article's): the same features at every level. `averaged`: each is its mean over the level's noise
   * ({@link noiseGains}), so that high frequencies serve low levels and are not in the way at high ones.
   */
  encoding: 'plain' | 'averaged';
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
  featureSpread: 1,
  encoding: 'plain',
  width: 128,
  depth: 3,
  levels: 30,
  sigmaMin: 1e-4,
  sigmaMax: 1,
  output: 'score',
};

/** More than these are a mistake, and would take long to refuse by their memory. */
const MAX_DEPTH = 1000;
const MAX_LEVELS = 100_000;
/** wasm32 holds 4 GiB, and a network takes its parameters three times: as they are, and packed both ways. */
const MAX_PARAMETERS = 2 ** 32 / 4 / 3;

/** @throws RangeError or TypeError unless a network can be made so. */
export function checkConfig(config: NetworkConfig): void {
  for (const name of ['dim', 'features', 'width', 'levels'] as const) integer('network', name, config[name]);
  integer('network', 'depth', config.depth, 0);
  if (config.depth > MAX_DEPTH || config.levels > MAX_LEVELS) {
    throw new RangeError(
      `network: depth must be at most ${MAX_DEPTH} and levels at most ${MAX_LEVELS}, got ${config.depth} and ${config.levels}`,
    );
  }
  for (const name of ['featureScale', 'featureSpread', 'sigmaMin', 'sigmaMax'] as const)
    scale('network', name, config[name]);
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

/** @throws RangeError if a network of so many numbers fits no memory. */
export function checkSize(count: number): void {
  if (count > MAX_PARAMETERS) {
    throw new RangeError(
      `network: ${count} parameters are more than WebAssembly's 4 GiB hold; lower features, width or depth`,
    );
  }
}
