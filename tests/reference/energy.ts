// The scalar of src/networks/energyPlan.ts and its gradient at the point, in float64, one sample at a time.

import type { Values } from './imageLayers.js';
import { mlpNumbers } from './mlp.js';

/** W x + b, of a layer's parameters. */
function linear(parameters: Record<string, Values>, name: string, x: readonly number[]): number[] {
  const { data: W } = parameters[`${name}.weight`];
  const { data: b } = parameters[`${name}.bias`];
  return Array.from(b, (value, n) => x.reduce((sum, v, k) => sum + W[n * x.length + k] * v, value));
}

const sigmoid = (a: number) => 1 / (1 + Math.exp(-a));

/** phi(x, t) of one point x [dim], and its gradient at x, [dim]. */
export function energyOf(
  parameters: Record<string, Values>,
  x: readonly number[],
  time: number,
): { phi: number; gradient: number[] } {
  const D = x.length;
  const frequencies = parameters['features.frequencies']?.data ?? [];
  const count = frequencies.length / D;
  const B = Array.from({ length: count }, (_, f) =>
    Array.from({ length: D }, (_, d) => frequencies[f * D + d]),
  );
  const phases = B.map((b) => 2 * Math.PI * b.reduce((sum, v, d) => sum + v * x[d], 0));
  const isCosine = (f: number) => f < count / 2;
  let h = [...phases.map((p, f) => (isCosine(f) ? Math.cos(p) : Math.sin(p))), ...x];
  const embedded = linear(parameters, 'embedding.time', mlpNumbers(time)).map((a) => a * sigmoid(a));
  const slopes: number[][] = [];
  for (let l = 0; parameters[`layers.${l}.weight`]; l++) {
    const shift = linear(parameters, `shift.${l}`, embedded);
    const a = linear(parameters, `layers.${l}`, h).map((value, n) => value + shift[n]);
    h = a.map((v) => v * sigmoid(v));
    slopes.push(a.map((v) => sigmoid(v) * (1 + v * (1 - sigmoid(v)))));
  }
  const [phi] = linear(parameters, 'out', h);
  let g = Array.from(parameters['out.weight'].data);
  for (let l = slopes.length - 1; l >= 0; l--) {
    const W = parameters[`layers.${l}.weight`].data;
    const K = W.length / g.length;
    const delta = g.map((v, n) => v * slopes[l][n]);
    g = Array.from({ length: K }, (_, k) => delta.reduce((sum, v, n) => sum + v * W[n * K + k], 0));
  }
  const gradient = x.map((_, d) => {
    const through = B.map((b, f) => {
      const slope = isCosine(f) ? -Math.sin(phases[f]) : Math.cos(phases[f]);
      return 2 * Math.PI * b[d] * slope * g[f];
    });
    return through.reduce((sum, v) => sum + v, g[count + d]);
  });
  return { phi, gradient };
}
