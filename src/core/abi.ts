// Constants that AssemblyScript and TypeScript both know, each in this one place: both compilers read this file, asc by
// the types of its own and tsc by those of `abiTypes.d.ts`.

/** Samples in a panel, side by side: two vectors of four. */
export const LANES: usize = 8;
/** Bytes of one coordinate of one panel. */
export const LANE_BYTES: usize = 32;
/** Points in a tile of an empirical density's points, [N / 4][D][4]. */
export const POINT_TILE: usize = 4;

// Kinds of scores: the first word of a score's descriptor.
export const MIXTURE: u32 = 1;
export const EMPIRICAL: u32 = 2;
/** A network at one noise. */
export const NETWORK: u32 = 3;
export const GAUSSIAN: u32 = 5;
export const BANANA: u32 = 6;
export const FUNNEL: u32 = 7;
export const RING: u32 = 8;

// Operations of a plan. An operation's record is its code and then the fields of its layer: sizes as they are, everything
// else as addresses, since an address means the same in the memory of every thread. A code leaves room for a pass to be
// added, so that one number says which kernel is meant.

/** Bytes of an operation's record. */
export const OPERATION_BYTES: usize = 128;

/** Parameters changed: derive from them what the kernels read, such as packed weights. */
export const PACK: u32 = 0;
/** Before the first block: empty what gradients are gathered in beside them. */
export const START: u32 = 1;
/** Outputs of a block of samples from its inputs; keeps what the backward pass needs. */
export const FORWARD: u32 = 2;
/** Gradients of a block's inputs and parameters from those of its outputs, from the last operation to the first. */
export const BACKWARD: u32 = 3;
/** After the last block: add what was gathered beside the gradients. */
export const FINISH: u32 = 4;
/** Parameters changed: derive what the products of one sample read. */
export const PACK_ROW: u32 = 5;
/** The noise changed: compute what depends on it alone. */
export const FIX: u32 = 6;
/** Outputs of panels at the fixed noise; keeps nothing. */
export const FIXED: u32 = 7;
/** The output of one sample at the fixed noise. */
export const FIXED_ROW: u32 = 8;

export const CENTRE: u32 = 16;
export const FEATURES: u32 = 32;
export const LEVEL_DENSE: u32 = 48;
export const DENSE: u32 = 64;
export const SOFTPLUS: u32 = 80;
export const BIAS: u32 = 96;
export const FORK: u32 = 112;
export const TO_ROWS: u32 = 128;
export const TO_PANELS: u32 = 144;

// Fields of records, in bytes. Strides are bytes from one panel to the next.

export enum CentreField {
  N = 4,
  X = 8,
  X_STRIDE = 12,
}

export enum FeaturesField {
  FEATURES = 4,
  D = 8,
  X = 12,
  X_STRIDE = 16,
  Y = 20,
  Y_STRIDE = 24,
  TURNS = 28,
  GAINS = 32,
  GAIN_BYTES = 36,
  LEVELS = 40,
}

export enum LevelDenseField {
  N = 4,
  FEATURES = 8,
  D = 12,
  LEVEL_COUNT = 16,
  INPUT = 20,
  INPUT_STRIDE = 24,
  Y = 28,
  Y_STRIDE = 32,
  DY = 36,
  DY_STRIDE = 40,
  ALPHA = 44,
  BETA = 48,
  W = 52,
  BIAS = 56,
  FEATURE_TILES = 60,
  COORDINATE_TILES = 64,
  ROW_SUMS = 68,
  U = 72,
  RANK_ONE = 76,
  X_PACK = 80,
  DY_PACK = 84,
  LEVELS = 88,
  NOISE = 92,
  GAINS = 96,
  GAIN_BYTES = 100,
  FIXED_W = 104,
  FIXED_BIAS = 108,
  FIXED_TILES = 112,
  ROW_TILES = 116,
}

export enum DenseField {
  N = 4,
  K = 8,
  X = 12,
  X_STRIDE = 16,
  Y = 20,
  Y_STRIDE = 24,
  DX = 28,
  DX_STRIDE = 32,
  DY = 36,
  DY_STRIDE = 40,
  W = 44,
  TILES = 48,
  BACK_TILES = 52,
  ROW_TILES = 56,
  X_PACK = 60,
  DY_PACK = 64,
}

/** Of both softplus and bias, which has no slopes. */
export enum BiasField {
  N = 4,
  Y = 8,
  Y_STRIDE = 12,
  DY = 16,
  DY_STRIDE = 20,
  B = 24,
  SLOPE = 28,
}

export enum ForkField {
  N = 4,
  DX = 8,
  DX_STRIDE = 12,
  DY = 16,
  DY_STRIDE = 20,
  DZ = 24,
  DZ_STRIDE = 28,
}

/** Of both borders. Strides are bytes from eight samples to the next eight, in panels or in rows. */
export enum BorderField {
  N = 4,
  X = 8,
  X_STRIDE = 12,
  Y = 16,
  Y_STRIDE = 20,
  DX = 24,
  DX_STRIDE = 28,
  DY = 32,
  DY_STRIDE = 36,
}

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
  PART = 36,
  SCALE = 40,
}
export const NETWORK_SCORE_BYTES: usize = 64;

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

