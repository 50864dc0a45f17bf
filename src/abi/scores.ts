// Kinds of scores: the first word of a score's descriptor.
export const MIXTURE: u32 = 1;
export const EMPIRICAL: u32 = 2;
/** A network at one noise. */
export const NETWORK: u32 = 3;
export const GAUSSIAN: u32 = 5;
export const BANANA: u32 = 6;
export const FUNNEL: u32 = 7;
export const RING: u32 = 8;

/** A score of kind NETWORK: a network at one noise. */
export enum NetworkScoreField {
  KIND = 0,
  D = 4,
  /** Operations over panels, and over one sample. */
  PANELS = 8,
  ROW = 12,
  /** Where their input is to stand, and where their output then stands. */
  INPUT = 16,
  OUTPUT = 20,
  ROW_INPUT = 24,
  ROW_OUTPUT = 28,
  /** The noise: a level, how far on the way to the next one, and what the output is multiplied by to be a score. */
  LEVEL = 32,
  FRACTION = 36,
  SCALE = 40,
}
export const NETWORK_SCORE_BYTES: usize = 64;
