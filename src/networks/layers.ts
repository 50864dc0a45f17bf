// Layers: each a function that adds its operations and parameters to a plan and gives its output. What a layer needs in
// names, shapes, initial values, memory and arithmetic is said here and nowhere else; its kernels are the file of
// `assembly/layers` that bears its name.
import { LANES } from '../abi/panels.js';
import {
  BIAS,
  BiasField,
  BorderField,
  CENTRE,
  CentreField,
  DENSE,
  DenseField,
  FEATURES,
  FeaturesField,
  FORK,
  ForkField,
  LEVEL_DENSE,
  LevelDenseField,
  SOFTPLUS,
  TO_PANELS,
  TO_ROWS,
} from '../abi/plan.js';
import type { Core } from '../core/instantiate.js';
import { type Key, split, uniform } from '../core/random.js';
import { Fixable, type Frozen, type Parameter, type Plan, Room, Tensor } from './plan.js';

/** Uniform on +-1 / sqrt(inputs), weights from the first of the two keys that a layer's key splits into, biases from the second. */
function linearInitial(inputs: number, keyOf: (key: Key) => Key, part: 0 | 1, shape: number[]) {
  const limit = 1 / Math.sqrt(inputs);
  return (core: Core, key: Key) =>
    uniform(core, split(keyOf(key), 2)[part], shape, { minval: -limit, maxval: limit });
}

/** Memory for turning a block's values of so many numbers into the left or the right operand of a gradient product. */
function packRooms({ core: { wasm } }: Plan, N: number, K: number) {
  return {
    DY_PACK: new Room('scratch', (panels) => 4 * wasm.padded(N) * panels * LANES),
    X_PACK: new Room('scratch', (panels) => 4 * (K + LANES) * panels * LANES),
  };
}

export interface LinearOptions {
  /** `name.weight` and `name.bias` are its parameters. */
  name: string;
  outputs: number;
  /** The layer's key, of the network's. */
  keyOf(key: Key): Key;
}

/** W x: [outputs]. Its bias b is given to the operation that comes next, which adds it where it reads the values anyway. */
export function dense(
  plan: Plan,
  x: Tensor,
  { name, outputs, keyOf }: LinearOptions,
): { y: Tensor; b: Parameter } {
  const { wasm } = plan.core;
  const [N, K] = [outputs, x.size];
  const W = plan.parameter(`${name}.weight`, [N, K], linearInitial(K, keyOf, 0, [N, K]));
  const b = plan.parameter(`${name}.bias`, [N], linearInitial(K, keyOf, 1, [N]));
  const y = new Tensor(N);
  plan.operation({
    code: DENSE,
    fields: DenseField,
    operands: {
      ...{ N, K, X: x, Y: y, DX: x.gradient, DY: y.gradient, W },
      TILES: plan.frozen(wasm.tileBytes(N, K)),
      BACK_TILES: plan.frozen(wasm.tileBytes(K, N)),
      ROW_TILES: new Room('fixed', () => wasm.tileBytes(N, K)),
      ...packRooms(plan, N, K),
    },
    reads: ['X'],
    needs: ['X'],
    multiplyAdds: N * K,
  });
  return { y, b };
}

/** y + b, in place. */
export function bias(plan: Plan, { y, b }: { y: Tensor; b: Parameter | Fixable }): Tensor {
  plan.operation({
    code: BIAS,
    fields: BiasField,
    operands: { N: y.size, Y: y, DY: y.gradient, B: b },
  });
  return y;
}

/** softplus(y + b), in place. */
export function softplus(plan: Plan, { y, b }: { y: Tensor; b: Parameter | Fixable }): Tensor {
  const { wasm } = plan.core;
  plan.operation({
    code: SOFTPLUS,
    fields: BiasField,
    operands: {
      ...{ N: y.size, Y: y, DY: y.gradient, B: b },
      SLOPE: new Room('kept', (panels) => panels * wasm.panelBytes(y.size)),
    },
  });
  return y;
}

/** x - 1/2, in place. */
export function centre(plan: Plan, x: Tensor): Tensor {
  plan.operation({ code: CENTRE, fields: CentreField, operands: { N: x.size, X: x } });
  return x;
}

