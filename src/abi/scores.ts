// Kinds of scores: the first word of a score's descriptor.
export const MIXTURE: u32 = 1;
export const EMPIRICAL: u32 = 2;
export const NETWORK: u32 = 3;
export const GAUSSIAN: u32 = 5;
export const BANANA: u32 = 6;
export const FUNNEL: u32 = 7;
export const RING: u32 = 8;

/** The descriptor of a score of kind NETWORK: a network at one noise. Addresses and sizes u32, but for the fields marked f32. */
export enum NetworkScoreField {
  KIND = 0,
  D = 4,
  /** Operation lists: that of panels, and that of one sample. */
  PANELS = 8,
  ROW = 12,
  /** Where each list reads its input and writes its output: panels [D][8], and [D]. */
  INPUT = 16,
  OUTPUT = 20,
  ROW_INPUT = 24,
  ROW_OUTPUT = 28,
  /** The noise: f32 FRACTION of the way from LEVEL to the next one. f32 SCALE turns the output into a score. */
  LEVEL = 32,
  FRACTION = 36,
  SCALE = 40,
}
export const NETWORK_SCORE_BYTES: usize = 64;
