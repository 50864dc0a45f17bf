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
