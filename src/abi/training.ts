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

/** An update of Adam: addresses of arrays f32 [COUNT], each padded to a multiple of 4, then numbers f32. */
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
}
export const ADAM_BYTES: usize = 64;
