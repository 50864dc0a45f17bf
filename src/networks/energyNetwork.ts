import { integer, positive } from '../core/check.js';
import type { Core } from '../core/instantiate.js';
import { checkKey, foldIn, type Key, key as keyOf } from '../core/random.js';
import { initialFrequencies } from './article.js';
import { type EnergyConfig, energyPlan } from './energyPlan.js';
import { timeNumbers } from './mlp.js';
import { checkSize, MAX_DEPTH } from './networkConfig.js';
import type { NetworkBuffer } from './plan.js';
import { PlannedNetwork, type Tensor, tensorOf } from './planned.js';
import { type Condition, type PictureShape, TimedNetwork } from './timedNetwork.js';

/** Name of the random frequencies, [2, features, dim]: those of the cosines, then those of the sines. They are not trained. */
const FREQUENCIES = 'features.frequencies';

/**
 * A network F(x, t) that is the gradient at x of a scalar phi(x, t): a denoiser of it has a density at each noise, up to a constant
 * (`denoiserScores` has the equation). The backward pass of phi is written out in the plan, so that it trains as any other.
 */
export class EnergyNetwork extends TimedNetwork {
  /** Names the kind in files. */
  readonly kind = 'energy';
  /** The sizes it was made with. */
  readonly config: Readonly<EnergyConfig>;
  /** The size of a point. */
  readonly shape: Readonly<PictureShape>;
  /** It knows no classes. */
  readonly labels = 0;
  readonly #frequencies?: NetworkBuffer;

  constructor(core: Core, config: EnergyConfig) {
    const { height, width, channels, hidden, depth, features, featureScale, featureSpread } = config;
    for (const [name, value] of Object.entries({ height, width, channels, hidden, depth }))
      integer('energyNetwork', name, value);
    if (depth > MAX_DEPTH)
      throw new RangeError(`energyNetwork: depth must be at most ${MAX_DEPTH}, got ${depth}`);
    integer('energyNetwork', 'features', features, 0);
    positive('energyNetwork', 'featureScale', featureScale);
    positive('energyNetwork', 'featureSpread', featureSpread);
    const { plan, frequencies } = energyPlan(core, config, 'gradient');
    checkSize(plan.count);
    super(plan);
    this.config = { height, width, channels, hidden, depth, features, featureScale, featureSpread };
    this.shape = { height, width, channels };
    this.#frequencies = frequencies;
  }

  /** What a time is to the plan. */
  conditionOf(time: number): Condition {
    return { numbers: timeNumbers(time), level: 0 };
  }

  /** Its parameters by name, with the shapes that files have, as copies. */
  override tensors(): Record<string, Tensor> {
    const tensors = super.tensors();
    if (this.#frequencies) {
      const { features } = this.config;
      tensors[FREQUENCIES] = { shape: [2, features, this.dim], data: transposed(this.#read(), 2 * features) };
    }
    return tensors;
  }

  /** Takes copies of parameters of these names and shapes. */
  override setTensors(tensors: Record<string, Tensor>): void {
    // Refuses what is wrong before anything is written.
    const flat = this.flat(tensors);
    if (this.#frequencies) {
      const { features } = this.config;
      const rows = tensorOf(tensors, FREQUENCIES, [2, features, this.dim]);
      this.buffer(this.#frequencies).set(transposed(rows, this.dim));
    }
    this.setParameters(flat);
  }

  /** Draws the frequencies and initial values of all parameters. */
  initialise(key: Key): void {
    if (this.#frequencies) {
      const drawn = initialFrequencies(
        this.core,
        { ...this.config, dim: this.dim },
        foldIn(key, 2 ** 32 - 1),
      );
      const rows = Float32Array.from([...drawn[0], ...drawn[1]]);
      this.buffer(this.#frequencies).set(transposed(rows, this.dim));
    }
    this.setParameters(this.initial(key));
  }

  /** A network of the scalar phi, rows [1], with copies of this one's parameters, in their order; the caller disposes of it. */
  scalar(): PlannedNetwork {
    this.check();
    const { plan, frequencies } = energyPlan(this.core, this.config, 'scalar');
    const network = new PlannedNetwork(plan);
    if (frequencies)
      this.core.memory.f32(plan.address(network, frequencies), this.#read().length).set(this.#read());
    network.setParameters(this.parameters());
    return network;
  }

  /** The frequencies, [dim][2 features]. */
  #read(): Float32Array {
    return this.buffer(this.#frequencies as NetworkBuffer).subarray(0, 2 * this.config.features * this.dim);
  }
}

/** Columns of a matrix with rows of `columns` numbers, as rows. */
function transposed(matrix: Float32Array, columns: number): Float32Array {
  const rows = matrix.length / columns;
  return matrix.map((_, i) => matrix[(i % rows) * columns + Math.floor(i / rows)]);
}

/** Options of {@link energyNetwork}. */
export interface EnergyNetworkOptions {
  /** Numbers of a hidden layer. Default: 128. */
  hidden?: number;
  /** Hidden layers. Default: 2. */
  depth?: number;
  /**
   * Random cosines of the point, and as many random sines, that the first layer reads beside its coordinates: for fine detail in
   * few dimensions, such as a picture's in the plane. Default: 0.
   */
  features?: number;
  /** Smallest scale of their frequencies, in turns per unit of what the network reads. Default: 0.25. */
  featureScale?: number;
  /** Their largest scale over the smallest: more finds finer detail, and hills where there are no data. Default: 8. */
  featureSpread?: number;
  /** Of the initial values; default: key(0). */
  key?: Key;
}

/**
 * A new network that is the gradient of a scalar, over points of a shape, { height: 1, width: 1, channels: dim } for plain vectors,
 * with initial values as PyTorch's, drawn by `key` (default key(0)).
 *
 * Salimans and Ho, "Should EBMs model the energy or the score?", 2021, compare such networks with free ones.
 *
 * @param core the core that `loadCore` gave
 * @param shape the size of a point
 * @throws RangeError if a size is out of range
 */
export function energyNetwork(
  core: Core,
  shape: PictureShape,
  options: EnergyNetworkOptions = {},
): EnergyNetwork {
  const { hidden = 128, depth = 2, features = 0, featureScale = 0.25, featureSpread = 8 } = options;
  const { key = keyOf(0) } = options;
  checkKey('energyNetwork', key);
  const { height, width, channels } = shape;
  const network = new EnergyNetwork(core, {
    ...{ height, width, channels, hidden, depth, features, featureScale, featureSpread },
  });
  try {
    network.initialise(key);
    return network;
  } catch (error) {
    network.dispose();
    throw error;
  }
}
