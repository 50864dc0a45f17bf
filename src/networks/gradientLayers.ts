// Layers of networks that are the gradient of a scalar: its backward pass written out as operations, over the weights of the
// layers before. As those of `layers.ts`, they add operations to a plan and return the output.
import { LANE_BYTES } from '../abi/panels.js';
import {
  DENSE_TRANSPOSE,
  DenseTransposeField,
  ENERGY,
  EnergyField,
  FEATURES_TRANSPOSE,
  FeaturesTransposeField,
  PRODUCT,
  ProductField,
  SILU_SLOPE,
  SiluSlopeField,
} from '../abi/plan.js';
import { type DenseWeights, packWorkspaces } from './layers.js';
import { Activation, type NetworkBuffer, type Parameter, type Plan, Workspace } from './plan.js';

/** SiLU of y in place, and its slope at y: [y, d], both of y's size. */
export function siluSlope(plan: Plan, y: Activation): [y: Activation, d: Activation] {
  const d = new Activation(y.size);
  plan.operation({
    code: SILU_SLOPE,
    fields: SiluSlopeField,
    operands: {
      ...{ N: y.size, Y: y, DY: y.gradient, D: d, DD: d.gradient },
      CURVATURE: new Workspace('kept', (panels) => panels * plan.core.wasm.panelBytes(y.size)),
    },
    changes: [y],
    writes: [d],
    form: 'panels',
    backwardReads: ['D'],
  });
  return [y, d];
}

/** g d, number by number. */
export function product(plan: Plan, g: Activation, d: Activation): Activation {
  const y = new Activation(g.size);
  plan.operation({
    code: PRODUCT,
    fields: ProductField,
    operands: {
      ...{ N: g.size, G: g, D: d, Y: y },
      ...{ DG: g.gradient, DD: d.gradient, DY: y.gradient },
    },
    reads: [g, d],
    writes: [y],
    form: 'panels',
    backwardReads: ['G', 'D'],
  });
  return y;
}

/** W^T x, [inputs of the layer], for the weights of a dense layer that is tied to it. */
export function denseTranspose(
  plan: Plan,
  x: Activation,
  { W, TILES, BACK_TILES }: DenseWeights,
): Activation {
  const [N, K] = W.shape;
  const { DY_PACK: X_PACK, X_PACK: DY_PACK } = packWorkspaces(plan, N, K);
  const y = new Activation(K);
  plan.operation({
    code: DENSE_TRANSPOSE,
    fields: DenseTransposeField,
    operands: {
      ...{ N, K, X: x, Y: y, DX: x.gradient, DY: y.gradient, W, TILES, BACK_TILES, X_PACK, DY_PACK },
      ROW_TILES: new Workspace('fixed', () => plan.core.wasm.tileBytes(K, N)),
    },
    reads: [x],
    writes: [y],
    form: 'panels',
    backwardReads: ['X'],
    multiplyAdds: N * K,
  });
  return y;
}

/**
 * The scalar e = w y + b, which becomes the plan's energy, and its gradient g = w d at what {@link siluSlope} read; g is returned.
 * Training sees g alone.
 */
export function energy(
  plan: Plan,
  [y, d]: [Activation, Activation],
  { W, B }: { W: Parameter; B: Parameter },
): Activation {
  const g = new Activation(y.size);
  const e = new Activation(1);
  plan.energy = e;
  plan.operation({
    code: ENERGY,
    fields: EnergyField,
    operands: {
      ...{ N: y.size, Y: y, D: d, DY: y.gradient, DD: d.gradient },
      ...{ W, B, E: e, G: g, DG: g.gradient },
    },
    reads: [y, d],
    writes: [e, g],
    form: 'panels',
    backwardReads: ['D'],
    multiplyAdds: y.size,
  });
  return g;
}

/**
 * The gradient at x [D] of what is computed from random features of x and, behind them, x itself: from its gradient g at these,
 * [2F + D].
 */
export function featuresTranspose(
  plan: Plan,
  { g, x, frequencies }: { g: Activation; x: Activation; frequencies: NetworkBuffer },
): Activation {
  const FEATURES = g.size - x.size;
  const y = new Activation(x.size);
  plan.operation({
    code: FEATURES_TRANSPOSE,
    fields: FeaturesTransposeField,
    operands: {
      ...{ FEATURES, D: x.size, X: x, G: g, Y: y, DG: g.gradient, DY: y.gradient },
      FREQUENCIES: frequencies,
      SLOPE: new Workspace('kept', (panels) => panels * FEATURES * LANE_BYTES),
    },
    reads: [x, g],
    writes: [y],
    form: 'panels',
    multiplyAdds: 2 * FEATURES * x.size,
  });
  return y;
}
