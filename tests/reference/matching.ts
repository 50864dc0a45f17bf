import { averagingGain, type Params, sigmoid, softplus } from './network.js';

/** Score [D] and its derivative [D][D], of a score at one point: entry [i][j] is that of coordinate i by coordinate j. */
export interface Jet {
  value: number[];
  derivative: number[][];
}

/** The article's network at one level for a point [D], with its derivative, carried forward through every layer. */
export function networkJet(params: Params, level: number, x: number[], scale = 1): Jet {
  const D = x.length;
  const centred = x.map((v) => v - 0.5);
  const sigma = params.averagedOver?.[level] ?? 0;
  const wave = (row: number[], f: (t: number) => number, slope: (t: number) => number) => {
    const gain = params.alpha[level] * averagingGain(row, sigma);
    const turns = 2 * Math.PI * row.reduce((sum, b, d) => sum + b * centred[d], 0);
    return {
      value: gain * f(turns) + params.beta[level],
      derivative: row.map((b) => gain * slope(turns) * 2 * Math.PI * b),
    };
  };
  let rows = [
    ...params.Bcos.map((row) => wave(row, Math.cos, (t) => -Math.sin(t))),
    ...params.Bsin.map((row) => wave(row, Math.sin, Math.cos)),
    ...centred.map((value, i) => ({ value, derivative: x.map((_, j) => (i === j ? 1 : 0)) })),
  ];
  params.W.forEach((W, layer) => {
    const isLast = layer + 1 === params.W.length;
    rows = W.map((weights, o) => {
      const sum = weights.reduce((total, w, k) => total + w * rows[k].value, params.b[layer][o]);
      const along = Array.from({ length: D }, (_, j) =>
        weights.reduce((total, w, k) => total + w * rows[k].derivative[j], 0),
      );
      if (isLast) return { value: scale * sum, derivative: along.map((d) => scale * d) };
      return { value: softplus(sum), derivative: along.map((d) => sigmoid(sum) * d) };
    });
  });
  return { value: rows.map(({ value }) => value), derivative: rows.map(({ derivative }) => derivative) };
}

/** tr grad s + |s|^2 / 2 (Hyvarinen 2005), of one point. */
export function implicitTerm({ value, derivative }: Jet): number {
  return value.reduce((sum, s, d) => sum + derivative[d][d] + (s * s) / 2, 0);
}

/** v' (grad s) v + (v' s)^2 / 2, or with |s|^2 / 2 instead (Song and others 2019, equations 7 and 8). */
export function slicedTerm({ value, derivative }: Jet, v: number[], isReduced: boolean): number {
  const curvature = v.reduce((sum, a, i) => sum + a * v.reduce((s, b, j) => s + derivative[i][j] * b, 0), 0);
  const projected = value.reduce((sum, s, d) => sum + s * v[d], 0);
  const square = isReduced ? value.reduce((sum, s) => sum + s * s, 0) : projected ** 2;
  return curvature + square / 2;
}
