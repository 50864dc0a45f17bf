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
