// Layers that know no picture: sums and SiLU of panels or rows, and what says a sample's noise and class. As those of `layers.ts`,
// they add operations and parameters to a plan and return the output.
import { LANES } from '../abi/panels.js';
import {
  ADD,
  AddField,
  BorderField,
  BROADCAST,
  CentreField,
  EMBEDDING,
  EmbeddingField,
  RECENTRE,
  SILU,
  SiluField,
} from '../abi/plan.js';
import { normal } from '../core/random.js';
import { nextKeyOf } from './layers.js';
import { Activation, type External, type Plan, Workspace } from './plan.js';

/** SiLU y sigmoid(y), in place: the activation returned is y. */
export function silu(plan: Plan, y: Activation): Activation {
  const { wasm } = plan.core;
  const bytes = y.form === 'panels' ? wasm.panelBytes(y.size) : 4 * LANES * y.size;
  plan.operation({
    code: SILU,
    tangents: 'own',
    fields: SiluField,
    operands: {
      ...{ N: y.size, Y: y, DY: y.gradient },
      SLOPE: new Workspace('kept', (panels) => panels * bytes),
    },
    changes: [y],
    form: y.form,
  });
  return y;
}

/** y + x, in place: the activation returned is y. */
export function add(plan: Plan, y: Activation, x: Activation): Activation {
  plan.operation({
    code: ADD,
    tangents: 'as samples',
    fields: AddField,
    operands: { N: y.size, Y: y, X: x, DY: y.gradient, DX: x.gradient },
    reads: [x],
    changes: [y],
    form: y.form,
  });
  return y;
}

/**
 * A row of a trained table `name.weight` [rows, size] for each sample: the row that `index` names. Initial values are
 * standard normal.
 */
export function embedding(
  plan: Plan,
  { name, rows, size, index }: { name: string; rows: number; size: number; index: External },
): Activation {
  const keyOf = nextKeyOf(plan);
  const TABLE = plan.parameter(`${name}.weight`, [rows, size], (core, key) =>
    normal(core, keyOf(key), [rows, size]),
  );
  const y = new Activation(size);
  plan.operation({
    code: EMBEDDING,
    fields: EmbeddingField,
    operands: { N: size, INDEX: index, TABLE, Y: y, DY: y.gradient },
    writes: [y],
    form: 'panels',
  });
  return y;
}

/** A copy of x, which depends on the noise alone, for each sample: layers on panels can then join it to others. */
export function broadcast(plan: Plan, x: Activation): Activation {
  const y = new Activation(x.size);
  plan.operation({
    code: BROADCAST,
    tangents: 'own',
    fields: BorderField,
    operands: { N: x.size, X: x, Y: y, DX: x.gradient, DY: y.gradient },
    reads: [x],
    writes: [y],
    form: 'panels',
    isEachStep: true,
  });
  return y;
}

/** 2 x - 1, in place: the activation returned is x, which must be an input. */
export function recentre(plan: Plan, x: Activation): Activation {
  plan.operation({
    code: RECENTRE,
    tangents: 'own',
    fields: CentreField,
    operands: { N: x.size, X: x },
    changes: [x],
    form: x.form,
  });
  return x;
}
