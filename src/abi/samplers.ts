// Samplers: the first word of a run block.
export const LANGEVIN: u32 = 1;
/** Every sampler whose noise level changes: a table of stages. */
export const DIFFUSION: u32 = 2;
export const UNDERDAMPED: u32 = 3;
export const HMC: u32 = 4;
export const NUTS: u32 = 5;

/** Purposes that a sampler draws for, each by a key of its own. */
export const PURPOSES: usize = 4;

/**
 * The run block describes one share of a run: the C chains that one thread moves. All fields are u32 but those marked f32,
 * and all are written before `runOpen`. What `runOpen` derives from them stands behind DERIVED.
 */
export enum RunField {
  SAMPLER = 0,
  /** The score's descriptor, or 0 when scores come from outside of WebAssembly. */
  SCORE = 4,
  /** Positions: panels [ceil(C / 8)][D][8]. */
  POSITIONS = 8,
  /** C, the chains of this share. */
  COUNT = 12,
  /** D */
  DIM = 16,
  /** The share's first chain among those of the run. */
  FIRST_CHAIN = 20,
  /** Chains of the run, in all shares. */
  CHAINS = 24,
  /** Normals that the run draws in all, modulo 2^32. */
  NORMALS = 28,
  /** How random counters are laid out: 0 as jax_threefry_partitionable=False has it, 1 as True. */
  PARTITIONABLE = 32,
  /** Steps before the first that is recorded. */
  WARMUP = 36,
  /** Every thin-th position is kept; 0 keeps none. */
  THIN = 40,
  /** The histogram, or 0. */
  HISTOGRAM = 44,
  /** The histogram's cells a side. */
  BINS = 48,
  /** Statistics of the chains: f64 [C][STATISTICS], or 0. */
  STATISTICS = 52,
  /** Keys, u32 [PURPOSES][2], one for each purpose that a sampler draws for. */
  KEYS = 56,
  /** Next step of `langevin`, next stage of `diffuse`; they update it. Other samplers count the steps of each panel. */
  NEXT = 88,
  /** f32: eta of `langevin`, h of `underdamped`, the leapfrog step of `hmc`, the first one of `nuts`. */
  STEP_SIZE = 92,
  /** f32: e^(-gamma h) of `underdamped`. */
  DECAY = 96,
  /** f32: u h / 2 of `underdamped`. */
  KICK = 100,
  /** f32: sqrt(u (1 - e^(-2 gamma h))) of `underdamped`. */
  NOISE = 104,
  /** f32: `hmc` scales the leapfrog step of a trajectory by 1 + jitter (2 u - 1), u uniform. */
  JITTER = 108,
  /** Leapfrog steps of a trajectory of `hmc`. */
  LEAPFROGS = 112,
  /** f32: log(10 step size) of `nuts`, where dual averaging is drawn to. */
  CENTRE = 116,
  /** f32: mean acceptance probability at which `nuts` aims. */
  TARGET = 120,
  /** Doublings of a tree of `nuts` at most. */
  MAX_DEPTH = 124,
  /** The table of stages of `diffuse`. */
  STAGES = 128,
  DERIVED = 160,
  /** Inverse masses of `hmc` and `nuts`: f32 [D]. They end the block, and the panels' memory follows. */
  INVERSE_MASSES = 960,
}

/** Bytes of a histogram's limits, which come first; `addToHistogram` says what follows. */
export const LIMITS_BYTES: usize = 48;

/** Numbers of a chain's statistics, f64; `addStatistics` says which. */
export const STATISTICS: usize = 10;

/** The table of stages of `diffuse`: a header of u32, then where it points to. */
export enum StageTableField {
  PER_STEP = 0,
  /** Stages, STAGE_BYTES each. */
  FIRST = 4,
  /** Parameters of the noises: f64 [noises][parameters]. */
  NOISES = 8,
  /** Parameters of one noise. */
  PARAMETERS = 12,
  /** Of a mixture without noise: variances, f64 [K][D], and K. */
  VARIANCES = 16,
  COMPONENTS = 20,
}
export const STAGES_HEADER_BYTES: usize = 64;

/** A stage: the index of its noise, then its coefficients, f32. */
export enum StageField {
  NOISE = 0,
  U = 4,
  A = 8,
  B = 12,
  C = 16,
  D = 20,
  F = 24,
  G = 28,
}
export const STAGE_BYTES: usize = 32;
