// Kinds of scores: the first word of a score's descriptor.
export const MIXTURE: u32 = 1;
export const EMPIRICAL: u32 = 2;
export const NETWORK: u32 = 3;
export const DENOISER: u32 = 4;
export const GAUSSIAN: u32 = 5;
export const BANANA: u32 = 6;
export const FUNNEL: u32 = 7;
export const RING: u32 = 8;
export const GUIDED: u32 = 9;
export const LOCAL: u32 = 11;

/** The descriptor of a score of kind NETWORK: a network at one noise. Addresses and sizes u32, but for the fields marked f32. */
export enum NetworkScoreField {
  KIND = 0,
  D = 4,
  /** Operation lists: that of panels, and that of one sample. */
  PANELS = 8,
  ROW = 12,
  /** Where each list reads its input and writes its output: NETWORK_SCORE_PANELS panels [D][8], and [D]. */
  INPUT = 16,
  OUTPUT = 20,
  ROW_INPUT = 24,
  ROW_OUTPUT = 28,
  /** The noise: f32 FRACTION of the way from LEVEL to the next one. f32 SCALE turns the output into a score. */
  LEVEL = 32,
  FRACTION = 36,
  SCALE = 40,
  /** Bytes from a panel's input to the next one's, and of outputs. */
  INPUT_STRIDE = 44,
  OUTPUT_STRIDE = 48,
}
export const NETWORK_SCORE_BYTES: usize = 64;
/** Panels that go through a network of scores together: weights are read once for all of them. */
export const NETWORK_SCORE_PANELS: usize = 4;

/**
 * The descriptor of a score of kind DENOISER: a network F of rows at one noise, s(x) = POINT x + OUT F(IN x). Addresses and sizes
 * u32, but for the fields marked f32.
 */
export enum DenoiserScoreField {
  KIND = 0,
  D = 4,
  /** Operation lists: what depends on the noise alone, that of panels, or 0, and that of one sample. */
  ONCE = 8,
  PANELS = 12,
  ROW = 16,
  /** Where each list reads its input and writes its output: rows [8][D], and [D]. */
  INPUT = 20,
  OUTPUT = 24,
  ROW_INPUT = 28,
  ROW_OUTPUT = 32,
  /** Where the first list reads the numbers of the noise, f32 [NUMBERS]. */
  NOISE = 36,
  NUMBERS = 40,
  LEVEL = 44,
  LABEL = 48,
  /** f32 */
  POINT = 52,
  OUT = 56,
  IN = 60,
  /**
   * Where the lists of panels and of one sample write the scalar phi whose gradient F is, panels [1][8] and [1]; 0 if there is none.
   * Its log-density is then POINT |x|^2 / 2 + (OUT / IN) phi(IN x), up to a constant.
   */
  ENERGY = 64,
  ROW_ENERGY = 68,
}
export const DENOISER_SCORE_BYTES: usize = 128;

/**
 * The descriptor of a score of kind GUIDED: u + WEIGHT (c - u), of the scores c and u whose descriptors' addresses it holds
 * (Ho and Salimans, "Classifier-free diffusion guidance", 2022, equation 6, with WEIGHT = 1 + w).
 */
export enum GuidedField {
  KIND = 0,
  D = 4,
  CONDITIONAL = 8,
  UNCONDITIONAL = 12,
  /** f32 */
  WEIGHT = 16,
  /** Room for a panel of scores, [D][8]. */
  ROOM = 20,
}
export const GUIDED_BYTES: usize = 64;

export const CONDITIONAL: u32 = 12;

/**
 * The descriptor of a score of kind CONDITIONAL: s + PULL m (y - x - SQUARE s) in each coordinate, of the score s whose descriptor's
 * address it holds, for a mask m and the observed numbers y, f32 [D] each, behind the descriptor. SQUARE is sigma^2.
 */
export enum ConditionalField {
  KIND = 0,
  D = 4,
  OF = 8,
  /** f32 */
  SQUARE = 12,
  PULL = 16,
  /** Addresses. */
  MASK = 20,
  OBSERVED = 24,
}
export const CONDITIONAL_BYTES: usize = 32;