// Samplers: the first word of a run block.
export const LANGEVIN: u32 = 1;
/** Every sampler whose noise level changes: a table of stages. */
export const DIFFUSION: u32 = 2;
export const UNDERDAMPED: u32 = 3;
export const HMC: u32 = 4;
export const NUTS: u32 = 5;

// The run block describes one share of a run: the C chains that one thread moves. All fields are u32 but those marked f32,
// and all are written before `runOpen`. What `runOpen` derives from them stands behind RUN_DERIVED_AT.
export const RUN_SAMPLER_AT: usize = 0;
/** The score's descriptor, or 0 when scores come from outside of WebAssembly. */
export const RUN_SCORE_AT: usize = 4;
/** Positions: panels [ceil(C / 8)][D][8]. */
export const RUN_POSITIONS_AT: usize = 8;
/** C, the chains of this share. */
export const RUN_COUNT_AT: usize = 12;
/** D */
export const RUN_DIM_AT: usize = 16;
/** The share's first chain among those of the run. */
export const RUN_FIRST_CHAIN_AT: usize = 20;
/** Chains of the run, in all shares. */
export const RUN_CHAINS_AT: usize = 24;
/** Normals that the run draws in all, modulo 2^32. */
export const RUN_NORMALS_AT: usize = 28;
/** How random counters are laid out: 0 as jax_threefry_partitionable=False has it, 1 as True. */
export const RUN_PARTITIONABLE_AT: usize = 32;
/** Steps before the first that is recorded. */
export const RUN_WARMUP_AT: usize = 36;
/** Every thin-th position is kept; 0 keeps none. */
export const RUN_THIN_AT: usize = 40;
/** The histogram, or 0. */
export const RUN_HISTOGRAM_AT: usize = 44;
/** The histogram's cells a side. */
export const RUN_BINS_AT: usize = 48;
/** Statistics of the chains: f64 [C][STATISTICS], or 0. */
export const RUN_STATISTICS_AT: usize = 52;
/** Keys, u32 [PURPOSES][2], one for each purpose that a sampler draws for. */
export const RUN_KEYS_AT: usize = 56;
export const PURPOSES: usize = 4;
/** Next step of `langevin`, next stage of `diffuse`; they update it. Other samplers count the steps of each panel. */
export const RUN_NEXT_AT: usize = 88;

// Fields of single samplers.
/** f32: eta of `langevin`, h of `underdamped`, the leapfrog step of `hmc`, the first one of `nuts`. */
export const RUN_STEP_SIZE_AT: usize = 92;
/** f32: e^(-gamma h) of `underdamped`. */
export const RUN_DECAY_AT: usize = 96;
/** f32: u h / 2 of `underdamped`. */
export const RUN_KICK_AT: usize = 100;
/** f32: sqrt(u (1 - e^(-2 gamma h))) of `underdamped`. */
export const RUN_NOISE_AT: usize = 104;
/** f32: `hmc` scales the leapfrog step of a trajectory by 1 + jitter (2 u - 1), u uniform. */
export const RUN_JITTER_AT: usize = 108;
/** Leapfrog steps of a trajectory of `hmc`. */
export const RUN_LEAPFROGS_AT: usize = 112;
/** f32: log(10 step size) of `nuts`, where dual averaging is drawn to. */
export const RUN_CENTRE_AT: usize = 116;
/** f32: mean acceptance probability at which `nuts` aims. */
export const RUN_TARGET_AT: usize = 120;
/** Doublings of a tree of `nuts` at most. */
export const RUN_MAX_DEPTH_AT: usize = 124;
/** The table of stages of `diffuse`. */
export const RUN_STAGES_AT: usize = 128;
export const RUN_DERIVED_AT: usize = 160;
/** Inverse masses of `hmc` and `nuts`: f32 [D]. They end the block, and the panels' memory follows. */
export const RUN_INVERSE_MASSES_AT: usize = 960;

/** Bytes of a histogram's limits, which come first; `addToHistogram` says what follows. */
export const LIMITS_BYTES: usize = 48;

/** Numbers of a chain's statistics, f64; `addStatistics` says which. */
export const STATISTICS: usize = 10;

// The table of stages of `diffuse`: a header of u32, then where it points to.
export const STAGES_PER_STEP_AT: usize = 0;
/** Stages, STAGE_BYTES each. */
export const STAGES_FIRST_AT: usize = 4;
/** Parameters of the noises: f64 [noises][parameters]. */
export const STAGES_NOISES_AT: usize = 8;
/** Parameters of one noise. */
export const STAGES_PARAMETERS_AT: usize = 12;
/** Of a mixture without noise: variances, f64 [K][D], and K. */
export const STAGES_VARIANCES_AT: usize = 16;
export const STAGES_COMPONENTS_AT: usize = 20;
export const STAGES_HEADER_BYTES: usize = 64;

// A stage: the index of its noise, then its coefficients, f32.
export const STAGE_NOISE_AT: usize = 0;
export const STAGE_U_AT: usize = 4;
export const STAGE_A_AT: usize = 8;
export const STAGE_B_AT: usize = 12;
export const STAGE_C_AT: usize = 16;
export const STAGE_D_AT: usize = 20;
export const STAGE_F_AT: usize = 24;
export const STAGE_G_AT: usize = 28;
export const STAGE_BYTES: usize = 32;