/** Frozen frequencies [D][2F], cosines' first, and what each feature is multiplied by at each level, if by anything. */
export interface Frequencies {
  turns: Frozen;
  /** [2F][L + 7]: row f's entry l is that of level l mod L, so that eight consecutive levels are two vector loads. */
  gains?: Frozen;
  gainBytes: number;
}

/** The cosines and sines of x, written to `y` [2F]. */
export function features(plan: Plan, x: Tensor, y: Tensor, { turns, gains, gainBytes }: Frequencies): void {
  plan.operation({
    code: FEATURES,
    fields: FeaturesField,
    operands: {
      ...{ FEATURES: y.size, D: x.size, X: x, Y: y, TURNS: turns },
      ...(gains && { GAINS: gains, GAIN_BYTES: gainBytes, LEVELS: 'levels' }),
    },
    multiplyAdds: y.size * x.size,
  });
}

/**
 * The first layer over features that each level scales and shifts: W [alpha_l rf + beta_l, x], of features and coordinates
 * joined in `input` [2F + D].
 */
export function levelDense(
  plan: Plan,
  input: Tensor,
  { turns: _, gains, gainBytes }: Frequencies,
  { name, outputs, keyOf, features, levels }: LinearOptions & { features: number; levels: number },
): { y: Tensor; b: Fixable } {
  const { wasm } = plan.core;
  const [N, K] = [outputs, input.size];
  const D = K - features;
  const level = (part: string, value: number) =>
    plan.parameter(`rf_layer.${part}`, [levels], () => new Float32Array(levels).fill(value));
  const [ALPHA, BETA] = [level('alpha', 1), level('beta', 0)];
  const W = plan.parameter(`${name}.weight`, [N, K], linearInitial(K, keyOf, 0, [N, K]));
  const BIAS = plan.parameter(`${name}.bias`, [N], linearInitial(K, keyOf, 1, [N]));
  const FIXED_BIAS = new Room('fixed', () => 4 * wasm.padded(N));
  const y = new Tensor(N);
  plan.operation({
    code: LEVEL_DENSE,
    fields: LevelDenseField,
    operands: {
      ...{ N, FEATURES: features, D, LEVEL_COUNT: levels, INPUT: input, Y: y, DY: y.gradient },
      ...{ ALPHA, BETA, W, BIAS, LEVELS: 'levels', NOISE: 'noise' },
      ...(gains && { GAINS: gains, GAIN_BYTES: gainBytes }),
      FEATURE_TILES: plan.frozen(wasm.tileBytes(N, features)),
      COORDINATE_TILES: plan.frozen(wasm.tileBytes(N, D)),
      ROW_SUMS: plan.frozen(4 * wasm.padded(N)),
      U: new Room('kept', (panels) => panels * wasm.panelBytes(N)),
      RANK_ONE: new Room('gathered', () => 4 * N),
      ...packRooms(plan, N, K),
      FIXED_W: new Room('fixed', () => 4 * N * K),
      FIXED_BIAS,
      FIXED_TILES: new Room('fixed', () => wasm.tileBytes(N, K)),
      ROW_TILES: new Room('fixed', () => wasm.tileBytes(N, K)),
    },
    reads: ['INPUT'],
    needs: ['INPUT'],
    multiplyAdds: N * K,
  });
  return { y, b: new Fixable(BIAS, FIXED_BIAS) };
}

/** Two names for x, so that two operations may read it; neither may be changed in place. */
export function fork(plan: Plan, x: Tensor): [Tensor, Tensor] {
  const [y, z] = [x.part(0, x.size), x.part(0, x.size)];
  plan.operation({
    code: FORK,
    fields: ForkField,
    operands: { N: x.size, DX: x.gradient, DY: y.gradient, DZ: z.gradient },
  });
  return [y, z];
}

/** x in rows, for layers of pictures. */
export function toRows(plan: Plan, x: Tensor): Tensor {
  return border(plan, TO_ROWS, x, new Tensor(x.size, 'rows'));
}

/** x in panels, for everything else. */
export function toPanels(plan: Plan, x: Tensor): Tensor {
  return border(plan, TO_PANELS, x, new Tensor(x.size));
}

function border(plan: Plan, code: number, x: Tensor, y: Tensor): Tensor {
  plan.operation({
    code,
    fields: BorderField,
    operands: { N: x.size, X: x, Y: y, DX: x.gradient, DY: y.gradient },
    reads: ['X'],
  });
  return y;
}
