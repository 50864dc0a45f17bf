/** A denoising objective: where its gradient is computed from and in. Addresses and sizes u32, but for SAMPLES. */
export enum DenoisingField {
  /** Operation list of the network. */
  PLAN = 0,
  D = 4,
  /** L noise levels; every data point is seen at each of them. Their sigmas, f32 [L], and the factors that turn outputs into scores, f32 [L]. */
  LEVEL_COUNT = 8,
  SIGMAS = 12,
  SCALES = 16,
  /** Parameters, f32 [P], and P. */
  PARAMETERS = 20,
  PARAMETER_COUNT = 24,
  /** Most panels of a block. Where the network reads its noisy points, panels [D][8], and each sample's level, u32 [8 PANELS]. */
  PANELS = 28,
  INPUT = 32,
  INPUT_STRIDE = 36,
  LEVELS = 40,
  /** Where the network writes its outputs, and reads the gradients with respect to them: panels [D][8]. */
  OUTPUT = 44,
  OUTPUT_STRIDE = 48,
  D_OUTPUT = 52,
  D_OUTPUT_STRIDE = 56,
  /** LAYOUT: 1 for jax_threefry_partitionable=True, else 0; WEIGHT_SCORE or WEIGHT_DENOISER; f32, samples of the whole batch, over which the loss is the mean. */
  LAYOUT = 60,
  WEIGHT = 64,
  SAMPLES = 68,
  /** Scratch for a block, of `denoisingBytes`. */
  ROOM = 72,
}
/** Values of WEIGHT: the loss is the mean of sigma^2 (s - target)^2, or of (xhat - x)^2. */
export const WEIGHT_SCORE: u32 = 0;
export const WEIGHT_DENOISER: u32 = 1;
export const DENOISING_BYTES: usize = 128;
