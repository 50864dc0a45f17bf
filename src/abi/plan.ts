// Operations of a plan. An operation's record is its code and then the fields of its layer: sizes as they are, everything
// else as addresses, since an address means the same in the memory of every thread. A code leaves room for a pass to be
// added, so that one number says which kernel is meant.

/** Bytes of an operation's record. */
export const OPERATION_BYTES: usize = 128;

/** Parameters changed: derive from them what the kernels read, such as packed weights. */
export const PACK: u32 = 0;
/** Before the first block: empty what gradients are gathered in beside them. */
export const START: u32 = 1;
/** Outputs of a block of samples from its inputs; keeps what the backward pass needs. */
export const FORWARD: u32 = 2;
/** Gradients of a block's inputs and parameters from those of its outputs, from the last operation to the first. */
export const BACKWARD: u32 = 3;
/** After the last block: add what was gathered beside the gradients. */
export const FINISH: u32 = 4;
/** Parameters changed: derive what the products of one sample read. */
export const PACK_ROW: u32 = 5;
/** The noise changed: compute what depends on it alone. */
export const FIX: u32 = 6;
/** Outputs of panels at the fixed noise; keeps nothing. */
export const FIXED: u32 = 7;
/** The output of one sample at the fixed noise. */
export const FIXED_ROW: u32 = 8;
/** How many passes there are: between two codes there is room for them and no more, so that a switch is a table of jumps. */
export const PASSES: u32 = 9;

export const CENTRE: u32 = 1 * PASSES;
export const FEATURES: u32 = 2 * PASSES;
export const LEVEL_DENSE: u32 = 3 * PASSES;
export const DENSE: u32 = 4 * PASSES;
export const SOFTPLUS: u32 = 5 * PASSES;
export const BIAS: u32 = 6 * PASSES;
export const FORK: u32 = 7 * PASSES;
export const TO_ROWS: u32 = 8 * PASSES;
export const TO_PANELS: u32 = 9 * PASSES;

// Fields of records, in bytes. Strides are bytes from one panel to the next.

export enum CentreField {
  N = 4,
  X = 8,
  X_STRIDE = 12,
}

export enum FeaturesField {
  FEATURES = 4,
  D = 8,
  X = 12,
  X_STRIDE = 16,
  Y = 20,
  Y_STRIDE = 24,
  TURNS = 28,
  GAINS = 32,
  GAIN_BYTES = 36,
  LEVELS = 40,
}

export enum LevelDenseField {
  N = 4,
  FEATURES = 8,
  D = 12,
  LEVEL_COUNT = 16,
  INPUT = 20,
  INPUT_STRIDE = 24,
  Y = 28,
  Y_STRIDE = 32,
  DY = 36,
  DY_STRIDE = 40,
  ALPHA = 44,
  BETA = 48,
  W = 52,
  BIAS = 56,
  FEATURE_TILES = 60,
  COORDINATE_TILES = 64,
  ROW_SUMS = 68,
  U = 72,
  RANK_ONE = 76,
  X_PACK = 80,
  DY_PACK = 84,
  LEVELS = 88,
  NOISE = 92,
  GAINS = 96,
  GAIN_BYTES = 100,
  FIXED_W = 104,
  FIXED_BIAS = 108,
  FIXED_TILES = 112,
  ROW_TILES = 116,
}

export enum DenseField {
  N = 4,
  K = 8,
  X = 12,
  X_STRIDE = 16,
  Y = 20,
  Y_STRIDE = 24,
  DX = 28,
  DX_STRIDE = 32,
  DY = 36,
  DY_STRIDE = 40,
  W = 44,
  TILES = 48,
  BACK_TILES = 52,
  ROW_TILES = 56,
  X_PACK = 60,
  DY_PACK = 64,
}

/** Of both softplus and bias, which has no slopes. */
export enum BiasField {
  N = 4,
  Y = 8,
  Y_STRIDE = 12,
  DY = 16,
  DY_STRIDE = 20,
  B = 24,
  SLOPE = 28,
}

export enum ForkField {
  N = 4,
  DX = 8,
  DX_STRIDE = 12,
  DY = 16,
  DY_STRIDE = 20,
  DZ = 24,
  DZ_STRIDE = 28,
}

/** Of both borders. Strides are bytes from eight samples to the next eight, in panels or in rows. */
export enum BorderField {
  N = 4,
  X = 8,
  X_STRIDE = 12,
  Y = 16,
  Y_STRIDE = 20,
  DX = 24,
  DX_STRIDE = 28,
  DY = 32,
  DY_STRIDE = 36,
}
