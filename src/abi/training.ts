/** A denoising objective: where its gradient is computed from and in. Addresses and sizes u32, but for SAMPLES. */
export enum DenoisingField {
  /** Operation list of the network. */
  PLAN = 0,
  D = 4,
  /** L, the noise levels; every data point is seen at each of them. */
  LEVEL_COUNT = 8,
  /** Sigma of each level, f32 [L]. */
  SIGMAS = 12,
  /** The factor that turns the output into a score at each level, f32 [L]. */
  SCALES = 16,
  /** Parameters, f32 [P], and P. */
  PARAMETERS = 20,
  PARAMETER_COUNT = 24,
  /** Most panels of a block. */
  PANELS = 28,
  /** Where the network reads a block's noisy points, panels [D][8]. */
  INPUT = 32,
  INPUT_STRIDE = 36,
  /** Where the network reads the level of each sample of a block, u32 [8 PANELS]. */
  LEVELS = 40,
  /** Where the network writes its outputs, panels [D][8]. */
  OUTPUT = 44,
  OUTPUT_STRIDE = 48,
  /** Where the network reads the loss's gradient with respect to them, panels [D][8]. */
  D_OUTPUT = 52,
  D_OUTPUT_STRIDE = 56,
  /** Layout of the random numbers: 0 for jax_threefry_partitionable=False, 1 for True. */
  PARTITIONABLE = 60,
  /** WEIGHT_SCORE or WEIGHT_DENOISER. */
  WEIGHT = 64,
  /** f32: samples of the whole batch, over which the loss is the mean. */
  SAMPLES = 68,
  /** Scratch for a block, of `denoisingBytes`. */
  SCRATCH = 72,
}
/** Values of WEIGHT: the loss is the mean of sigma^2 (s - target)^2, or of (xhat - x)^2. */
export const WEIGHT_SCORE: u32 = 0;
export const WEIGHT_DENOISER: u32 = 1;
export const DENOISING_BYTES: usize = 128;

/**
 * Denoising with a noise of its own for each point: where the gradient is computed from and in. Addresses and sizes u32, but for
 * SCALE.
 */
export enum RegressionField {
  /** Operation list of the network. */
  PLAN = 0,
  D = 4,
  /** Numbers that describe a point's noise to the network. */
  NUMBERS = 8,
  /** Parameters, f32 [P], and P. */
  PARAMETERS = 12,
  PARAMETER_COUNT = 16,
  /** Most points of a block. */
  BLOCK = 20,
  /** Where the network reads a block's inputs and writes its outputs, and reads the gradient at these: rows [D]. */
  INPUT = 24,
  OUTPUT = 28,
  D_OUTPUT = 32,
  /** Where it reads the numbers of each point's noise, panels [NUMBERS][8]; 0 if it reads none. */
  NOISE = 36,
  NOISE_STRIDE = 40,
  /** Where it reads each point's level and label, u32 [BLOCK]. */
  LEVELS = 44,
  LABELS = 48,
  /** Layout of the random numbers: 0 for jax_threefry_partitionable=False, 1 for True. */
  PARTITIONABLE = 52,
  /** f32: 1 / (points of the batch x D). */
  SCALE = 56,
  /** Scratch for a block: targets, rows [D] and room for 16 more numbers. */
  TARGETS = 60,
}
export const REGRESSION_BYTES: usize = 64;

/**
 * A point of a batch: these fields, then the numbers of its noise, f32 [NUMBERS], then the clean point x, f32 [D]. With
 * y = x + SIGMA z, the network F reads IN y, and SKIP y + OUT F is to be x.
 */
export enum PointField {
  /** The key of z, two words. */
  KEY = 0,
  SIGMA = 8,
  IN = 12,
  SKIP = 16,
  OUT = 20,
  /** Weight of the squared error. */
  WEIGHT = 24,
  LEVEL = 28,
  LABEL = 32,
}
export const POINT_BYTES: usize = 36;

/** An update of Adam: addresses of arrays f32 [COUNT], each padded to a multiple of 8, then numbers f32. */
export enum AdamField {
  COUNT = 0,
  PARAMETERS = 4,
  /** The gradient is the sum of the arrays GRADIENT and OTHER; OTHER may be 0. */
  GRADIENT = 8,
  OTHER = 12,
  /** Running means of the gradient and of its square. */
  MEAN = 16,
  SQUARE = 20,
  /** Where the kernel copies the parameters before it updates them. */
  BEFORE = 24,
  LEARNING_RATE = 28,
  /** beta1, 1 - beta1, beta2, 1 - beta2. */
  BETA1 = 32,
  REST1 = 36,
  BETA2 = 40,
  REST2 = 44,
  /** 1 - beta^t of the update number t = 1, 2, ... */
  CORRECTION1 = 48,
  CORRECTION2 = 52,
  EPSILON = 56,
  /** What the gradient is multiplied by before anything else. */
  GRADIENT_SCALE = 60,
  /** What parameters are multiplied by before they are updated: 1 - learning rate x weight decay. */
  KEEP = 64,
}
export const ADAM_BYTES: usize = 128;

