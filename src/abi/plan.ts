// Operations of a plan. An operation's record is its code, u32, then the fields of its layer, u32 each: sizes, strides in bytes,
// and addresses, which mean the same in the memory of every thread. Codes are multiples of PASSES, so that a code plus a pass is
// one number for each kernel.

/** Bytes of an operation's record. */
export const OPERATION_BYTES: usize = 128;

// Passes.

/** After the parameters changed: derives the network's buffers from them, such as packed weights. */
export const PACK: u32 = 0;
/** Before the first block of a gradient: empties workspaces that accumulate over its blocks. */
export const START: u32 = 1;
/** Computes the outputs of a block of samples, and keeps what the backward pass reads. */
export const FORWARD: u32 = 2;
/**
 * From the last operation to the first: computes the gradients of a block's inputs from those of its outputs, and adds its
 * gradients of the parameters.
 */
export const BACKWARD: u32 = 3;
/** After the last block of a gradient: adds what workspaces have accumulated to it. */
export const FINISH: u32 = 4;
/** After the parameters changed: derives what products with one sample read. */
export const PACK_ROW: u32 = 5;
/** After the noise or the parameters changed: computes what depends on the noise alone. */
export const FIX: u32 = 6;
/** Computes the outputs of panels at the fixed noise. */
export const FIXED: u32 = 7;
/** Computes the output of one sample at the fixed noise. */
export const FIXED_ROW: u32 = 8;
/** Number of passes, and so the difference of two codes: no number is left out, so that a switch compiles to a table of jumps. */
export const PASSES: u32 = 9;

// Codes: one a layer, which says in its file of assembly/layers what it reads and writes.

export const CENTRE: u32 = 1 * PASSES;
export const FEATURES: u32 = 2 * PASSES;
export const LEVEL_DENSE: u32 = 3 * PASSES;
export const DENSE: u32 = 4 * PASSES;
export const SOFTPLUS: u32 = 5 * PASSES;
export const BIAS: u32 = 6 * PASSES;
export const FORK: u32 = 7 * PASSES;
export const TO_ROWS: u32 = 8 * PASSES;
export const TO_PANELS: u32 = 9 * PASSES;

// Fields of records: offsets in bytes. Each name is that of an array in the layer's equations, for whose address the field
// stands; N, K, D, FEATURES and LEVEL_COUNT are sizes. A field ..._STRIDE holds the bytes from one panel to the next.

export enum CentreField {
  N = 4,
  X = 8,
  X_STRIDE = 12,
}

export enum FeaturesField {
  /** 2F: F cosines, then F sines. */
  FEATURES = 4,
  D = 8,
  X = 12,
  X_STRIDE = 16,
  Y = 20,
  Y_STRIDE = 24,
  /** f32 [D][2F], in turns per unit. */
  FREQUENCIES = 28,
  /** Feature gains, f32 [2F][L + 7], or 0 if there are none. */
  GAINS = 32,
  /** Bytes of one row of gains. */
  GAIN_BYTES = 36,
  /** Level of each sample, u32, in training; 0 at a fixed noise. */
  LEVELS = 40,
}

export enum LevelDenseField {
  N = 4,
  /** 2F. */
  FEATURES = 8,
  D = 12,
  LEVEL_COUNT = 16,
  /** Features and coordinates: panels [2F + D][8]. */
  INPUT = 20,
  INPUT_STRIDE = 24,
  Y = 28,
  Y_STRIDE = 32,
  DY = 36,
  DY_STRIDE = 40,
  /** Scale and shift of the features at each level, f32 [L] each. */
  ALPHA = 44,
  BETA = 48,
  /** f32 [N][2F + D]: W_rf, then W_x in each row. */
  W = 52,
  BIAS = 56,
  /** W_rf and W_x, packed for products with panels. */
  FEATURE_TILES = 60,
  COORDINATE_TILES = 64,
  /** Sum of each row of W_rf, f32 [N]. */
  ROW_SUMS = 68,
  /** W_rf rf, panels [N][8], kept for the backward pass. */
  U = 72,
  /** What beta adds to every column of the gradient of W_rf, accumulated over blocks, f32 [N]. */
  RANK_ONE = 76,
  /** The operands of a gradient product, packed. */
  X_PACK = 80,
  DY_PACK = 84,
  /** Level of each sample, u32, in training. */
  LEVELS = 88,
  /** The fixed noise: level u32, then fraction f32 of the way to the next level. */
  NOISE = 92,
  /** Feature gains, f32 [2F][L + 7], or 0 if there are none. */
  GAINS = 96,
  /** Bytes of one row of gains. */
  GAIN_BYTES = 100,
  /** At the fixed noise: W with alpha and gains folded in, [N][2F + D], and the bias with beta folded in, [N]. */
  FIXED_W = 104,
  FIXED_BIAS = 108,
  /** FIXED_W, packed for products with panels and with one sample. */
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
  /** f32 [N][K]. */
  W = 44,
  /** W, packed for W x with panels. */
  TILES = 48,
  /** W, packed for W^T dy with panels; 0 if there is no dx. */
  BACK_TILES = 52,
  /** W, packed for W x with one sample. */
  ROW_TILES = 56,
  /** The operands of the gradient product, packed. */
  X_PACK = 60,
  DY_PACK = 64,
}

/** Fields of softplus and of bias; bias has no SLOPE. */
export enum BiasField {
  N = 4,
  Y = 8,
  Y_STRIDE = 12,
  DY = 16,
  DY_STRIDE = 20,
  /** The bias, f32 [N]. */
  B = 24,
  /** Slope of softplus at each output, panels [N][8], kept for the backward pass. */
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

/** Fields of TO_ROWS and TO_PANELS. Strides are bytes from eight samples to the next eight, in panels or in rows. */
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
