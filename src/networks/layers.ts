// Layers: functions that each add operations and parameters to a plan and return the output. A layer's names, shapes, initial
// values, memory and arithmetic are stated here and nowhere else. Its kernels are in the file of `assembly/layers` that bears
// its name.
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
import { foldIn, type Key, split, uniform } from '../core/random.js';
import {
  Activation,
  FoldableParameter,
  type NetworkBuffer,
  type Parameter,
  type Plan,
  Workspace,
} from './plan.js';

/** The key of the next layer: each has its own. */
export function nextKeyOf(plan: Plan): (key: Key) => Key {
  const index = plan.parameters.length;
  return (key) => foldIn(key, index);
}

/**
 * Equinox's initial values of a linear layer, uniform on +-1 / sqrt(inputs). The layer's key splits into two: the first draws
 * the weights (which = 0), the second the biases (which = 1).
 */
export function linearInitial(inputs: number, keyOf: (key: Key) => Key, which: 0 | 1, shape: number[]) {
  const limit = 1 / Math.sqrt(inputs);
  return (core: Core, key: Key) =>
    uniform(core, split(keyOf(key), 2)[which], shape, { minval: -limit, maxval: limit });
}

/**
 * Scratch of a gradient product dW [N][K] += dy x^T over a block: dy and x, transposed from panels into the tiles that the
 * product reads.
 */
export function packWorkspaces({ core: { wasm } }: Plan, N: number, K: number) {
  return {
    DY_PACK: new Workspace('scratch', (panels) => 4 * wasm.padded(N) * panels * LANES),
    X_PACK: new Workspace('scratch', (panels) => 4 * (K + LANES) * panels * LANES),
  };
}

export interface LinearOptions {
  /** Its parameters are `name.weight` [outputs, inputs] and `name.bias` [outputs]. */
  name: string;
  outputs: number;
  /** The layer's key, derived from the network's. */
  keyOf(key: Key): Key;
}

/** The weights of a dense layer, f32 [N][K], and where they stand packed: for W x and, where it is so, for W^T y. */
export interface DenseWeights {
  W: Parameter;
  TILES: NetworkBuffer;
  BACK_TILES?: NetworkBuffer;
}

/**
 * y = W x, [outputs]. The bias b is not added yet: it is returned for the next operation, which adds it while it goes over y
 * anyway.
 *
 * @param options isTied: whether a `denseTranspose` will have the same weights
 */
export function dense(
  plan: Plan,
  x: Activation,
  { name, outputs, keyOf, isTied = false }: LinearOptions & { isTied?: boolean },
): { y: Activation; b: Parameter; weights: DenseWeights } {
  const { wasm } = plan.core;
  const [N, K] = [outputs, x.size];
  const W = plan.parameter(`${name}.weight`, [N, K], linearInitial(K, keyOf, 0, [N, K]));
  const b = plan.parameter(`${name}.bias`, [N], linearInitial(K, keyOf, 1, [N]));
  const y = new Activation(N);
  const weights: DenseWeights = { W, TILES: plan.buffer(wasm.tileBytes(N, K)) };
  const backBytes = wasm.tileBytes(K, N);
  if (isTied) weights.BACK_TILES = plan.buffer(backBytes);
  else if (x.isTrained) weights.BACK_TILES = plan.trainingBuffer(backBytes);
  plan.operation({
    code: DENSE,
    tangents: 'as samples',
    fields: DenseField,
    operands: {
      ...{ N, K, X: x, Y: y, DY: y.gradient },
      ...weights,
      ...(x.isTrained && { DX: x.gradient }),
      ...(isTied && { IS_TIED: 1 }),
      ROW_TILES: new Workspace('fixed', () => wasm.tileBytes(N, K)),
      ...packWorkspaces(plan, N, K),
    },
    reads: [x],
    writes: [y],
    form: 'panels',
    backwardReads: ['X'],
    multiplyAdds: N * K,
  });
  return { y, b, weights };
}

/** y + b, in place: the activation returned is y. */
export function bias(plan: Plan, { y, b }: { y: Activation; b: Parameter | FoldableParameter }): Activation {
  plan.operation({
    code: BIAS,
    tangents: 'stay',
    fields: BiasField,
    operands: { N: y.size, Y: y, DY: y.gradient, B: b },
    changes: [y],
    form: 'panels',
  });
  return y;
}

/** softplus(y + b) = log(1 + e^(y + b)), in place: the activation returned is y. */
export function softplus(
  plan: Plan,
  { y, b }: { y: Activation; b: Parameter | FoldableParameter },
): Activation {
  const { wasm } = plan.core;
  plan.operation({
    code: SOFTPLUS,
    tangents: 'own',
    fields: BiasField,
    operands: {
      ...{ N: y.size, Y: y, DY: y.gradient, B: b },
      SLOPE: new Workspace('kept', (panels) => panels * wasm.panelBytes(y.size)),
      ROOM: new Workspace('working', () => wasm.panelBytes(y.size)),
    },
    changes: [y],
    form: 'panels',
  });
  return y;
}

/** x - 1/2, in place: the activation returned is x. */
export function centre(plan: Plan, x: Activation): Activation {
  plan.operation({
    code: CENTRE,
    tangents: 'stay',
    fields: CentreField,
    operands: { N: x.size, X: x },
    changes: [x],
    form: 'panels',
  });
  return x;
}

