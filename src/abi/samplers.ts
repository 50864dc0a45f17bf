// Kinds of samplers: the first word of a run block.
export const LANGEVIN: u32 = 1;
/** All samplers whose noise changes as they run: a table of stages says how. */
export const DIFFUSION: u32 = 2;
export const UNDERDAMPED: u32 = 3;
export const HMC: u32 = 4;
export const NUTS: u32 = 5;

/** Most purposes for which a sampler draws random numbers; each has its own key. */
export const PURPOSES: usize = 4;

/**
 * The run block describes one share of a run: the C chains that one thread moves. All fields are u32 but those marked f32. All
 * are written before `runOpen`, which derives from them what stands from DERIVED on.
 */
export enum RunField {
  SAMPLER = 0,
  /** Address of the score's descriptor, or 0 when JavaScript computes the scores. */
  SCORE = 4,
  /** Address of the positions: panels [ceil(C / 8)][D][8]. */
  POSITIONS = 8,
  /** C, the number of chains of this share. */
  COUNT = 12,
  /** D */
  DIM = 16,
  /** Index of the share's first chain among the chains of the run. */
  FIRST_CHAIN = 20,
  /** Number of chains of the run, in all shares. */
  CHAINS = 24,
  /** Normals that the run draws in all, modulo 2^32. */
  NORMALS = 28,
  /** Layout of the random numbers: 0 for jax_threefry_partitionable=False, 1 for True. */
  PARTITIONABLE = 32,
  /** Steps before the first that is recorded. */
  WARMUP = 36,
  /** Every THIN-th position is kept in the path; 0 keeps none. */
  THIN = 40,
  /** Address of the histogram, or 0. */
  HISTOGRAM = 44,
  /** The histogram's cells a side. */
  BINS = 48,
  /** Address of the statistics of the chains, f64 [C][STATISTICS], or 0. */
  STATISTICS = 52,
  /** Keys, u32 [PURPOSES][2]. */
  KEYS = 56,
  /** Next step of `langevin`, next stage of `diffuse`, which update it. Other samplers count the steps of each panel. */
  NEXT = 88,
  /** f32: eta of `langevin`, h of `underdamped`, the leapfrog step of `hmc` and `nuts`, the first one of a warm-up. */
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
  /** f32: mu = log(10 step size) of `hmc` and `nuts`, towards which dual averaging shrinks the log step size. */
  CENTRE = 116,
  /** f32: the mean acceptance probability to which `hmc` and `nuts` adapt their step size. */
  TARGET = 120,
  /** Most doublings of a tree of `nuts`. */
  MAX_DEPTH = 124,
  /** Address of the table of stages of `diffuse`. */
  STAGES = 128,
  /** 1 when `hmc` or `nuts` integrate the score along their path, for want of a log-density. */
  LINE = 132,
  /** 1 when the masses of `hmc` or `nuts` are a matrix. */
  DENSE = 136,
  /** First panel of the share whose scores of step NEXT `langevin` or `diffuse` has not evaluated, which update it. */
  NEXT_PANEL = 140,
  /** Address of the etas of `langevin`, f32 [steps], or 0 where STEP_SIZE is the eta of every step. */
  STEP_SIZES = 144,
  DERIVED = 160,
  /**
   * Inverse masses of `hmc` and `nuts`: f32 [D], or with DENSE the Cholesky factor of their matrix, row by row up to the
   * diagonal, f32 [D (D + 1) / 2]. They end the block, and the panels' memory follows.
   */
  INVERSE_MASSES = 1792,
}

/** What `runSteps` returns: the steps are done; it waits for scores from outside; it has made as many evaluations as it may. */
export const DONE: u32 = 0;
export const WAITS: u32 = 1;
export const PAUSED: u32 = 2;

/** Bytes of a histogram's limits, with which it begins; `addToHistogram` says what follows them. */
export const LIMITS_BYTES: usize = 48;

/** Numbers of a chain's statistics, f64; `addStatistics` says which, and `assembly/samplers/health.ts`. */
export const STATISTICS: usize = 15;

/** Header of the table of stages of `diffuse`, u32. The arrays whose addresses it holds follow it. */
export enum StageTableField {
  /** Stages of one step. */
  PER_STEP = 0,
  /** Address of the stages, STAGE_BYTES each. */
  FIRST = 4,
  /** Address of the parameters of the noises, f64 [noises][PARAMETERS]. */
  NOISES = 8,
  /** Number of parameters of one noise. */
  PARAMETERS = 12,
  /** For a mixture: address of its variances without noise, f64 [K][D]. */
  VARIANCES = 16,
  /** For a mixture: K. */
  COMPONENTS = 20,
}
export const STAGES_HEADER_BYTES: usize = 64;

/**
 * A stage: the index of its noise, u32, then the coefficients, f32, of x <- a x + b s + c z + d y + e w, w <- y,
 * y <- f x + g s, where s is the score at u x (`assembly/samplers/diffusion.ts`).
 */
export enum StageField {
  NOISE = 0,
  U = 4,
  A = 8,
  B = 12,
  C = 16,
  D = 20,
  E = 24,
  F = 28,
  G = 32,
}
export const STAGE_BYTES: usize = 36;
