/** A mixture of five modes in the plane, narrow and wide: what solvers and conditioning are shown on. */
export const FIVE_MODES = {
  means: [
    [-2, -1],
    [2, 1.5],
    [0, 0],
    [1.5, -2],
    [-1, 2],
  ],
  sds: [
    [0.3, 0.3],
    [0.2, 0.5],
    [0.4, 0.2],
    [0.3, 0.3],
    [0.25, 0.35],
  ],
  weights: [0.2, 0.3, 0.2, 0.15, 0.15],
};
