/** A network of the article's kind; matrices are arrays of rows, a weight [outputs][inputs]. */
export interface Params {
  /** Frozen frequencies [F][D]. */
  Bcos: number[][];
  Bsin: number[][];
  /** [L]. */
  alpha: number[];
  beta: number[];
  /** One weight and one bias a layer. */
  W: number[][][];
  b: number[][];
  /** The noise of each level [L], over which the features are averaged; absent: they are as they are. */
  averagedOver?: number[];
}

/** Arrays by name, row-major: B_cos, B_sin, alpha, beta, W0, b0, W1, b1, ... */
export type Tensors = Record<string, { shape: number[]; values: ArrayLike<number> }>;

/** A network from its named arrays; absent ones become empty. averagedOver: the levels' noise, if features are averaged. */
export function paramsFrom(tensors: Tensors, averagedOver?: ArrayLike<number>): Params {
  const vector = (name: string): number[] => Array.from(tensors[name]?.values ?? []);
  const matrix = (name: string): number[][] => {
    const [rows, columns] = tensors[name]?.shape ?? [0, 0];
    const flat = vector(name);
    return Array.from({ length: rows }, (_, r) => flat.slice(r * columns, (r + 1) * columns));
  };
  const W: number[][][] = [];
  const b: number[][] = [];
  for (let i = 0; `W${i}` in tensors; i++) {
    W.push(matrix(`W${i}`));
    b.push(vector(`b${i}`));
  }
  return {
    Bcos: matrix('B_cos'),
    Bsin: matrix('B_sin'),
    alpha: vector('alpha'),
    beta: vector('beta'),
    W,
    b,
    averagedOver: averagedOver && Array.from(averagedOver),
  };
}

/** What is trained, as flat lists by name: alpha, beta, W0, b0, ... */
export function trainedLists(params: Params): Record<string, number[]> {
  const lists: Record<string, number[]> = { alpha: params.alpha, beta: params.beta };
  params.W.forEach((rows, i) => {
    lists[`W${i}`] = rows.flat();
    lists[`b${i}`] = params.b[i];
  });
  return lists;
}

/** log(1 + exp(x)) without overflow. */
export function softplus(x: number): number {
  return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
}

/** 1 / (1 + exp(-x)), the derivative of softplus. */
export function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}

function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

/** Random Fourier features [2F] of a point [D]: cos(2 pi Bcos x), then sin(2 pi Bsin x). */
export function fourierFeatures(Bcos: number[][], Bsin: number[][], x: number[]): number[] {
  return [
    ...Bcos.map((row) => Math.cos(2 * Math.PI * dot(row, x))),
    ...Bsin.map((row) => Math.sin(2 * Math.PI * dot(row, x))),
  ];
}

/** The mean of one of {@link fourierFeatures} over x + sigma z is this times the feature at x: exp(-2 pi^2 |B|^2 sigma^2). */
export function averagingGain(frequency: number[], sigma: number): number {
  return Math.exp(-2 * Math.PI ** 2 * dot(frequency, frequency) * sigma ** 2);
}

/** Every layer's input, the one before the activation included, and the output of a dense softplus stack. */
export interface MlpTrace {
  /** inputs[i] goes into layer i. */
  inputs: number[][];
  /** sums[i] = W[i] inputs[i] + b[i]; the last is the output. */
  sums: number[][];
}

/** A dense stack on one row: softplus after every layer but the last. */
export function mlpForward(W: number[][][], b: number[][], input: number[]): MlpTrace {
  const trace: MlpTrace = { inputs: [input], sums: [] };
  W.forEach((rows, i) => {
    const sums = rows.map((row, o) => dot(row, trace.inputs[i]) + b[i][o]);
    trace.sums.push(sums);
    if (i + 1 < W.length) trace.inputs.push(sums.map(softplus));
  });
  return trace;
}

