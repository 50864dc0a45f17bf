import {
  DIFFUSION,
  HMC,
  LANGEVIN,
  NUTS,
  RUN_BINS_AT,
  RUN_CENTRE_AT,
  RUN_CHAINS_AT,
  RUN_COUNT_AT,
  RUN_DECAY_AT,
  RUN_DIM_AT,
  RUN_FIRST_CHAIN_AT,
  RUN_HISTOGRAM_AT,
  RUN_INVERSE_MASSES_AT,
  RUN_JITTER_AT,
  RUN_KEYS_AT,
  RUN_KICK_AT,
  RUN_LEAPFROGS_AT,
  RUN_MAX_DEPTH_AT,
  RUN_NEXT_AT,
  RUN_NOISE_AT,
  RUN_NORMALS_AT,
  RUN_PARTITIONABLE_AT,
  RUN_POSITIONS_AT,
  RUN_SAMPLER_AT,
  RUN_SCORE_AT,
  RUN_STAGES_AT,
  RUN_STATISTICS_AT,
  RUN_STEP_SIZE_AT,
  RUN_TARGET_AT,
  RUN_THIN_AT,
  RUN_WARMUP_AT,
  STATISTICS,
  UNDERDAMPED,
} from '../core/abi.js';
import { type Field, type FieldValues, f32, u32, writeFields } from '../core/fields.js';
import type { Core } from '../core/instantiate.js';

/** The fields of the run block that every sampler has; `abi.ts` says what they mean. */
const FIELDS = {
  score: u32(RUN_SCORE_AT),
  positions: u32(RUN_POSITIONS_AT),
  count: u32(RUN_COUNT_AT),
  dim: u32(RUN_DIM_AT),
  firstChain: u32(RUN_FIRST_CHAIN_AT),
  chains: u32(RUN_CHAINS_AT),
  normals: u32(RUN_NORMALS_AT),
  partitionable: u32(RUN_PARTITIONABLE_AT),
  warmup: u32(RUN_WARMUP_AT),
  thin: u32(RUN_THIN_AT),
  histogram: u32(RUN_HISTOGRAM_AT),
  bins: u32(RUN_BINS_AT),
  statistics: u32(RUN_STATISTICS_AT),
  keys: u32(RUN_KEYS_AT),
};

const stepSize = f32(RUN_STEP_SIZE_AT);
const inverseMasses = f32(RUN_INVERSE_MASSES_AT);

/** The samplers of `assembly/samplers`: their code, their own fields of the run block, and numbers of their statistics. */
const SAMPLERS = {
  langevin: { code: LANGEVIN, statistics: 0, settings: { stepSize } },
  diffusion: { code: DIFFUSION, statistics: 0, settings: { stages: u32(RUN_STAGES_AT) } },
  underdamped: {
    code: UNDERDAMPED,
    statistics: 0,
    settings: { stepSize, decay: f32(RUN_DECAY_AT), kick: f32(RUN_KICK_AT), noise: f32(RUN_NOISE_AT) },
  },
  hmc: {
    code: HMC,
    statistics: STATISTICS,
    settings: { stepSize, jitter: f32(RUN_JITTER_AT), leapfrogs: u32(RUN_LEAPFROGS_AT), inverseMasses },
  },
  nuts: {
    code: NUTS,
    statistics: STATISTICS,
    settings: {
      stepSize,
      centre: f32(RUN_CENTRE_AT),
      targetAcceptance: f32(RUN_TARGET_AT),
      maxDepth: u32(RUN_MAX_DEPTH_AT),
      inverseMasses,
    },
  },
};

/** A sampler by its name, and a value for each of its own fields. */
export type SamplerSettings = {
  [Name in keyof typeof SAMPLERS]: {
    sampler: Name;
    settings: FieldValues<(typeof SAMPLERS)[Name]['settings']>;
  };
}[keyof typeof SAMPLERS];

/** Numbers of a chain's statistics; a sampler that has some needs log-densities. */
export function statisticsOf({ sampler }: SamplerSettings): number {
  return SAMPLERS[sampler].statistics;
}

/** Bytes of the run block of so many chains, with the panels' memory. */
export function runBytes({ wasm }: Core, own: SamplerSettings, count: number, dim: number): number {
  const maxDepth = own.sampler === 'nuts' ? Number(own.settings.maxDepth) : 0;
  return wasm.runBytes(SAMPLERS[own.sampler].code, count, dim, maxDepth);
}

/** Fills the run block at `run`, zero before, and completes it: steps can be made of it, here or in another thread. */
export function openRun(
  { wasm, memory }: Core,
  run: number,
  own: SamplerSettings,
  values: FieldValues<typeof FIELDS>,
): void {
  const { code, settings } = SAMPLERS[own.sampler];
  writeFields(memory, run, { sampler: u32(RUN_SAMPLER_AT) }, { sampler: code });
  writeFields(memory, run, FIELDS, values);
  writeFields<Record<string, Field>>(memory, run, settings, own.settings);
  wasm.runOpen(run);
}

/** The next step of `langevin`, or stage of `diffuse`: the one whose scores it waits for. */
export function nextOf({ memory }: Core, run: number): number {
  return memory.u32(run + RUN_NEXT_AT, 1)[0];
}
