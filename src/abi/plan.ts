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
/**
 * As FORWARD and BACKWARD, where each sample has tangents: derivatives of its activations in some directions of its input. In
 * every buffer the panels of the samples come first, then as many for the first tangent of each, and so on.
 */
export const DUAL_FORWARD: u32 = 9;
export const DUAL_BACKWARD: u32 = 10;
/** Number of passes, and so the difference of two codes: no number is left out, so that a switch compiles to a table of jumps. */
export const PASSES: u32 = 11;

/** Field of the head of a list: tangents of each sample, u32. */
export const LIST_TANGENTS: usize = 4;
/** Field of every record: how tangents go through the operation. */
export const TANGENTS: usize = 124;
/** Values of TANGENTS: they stay as they are, or there are none; as further samples do; by kernels of the passes DUAL_.... */
export const TANGENTS_STAY: u32 = 0;
export const TANGENTS_AS_SAMPLES: u32 = 1;
export const TANGENTS_OWN: u32 = 2;

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
export const CONV: u32 = 10 * PASSES;
export const GROUP_NORM: u32 = 11 * PASSES;
export const SILU: u32 = 12 * PASSES;
export const UPSAMPLE: u32 = 13 * PASSES;
export const CONCATENATE: u32 = 14 * PASSES;
export const ADD: u32 = 15 * PASSES;
export const ATTENTION: u32 = 16 * PASSES;
export const EMBEDDING: u32 = 17 * PASSES;
export const BROADCAST: u32 = 18 * PASSES;
export const RECENTRE: u32 = 19 * PASSES;
export const WINOGRAD: u32 = 20 * PASSES;
// Of networks that are the gradient of a scalar.
export const SILU_SLOPE: u32 = 21 * PASSES;
export const PRODUCT: u32 = 22 * PASSES;
export const DENSE_TRANSPOSE: u32 = 23 * PASSES;
export const ENERGY: u32 = 24 * PASSES;
export const FEATURES_TRANSPOSE: u32 = 25 * PASSES;

// Fields of records: offsets in bytes. Each name is that of an array in the layer's equations, for whose address the field
// stands; N, K, D, FEATURES and LEVEL_COUNT are sizes. A field ..._STRIDE holds the bytes from one panel to the next, or from
// eight rows to the next eight.

/** Fields of CENTRE and of RECENTRE. */
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
  /** 1 if a DENSE_TRANSPOSE has the same weights: its backward pass comes first and writes their gradient. */
  IS_TIED = 68,
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
  /** Room for a panel [N][8] while softplus is computed at a fixed noise. */
  ROOM = 32,
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

/** Fields of TO_ROWS, TO_PANELS and BROADCAST. Strides are bytes from eight samples to the next eight, in panels or in rows. */
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

/**
 * Fields of layers of pictures. Pictures are rows [sample][y][x][channel] without gaps. WORK is scratch of every pass, of the
 * bytes that the layer's function in TypeScript asks for.
 */
export enum ConvField {
  HEIGHT = 4,
  WIDTH = 8,
  /** Height and width of the output. */
  OUT_HEIGHT = 12,
  OUT_WIDTH = 16,
  CHANNELS = 20,
  OUT_CHANNELS = 24,
  /** Pixels of a side of the kernel. */
  SIDE = 28,
  STEP = 32,
  /** Zeros above and to the left of a picture. */
  PAD = 36,
  X = 40,
  Y = 44,
  DX = 48,
  DY = 52,
  /** f32 [SIDE][SIDE][CHANNELS][OUT_CHANNELS]. */
  W = 56,
  BIAS = 60,
  /** What is added to each channel of a sample, f32 [OUT_CHANNELS], or 0 if nothing is. */
  SHIFT = 64,
  SHIFT_STRIDE = 68,
  DSHIFT = 72,
  /** W in strips, for y and for dx. */
  STRIPS = 76,
  BACK_STRIPS = 80,
  /** Where the pixels that each output reads begin in the picture with its zeros, u32 [OUT_HEIGHT OUT_WIDTH]. */
  PLACES = 84,
  /** The same for dx, in the picture of dy with its zeros: u32 [HEIGHT WIDTH]. */
  BACK_PLACES = 88,
  WORK = 92,
}

/** Fields of the convolution by Winograd's transforms: 3x3 kernels over pictures with one pixel of zeros around. */
export enum WinogradField {
  HEIGHT = 4,
  WIDTH = 8,
  CHANNELS = 12,
  OUT_CHANNELS = 16,
  X = 20,
  Y = 24,
  DX = 28,
  DY = 32,
  /** f32 [3][3][CHANNELS][OUT_CHANNELS]. */
  W = 36,
  BIAS = 40,
  /** What is added to each channel of a sample, f32 [OUT_CHANNELS], or 0 if nothing is. */
  SHIFT = 44,
  SHIFT_STRIDE = 48,
  DSHIFT = 52,
  /** W among the points, for y, and turned with inputs and outputs exchanged, for dx; 0 where there is no dx. */
  KERNEL = 56,
  BACK_KERNEL = 60,
  WORK = 64,
  /** Room for the gradient among the points, as large as KERNEL, while training. */
  DU = 68,
}

