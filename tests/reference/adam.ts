/** Adam's two moments [n] and the number of updates made. */
export interface AdamState {
  mean: number[];
  square: number[];
  count: number;
}

/** The state before the first update of n numbers. */
export function adamInit(n: number): AdamState {
  return { mean: new Array<number>(n).fill(0), square: new Array<number>(n).fill(0), count: 0 };
}

/** 1 - beta^count as Optax has it: the power of a float32, rounded to a float32 before it is taken from 1. */
export function float32Correction(beta: number, count: number): number {
  return Math.fround(1 - Math.fround(Math.fround(beta) ** count));
}

/**
 * One update of x [n] by its gradient [n] (Kingma and Ba, 2015, algorithm 1); returns the new x and state.
 * With asOptax the bias corrections are those of float32, which early on differ by up to 3e-5.
 */
export function adamUpdate(
  x: ArrayLike<number>,
  gradient: ArrayLike<number>,
  state: AdamState,
  { learningRate = 1e-3, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, asOptax = false } = {},
): { x: number[]; state: AdamState } {
  const count = state.count + 1;
  const correction = (beta: number) => (asOptax ? float32Correction(beta, count) : 1 - beta ** count);
  const mean = state.mean.map((m, i) => beta1 * m + (1 - beta1) * gradient[i]);
  const square = state.square.map((v, i) => beta2 * v + (1 - beta2) * gradient[i] ** 2);
  const next = Array.from(x, (value, i) => {
    const unbiasedMean = mean[i] / correction(beta1);
    const unbiasedSquare = square[i] / correction(beta2);
    return value - (learningRate * unbiasedMean) / (Math.sqrt(unbiasedSquare) + epsilon);
  });
  return { x: next, state: { mean, square, count } };
}
