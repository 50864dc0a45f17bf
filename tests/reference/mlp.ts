// The multilayer network of src/networks/mlp.ts in float64.
import { dense, silu, type Values } from './imageLayers.js';

const plus = (a: Values, b: Values): Values => ({
  shape: a.shape,
  data: Float64Array.from(a.data, (value, i) => value + b.data[i]),
});

/** Cosines and sines of 1, 2, 4, ..., 32 times the time, and the time. */
export function mlpNumbers(time: number): number[] {
  const turns = [1, 2, 4, 8, 16, 32];
  return [...turns.map((f) => Math.cos(f * time)), ...turns.map((f) => Math.sin(f * time)), time];
}

/** Outputs [n, dim] of the rows of x [n, dim] at times [n], with labels [n] where there is a table of them. */
export function mlp(
  parameters: Record<string, Values>,
  { x, times, labels }: { x: Values; times: readonly number[]; labels?: ArrayLike<number> },
): Values {
  const linear = (name: string, v: Values) =>
    dense(v, parameters[`${name}.weight`], parameters[`${name}.bias`]);
  const numbers = { shape: [times.length, 13], data: times.flatMap(mlpNumbers) };
  let time = linear('embedding.time', numbers);
  if (labels) {
    const table = parameters['embedding.label.weight'];
    const hidden = table.shape[1];
    const data = Float64Array.from(time.data, (_, i) => {
      return table.data[labels[Math.floor(i / hidden)] * hidden + (i % hidden)];
    });
    time = plus(time, { shape: time.shape, data });
  }
  const embedded = silu(time);
  let h = silu(plus(linear('in', x), linear('shift.0', embedded)));
  for (let i = 1; parameters[`blocks.${i}.a.weight`]; i++) {
    const a = plus(linear(`blocks.${i}.a`, h), linear(`shift.${i}`, embedded));
    h = plus(h, linear(`blocks.${i}.b`, silu(a)));
  }
  return plus(linear('out', h), linear('skip', x));
}
