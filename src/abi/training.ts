/** What the gradient of a denoising objective is computed from and in. */
export enum DenoisingField {
  /** Operations of the network. */
  PLAN = 0,
  D = 4,
  /** Noise levels, each of which every data point is seen at: their sigmas f32 [L], and what outputs are multiplied by to be scores f32 [L]. */
  LEVEL_COUNT = 8,
  SIGMAS = 12,
  SCALES = 16,
  /** Parameters f32 [P], and how many. */
  PARAMETERS = 20,
  PARAMETER_COUNT = 24,
  /** Panels of a block; where its noisy points are to stand, and each sample's level u32. */
  PANELS = 28,
  INPUT = 32,
  INPUT_STRIDE = 36,
  LEVELS = 40,
  /** Where its outputs then stand, and the gradients at them are to. */
  OUTPUT = 44,
  OUTPUT_STRIDE = 48,
  D_OUTPUT = 52,
  D_OUTPUT_STRIDE = 56,
  /** Layout of the random counters; WEIGHT_SCORE or WEIGHT_DENOISER; f32, samples that the loss is the mean over. */
  LAYOUT = 60,
  WEIGHT = 64,
  SAMPLES = 68,
  /** Room for a block's numbers of each sample and for its targets: see `denoisingBytes`. */
  ROOM = 72,
}
/** What the loss is the mean of: sigma^2 (s - target)^2, or (xhat - x)^2. */
export const WEIGHT_SCORE: u32 = 0;
export const WEIGHT_DENOISER: u32 = 1;
export const DENOISING_BYTES: usize = 128;

/** An update of Adam: addresses of arrays f32 [COUNT], each with room for COUNT rounded up to 4, then numbers f32. */
export enum AdamField {
  COUNT = 0,
  PARAMETERS = 4,
  /** The gradient, or two parts of it; OTHER may be 0. */
  GRADIENT = 8,
  OTHER = 12,
  /** Running means of the gradient and of its square. */
  MEAN = 16,
  SQUARE = 20,
  /** Where the parameters before the update go. */
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