/** Constants of random features. */
export interface FeatureBuffers {
  /** Frequencies, f32 [D][2F], in turns per unit: F of the cosines, then F of the sines. */
  frequencies: NetworkBuffer;
  /** Feature gains, f32 [2F][L + 7], as `featureGains` computes them, if there are any. */
  gains?: NetworkBuffer;
  /** Bytes of one row of gains. */
  gainBytes: number;
}

/** Writes random Fourier features of x [D] to `y` [2F]: F cosines, then F sines, times their gains. */
export function features(
  plan: Plan,
  x: Activation,
  y: Activation,
  { frequencies, gains, gainBytes }: FeatureBuffers,
): void {
  plan.operation({
    code: FEATURES,
    tangents: 'own',
    fields: FeaturesField,
    operands: {
      ...{ FEATURES: y.size, D: x.size, X: x, Y: y, FREQUENCIES: frequencies },
      ...(gains && { GAINS: gains, GAIN_BYTES: gainBytes, LEVELS: 'levels' }),
    },
    reads: [x],
    writes: [y],
    form: 'panels',
    multiplyAdds: y.size * x.size,
  });
}

/**
 * y = W [alpha_l rf + beta_l, x], [outputs]: a dense layer over random features rf, which each level l scales and shifts, and
 * coordinates x. The bias is returned for the next operation, as in {@link dense}.
 *
 * @param input [2F + D]: rf, then x
 */
export function levelDense(
  plan: Plan,
  input: Activation,
  { gains, gainBytes }: FeatureBuffers,
  { name, outputs, keyOf, features, levels }: LinearOptions & { features: number; levels: number },
): { y: Activation; b: FoldableParameter } {
  const { wasm } = plan.core;
  const [N, K] = [outputs, input.size];
  const D = K - features;
  const perLevel = (parameter: string, value: number) =>
    plan.parameter(`rf_layer.${parameter}`, [levels], () => new Float32Array(levels).fill(value));
  const [ALPHA, BETA] = [perLevel('alpha', 1), perLevel('beta', 0)];
  const W = plan.parameter(`${name}.weight`, [N, K], linearInitial(K, keyOf, 0, [N, K]));
  const BIAS = plan.parameter(`${name}.bias`, [N], linearInitial(K, keyOf, 1, [N]));
  const FIXED_BIAS = new Workspace('fixed', () => 4 * wasm.padded(N));
  const y = new Activation(N);
  plan.operation({
    code: LEVEL_DENSE,
    tangents: 'own',
    fields: LevelDenseField,
    operands: {
      ...{ N, FEATURES: features, D, LEVEL_COUNT: levels, INPUT: input, Y: y, DY: y.gradient },
      ...{ ALPHA, BETA, W, BIAS, LEVELS: 'levels', NOISE: 'noise' },
      ...(gains && { GAINS: gains, GAIN_BYTES: gainBytes }),
      FEATURE_TILES: plan.buffer(wasm.tileBytes(N, features)),
      COORDINATE_TILES: plan.buffer(wasm.tileBytes(N, D)),
      ROW_SUMS: plan.buffer(4 * wasm.padded(N)),
      U: new Workspace('kept', (panels) => panels * wasm.panelBytes(N)),
      RANK_ONE: new Workspace('accumulated', () => 4 * N),
      ...packWorkspaces(plan, N, K),
      FIXED_W: new Workspace('fixed', () => 4 * N * K),
      FIXED_BIAS,
      FIXED_TILES: new Workspace('fixed', () => wasm.tileBytes(N, K)),
      ROW_TILES: new Workspace('fixed', () => wasm.tileBytes(N, K)),
    },
    reads: [input],
    writes: [y],
    form: 'panels',
    backwardReads: ['INPUT'],
    multiplyAdds: N * K,
  });
  return { y, b: new FoldableParameter(BIAS, FIXED_BIAS) };
}

/** Two activations over the memory of x, so that two operations can read it. Neither may be changed in place. */
export function fork(plan: Plan, x: Activation): [Activation, Activation] {
  const [y, z] = [x.slice(0, x.size), x.slice(0, x.size)];
  y.isForked = true;
  z.isForked = true;
  plan.operation({
    code: FORK,
    tangents: 'as samples',
    fields: ForkField,
    operands: { N: x.size, DX: x.gradient, DY: y.gradient, DZ: z.gradient },
    reads: [x],
    writes: [y, z],
    form: x.form,
  });
  return [y, z];
}

/** A copy of x in rows, for layers of pictures. */
export function toRows(plan: Plan, x: Activation): Activation {
  return border(plan, TO_ROWS, x, new Activation(x.size, 'rows'));
}

/** A copy of x in panels, for all other layers, in `y` where it is given. */
export function toPanels(plan: Plan, x: Activation, y = new Activation(x.size)): Activation {
  return border(plan, TO_PANELS, x, y);
}

function border(plan: Plan, code: number, x: Activation, y: Activation): Activation {
  plan.operation({
    code,
    tangents: 'as samples',
    fields: BorderField,
    operands: { N: x.size, X: x, Y: y, DX: x.gradient, DY: y.gradient },
    reads: [x],
    writes: [y],
  });
  return y;
}