export enum GroupNormField {
  PIXELS = 4,
  CHANNELS = 8,
  GROUPS = 12,
  /** f32: what is added to a variance. */
  EPSILON = 16,
  /** 1 if SiLU follows, else 0. */
  SILU = 20,
  X = 24,
  Y = 28,
  DX = 32,
  DY = 36,
  GAMMA = 40,
  BETA = 44,
  /** Mean and reciprocal deviation of each channel's group, f32 [sample][2][CHANNELS], kept for the backward pass. */
  MOMENTS = 48,
  /** SiLU's slope at each input, as X, kept for the backward pass; 0 where no SiLU follows. */
  SLOPE = 52,
  WORK = 56,
}

/** Fields of SILU, in place. */
export enum SiluField {
  N = 4,
  Y = 8,
  Y_STRIDE = 12,
  DY = 16,
  DY_STRIDE = 20,
  /** Slope at each input, as Y, kept for the backward pass. */
  SLOPE = 24,
}

export enum UpsampleField {
  HEIGHT = 4,
  WIDTH = 8,
  CHANNELS = 12,
  X = 16,
  Y = 20,
  DX = 24,
  DY = 28,
}

export enum ConcatenateField {
  PIXELS = 4,
  /** Channels of A and of B. */
  A_CHANNELS = 8,
  B_CHANNELS = 12,
  A = 16,
  B = 20,
  Y = 24,
  DA = 28,
  DB = 32,
  DY = 36,
}

/** Fields of ADD: y <- y + x, in place. */
export enum AddField {
  N = 4,
  Y = 8,
  Y_STRIDE = 12,
  DY = 16,
  DY_STRIDE = 20,
  X = 24,
  X_STRIDE = 28,
  DX = 32,
  DX_STRIDE = 36,
}

export enum AttentionField {
  PIXELS = 4,
  HEADS = 8,
  /** Channels of one head. */
  DEPTH = 12,
  /** f32: the factor of a query's products with keys. */
  SCALE = 16,
  /** Queries, keys and values, and the output: rows [PIXELS][HEADS DEPTH]. */
  Q = 20,
  K = 24,
  V = 28,
  Y = 32,
  DQ = 36,
  DK = 40,
  DV = 44,
  DY = 48,
  /** Weights of the values, f32 [sample][head][PIXELS][PIXELS rounded up to 8], kept for the backward pass. */
  WEIGHTS = 52,
  WORK = 56,
}

export enum EmbeddingField {
  N = 4,
  /** Row of each sample in the table, u32. */
  INDEX = 8,
  /** f32 [rows][N]. */
  TABLE = 12,
  Y = 16,
  Y_STRIDE = 20,
  DY = 24,
  DY_STRIDE = 28,
}

/** Fields of SILU_SLOPE: y <- SiLU(y) in place, and d = SiLU's slope at y as it was. */
export enum SiluSlopeField {
  N = 4,
  Y = 8,
  Y_STRIDE = 12,
  DY = 16,
  DY_STRIDE = 20,
  D = 24,
  D_STRIDE = 28,
  DD = 32,
  DD_STRIDE = 36,
  /** SiLU's second derivative at each input, panels [N][8], kept for the backward pass. */
  CURVATURE = 40,
}

/** Fields of PRODUCT: y = g d. */
export enum ProductField {
  N = 4,
  G = 8,
  G_STRIDE = 12,
  D = 16,
  D_STRIDE = 20,
  Y = 24,
  Y_STRIDE = 28,
  DG = 32,
  DG_STRIDE = 36,
  DD = 40,
  DD_STRIDE = 44,
  DY = 48,
  DY_STRIDE = 52,
}

/** Fields of DENSE_TRANSPOSE: y = W^T x of a DENSE whose y = W x, and whose packed weights it reads. */
export enum DenseTransposeField {
  /** Of W: numbers of x, and of y. */
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
  /** W, packed for W dy and for W^T x with panels. */
  TILES = 48,
  BACK_TILES = 52,
  /** W^T, packed for one sample. */
  ROW_TILES = 56,
  /** The operands of the gradient product, packed. */
  X_PACK = 60,
  DY_PACK = 64,
}

/** Fields of ENERGY: e = W y + B, and g = W d, the gradient of e at what SILU_SLOPE read. */
export enum EnergyField {
  N = 4,
  Y = 8,
  Y_STRIDE = 12,
  D = 16,
  D_STRIDE = 20,
  DY = 24,
  DY_STRIDE = 28,
  DD = 32,
  DD_STRIDE = 36,
  /** f32 [N], and f32 [1]. */
  W = 40,
  B = 44,
  /** Panels [1][8] and [N][8]. */
  E = 48,
  E_STRIDE = 52,
  G = 56,
  G_STRIDE = 60,
  DG = 64,
  DG_STRIDE = 68,
}

/** Fields of FEATURES_TRANSPOSE: the gradient at x from g, that at random features of x and, behind it, that at x itself. */
export enum FeaturesTransposeField {
  /** 2F: F cosines, then F sines. */
  FEATURES = 4,
  D = 8,
  X = 12,
  X_STRIDE = 16,
  /** Panels [2F + D][8]. */
  G = 20,
  G_STRIDE = 24,
  Y = 28,
  Y_STRIDE = 32,
  DG = 36,
  DG_STRIDE = 40,
  DY = 44,
  DY_STRIDE = 48,
  /** f32 [D][2F], in turns per unit. */
  FREQUENCIES = 52,
  /** Slope of each feature in its phase's turns, panels [2F][8], kept for the backward pass. */
  SLOPE = 56,
}