/** Adds the gradients of one row to dW and db, given that of its output, and returns that of its input. */
export function mlpBackward(
  W: number[][][],
  trace: MlpTrace,
  dOutput: number[],
  dW: number[][][],
  db: number[][],
): number[] {
  let delta = dOutput;
  for (let i = W.length - 1; ; i--) {
    const input = trace.inputs[i];
    const dInput = new Array<number>(input.length).fill(0);
    delta.forEach((d, o) => {
      db[i][o] += d;
      const row = W[i][o];
      const dRow = dW[i][o];
      for (let k = 0; k < input.length; k++) {
        dRow[k] += d * input[k];
        dInput[k] += d * row[k];
      }
    });
    if (i === 0) return dInput;
    delta = dInput.map((d, k) => d * sigmoid(trace.sums[i - 1][k]));
  }
}

/**
 * The stack's input at one level for a point [D]: alpha_l features + beta_l, then the point, both of x - 1/2; the
 * features averaged over the level's noise if the network's are.
 */
function networkInput(params: Params, level: number, x: number[]): { features: number[]; input: number[] } {
  const centred = x.map((v) => v - 0.5);
  const frequencies = [...params.Bcos, ...params.Bsin];
  const sigma = params.averagedOver?.[level] ?? 0;
  const features = fourierFeatures(params.Bcos, params.Bsin, centred).map(
    (f, i) => f * averagingGain(frequencies[i], sigma),
  );
  const lifted = features.map((f) => params.alpha[level] * f + params.beta[level]);
  return { features, input: [...lifted, ...centred] };
}

/** The network's score [D] at one level for a point [D]. */
export function networkScore(params: Params, level: number, x: number[]): number[] {
  const trace = mlpForward(params.W, params.b, networkInput(params, level, x).input);
  return trace.sums[trace.sums.length - 1];
}

/** The lecture's loss, the mean over points, levels and coordinates of (xhat - point)^2, xhat = noisy + sigma^2 score. */
export function denoisingLoss(params: Params, points: number[][], noisy: number[][][], sigmas: number[]) {
  let loss = 0;
  points.forEach((x, n) => {
    sigmas.forEach((sigma, level) => {
      const score = networkScore(params, level, noisy[n][level]);
      x.forEach((v, d) => {
        loss += (noisy[n][level][d] + sigma * sigma * score[d] - v) ** 2;
      });
    });
  });
  return loss / (points.length * sigmas.length * points[0].length);
}

/** The noised copies [B][L][D] of points [B][D] by standard normals [B][L][D]; round: each as a float32. */
export function perturb(points: number[][], normals: number[][][], sigmas: number[], round = false) {
  return points.map((x, n) =>
    sigmas.map((sigma, l) =>
      x.map((xd, d) => (round ? Math.fround(xd + normals[n][l][d] * sigma) : xd + normals[n][l][d] * sigma)),
    ),
  );
}

/**
 * The article's denoising score matching loss, the mean over points, levels and coordinates of
 * sigma^2 (score(noisy) + (noisy - point) / sigma^2)^2, and its gradient at everything that is trained; with `weigh` another
 * weight than sigma^2.
 * points [B][D], noisy [B][L][D], sigmas [L]; the gradient's Bcos and Bsin are empty.
 */
export function dsmLoss(
  params: Params,
  points: number[][],
  noisy: number[][][],
  sigmas: number[],
  weigh = (sigma: number) => sigma * sigma,
) {
  const gradient: Params = {
    Bcos: [],
    Bsin: [],
    alpha: params.alpha.map(() => 0),
    beta: params.beta.map(() => 0),
    W: params.W.map((rows) => rows.map((row) => row.map(() => 0))),
    b: params.b.map((bias) => bias.map(() => 0)),
  };
  const count = points.length * sigmas.length * points[0].length;
  let loss = 0;
  points.forEach((x, n) => {
    sigmas.forEach((sigma, level) => {
      const { features, input } = networkInput(params, level, noisy[n][level]);
      const trace = mlpForward(params.W, params.b, input);
      const error = trace.sums[trace.sums.length - 1].map(
        (s, d) => s + (noisy[n][level][d] - x[d]) / (sigma * sigma),
      );
      for (const e of error) loss += (weigh(sigma) * e * e) / count;
      const dOutput = error.map((e) => (2 * weigh(sigma) * e) / count);
      const dInput = mlpBackward(params.W, trace, dOutput, gradient.W, gradient.b);
      features.forEach((f, i) => {
        gradient.alpha[level] += dInput[i] * f;
        gradient.beta[level] += dInput[i];
      });
    });
  });
  return { loss, gradient };
}