/** Maximum likelihood by quadrature: where the gradient is computed from and in. Addresses and sizes u32, but for GAIN. */
export enum LikelihoodField {
  /** Operation list of the scalar network. */
  PLAN = 0,
  D = 4,
  /** Parameters, f32 [P], and P. */
  PARAMETERS = 8,
  PARAMETER_COUNT = 12,
  /** Most points of a block. */
  BLOCK = 16,
  /** Where the network reads a block's inputs, rows [D], and writes its outputs and reads the gradient at these, rows [1]. */
  INPUT = 20,
  OUTPUT = 24,
  D_OUTPUT = 28,
  /** f32: the factor of phi in the log-density. */
  GAIN = 32,
  /** Numbers of the noise, f32 [NUMBERS], which all points have, and where the network reads those of a block, panels [NUMBERS][8]. */
  NUMBERS = 36,
  NUMBERS_AT = 40,
  NOISE = 44,
  NOISE_STRIDE = 48,
  /** f32: no true log-density is above it; e^E continues in a straight line there. */
  CAP = 52,
}
export const LIKELIHOOD_BYTES: usize = 64;

/** A point of a batch: these fields, then what the network reads, f32 [D]. Its log-density is E = BASE + GAIN phi. */
export enum LikelihoodPointField {
  /** f32: of a data point, 1 / (data points of the batch); of a node, the size of its cell. */
  WEIGHT = 0,
  /** 1 for a node, 0 for a data point. */
  IS_NODE = 4,
  /** f32 */
  BASE = 8,
}
export const LIKELIHOOD_POINT_BYTES: usize = 12;
/**
 * Score matching without targets: where the gradient is computed from and in. Addresses and sizes u32, but for SCALE. Lane i of
 * eight samples has its coordinate d at STRIDE (sample / 8) + LANE_STEP i + COORDINATE_STEP d, in panels or rows.
 */
export enum MatchingField {
  /** Operation list of the network. */
  PLAN = 0,
  D = 4,
  /** Noisy copies of a point, each a record of its own: L of a network with levels, else 1. */
  ROWS = 8,
  /** Numbers that describe a point's noise to the network. */
  NUMBERS = 12,
  /** Parameters, f32 [P], and P. */
  PARAMETERS = 16,
  PARAMETER_COUNT = 20,
  /** Most panels of a block's samples, beside those of their tangents. */
  PANELS = 24,
  /** Where the network reads a block's inputs and writes its outputs, and reads the gradient at these. */
  INPUT = 28,
  INPUT_STRIDE = 32,
  OUTPUT = 36,
  OUTPUT_STRIDE = 40,
  D_OUTPUT = 44,
  D_OUTPUT_STRIDE = 48,
  LANE_STEP = 52,
  COORDINATE_STEP = 56,
  /** Where it reads the numbers of each point's noise, panels [NUMBERS][8]; 0 if it reads none. */
  NOISE = 60,
  NOISE_STRIDE = 64,
  /** Where it reads each point's level and label, u32 [8 PANELS]. */
  LEVELS = 68,
  LABELS = 72,
  /** Layout of the random numbers: 0 for jax_threefry_partitionable=False, 1 for True. */
  PARTITIONABLE = 76,
  /** MATCH_IMPLICIT, MATCH_SLICED or MATCH_REDUCED. */
  OBJECTIVE = 80,
  /** 1 for projections of signs, 0 for normal ones. */
  IS_SIGN = 84,
  /** f32: 1 / (samples of the batch x D). */
  SCALE = 88,
  /** Scratch for a block: noisy points, then projections, rows [D] of each sample. */
  SCRATCH = 92,
}
export const MATCHING_BYTES: usize = 96;
/** Values of OBJECTIVE: the trace itself; along projections v, with (v s)^2 / 2; along projections, with |s|^2 / 2. */
export const MATCH_IMPLICIT: u32 = 0;
export const MATCH_SLICED: u32 = 1;
export const MATCH_REDUCED: u32 = 2;

/**
 * A sample of score matching: these fields, then the numbers of its noise, f32 [NUMBERS], then the clean point x, f32 [D]. With
 * y = x + SIGMA z, its score is POINT y + OUT F(IN y).
 */
export enum MatchedField {
  /** The key of z, two words, which is row ROW of normal(key, [ROWS, D]). */
  KEY = 0,
  /** The key of the projection v, in the same way. */
  PROJECTION_KEY = 8,
  ROW = 16,
  SIGMA = 20,
  IN = 24,
  POINT = 28,
  OUT = 32,
  WEIGHT = 36,
  LEVEL = 40,
  LABEL = 44,
}
export const MATCHED_BYTES: usize = 48;
