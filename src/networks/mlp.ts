import { integer } from '../core/check.js';
import type { Core } from '../core/instantiate.js';
import { checkKey, type Key, key as keyOf } from '../core/random.js';
import { cos, sin } from '../core/trigonometry.js';
import { bias, dense, fork, nextKeyOf, toPanels, toRows } from './layers.js';
import { checkSize, MAX_DEPTH } from './networkConfig.js';
import { Activation, Plan } from './plan.js';
import { type Condition, type PictureShape, TimedNetwork } from './timedNetwork.js';
import { add, broadcast, embedding, silu } from './valueLayers.js';

/** Sizes of a multilayer network over points that is told a time. */
export interface MlpConfig extends PictureShape {
  /** Numbers of a hidden layer. */
  hidden: number;
  /** Residual blocks, of two layers each. */
  depth: number;
  /** Labels that the network knows; 0 for none. */
  labels: number;
}

/** Frequencies 1, 2, 4, ... at which the network sees the time. */
const FREQUENCIES = 6;

/** Numbers that describe a time to a network of vectors. */
export const TIME_NUMBERS = 2 * FREQUENCIES + 1;

/** Cosines and sines of 1, 2, 4, ... times the time, and the time: [TIME_NUMBERS]. */
export function timeNumbers(time: number): Float32Array {
  const numbers = new Float32Array(TIME_NUMBERS);
  for (let i = 0; i < FREQUENCIES; i++) {
    numbers[i] = cos((1 << i) * time);
    numbers[FREQUENCIES + i] = sin((1 << i) * time);
  }
  numbers[2 * FREQUENCIES] = time;
  return numbers;
}

/** A multilayer network with residual blocks, and a linear layer past all of them. */
export class Mlp extends TimedNetwork {
  /** Names the kind in files. */
  readonly kind = 'mlp';
  /** The sizes it was made with. */
  readonly config: Readonly<MlpConfig>;
  /** The size of a point. */
  readonly shape: Readonly<PictureShape>;
  /** Classes that it knows, and one more for an unknown class; 0 without classes. */
  readonly labels: number;

  constructor(core: Core, config: MlpConfig) {
    const { height, width, channels, hidden, depth, labels } = config;
    for (const [name, value] of Object.entries({ height, width, channels, hidden }))
      integer('mlp', name, value);
    integer('mlp', 'depth', depth, 0);
    if (depth > MAX_DEPTH) throw new RangeError(`mlp: depth must be at most ${MAX_DEPTH}, got ${depth}`);
    integer('mlp', 'labels', labels, 0);
    const plan = mlpPlan(core, config);
    checkSize(plan.count);
    super(plan);
    this.config = { height, width, channels, hidden, depth, labels };
    this.shape = { height, width, channels };
    this.labels = labels;
  }

  /** What a time is to the plan. */
  conditionOf(time: number): Condition {
    return { numbers: timeNumbers(time), level: 0 };
  }
}

/**
 * F(x) = out(h_depth) + skip(x), with h_0 = SiLU(in(x) + shift_0) and h_i = h_(i-1) + b_i(SiLU(a_i(h_(i-1)) + shift_i)): in,
 * out, skip, a and b are linear layers, and each shift is one of the embedded time and label.
 */
function mlpPlan(core: Core, { height, width, channels, hidden, depth, labels }: MlpConfig): Plan {
  const dim = height * width * channels;
  const noise = new Activation(TIME_NUMBERS);
  const input = new Activation(dim, 'rows');
  const layers = (plan: Plan) => {
    const linear = (name: string, x: Activation, outputs: number) =>
      bias(plan, dense(plan, x, { name, outputs, keyOf: nextKeyOf(plan) }));
    const time = linear('embedding.time', noise, hidden);
    if (labels > 0)
      add(
        plan,
        time,
        embedding(plan, { name: 'embedding.label', rows: labels, size: hidden, index: 'labels' }),
      );
    let embedded = silu(plan, time);
    const shift = (i: number) => {
      let own = embedded;
      if (i < depth) [own, embedded] = fork(plan, embedded);
      return broadcast(plan, linear(`shift.${i}`, own, hidden));
    };
    const [x, past] = fork(plan, toPanels(plan, input));
    let h = silu(plan, add(plan, linear('in', x, hidden), shift(0)));
    for (let i = 1; i <= depth; i++) {
      const [through, around] = fork(plan, h);
      const a = add(plan, linear(`blocks.${i}.a`, through, hidden), shift(i));
      h = add(plan, linear(`blocks.${i}.b`, silu(plan, a), hidden), around);
    }
    const y = linear('out', h, dim);
    return toRows(plan, add(plan, y, linear('skip', past, dim)));
  };
  return new Plan(core, input, layers, noise);
}

/** Options of {@link mlp}. */
export interface MlpOptions {
  /** Numbers of a hidden layer. Default: 256. */
  hidden?: number;
  /** Residual blocks. Default: 3. */
  depth?: number;
  /** Classes that the network is told, 0 for none; it has one label more, the last, for an unknown class. Default: 0. */
  classes?: number;
  /** Of the initial values; default: key(0). */
  key?: Key;
}

/**
 * A new multilayer network over points of a shape, { height: 1, width: 1, channels: dim } for plain vectors, with initial
 * values as PyTorch's, drawn by `key` (default key(0)).
 *
 * @param core the core that `loadCore` gave
 * @param shape the size of a point
 * @throws RangeError if a size is out of range
 */
export function mlp(core: Core, shape: PictureShape, options: MlpOptions = {}): Mlp {
  const { hidden = 256, depth = 3, classes = 0, key = keyOf(0) } = options;
  checkKey('mlp', key);
  integer('mlp', 'classes', classes, 0);
  const { height, width, channels } = shape;
  const network = new Mlp(core, {
    height,
    width,
    channels,
    hidden,
    depth,
    labels: classes > 0 ? classes + 1 : 0,
  });
  try {
    network.setParameters(network.initial(key));
    return network;
  } catch (error) {
    network.dispose();
    throw error;
  }
}
