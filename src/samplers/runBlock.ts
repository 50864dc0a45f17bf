import { DIFFUSION, HMC, LANGEVIN, NUTS, RunField, STATISTICS, UNDERDAMPED } from '../abi/samplers.js';
import { type Field, type FieldValues, f32, u32, writeFields } from '../core/fields.js';
import type { Core } from '../core/instantiate.js';

/** The fields of the run block that every sampler has; `src/abi/samplers.ts` says what they mean. */
const FIELDS = {
  score: u32(RunField.SCORE),
  positions: u32(RunField.POSITIONS),
  count: u32(RunField.COUNT),
  dim: u32(RunField.DIM),
  firstChain: u32(RunField.FIRST_CHAIN),
  chains: u32(RunField.CHAINS),
  normals: u32(RunField.NORMALS),
  partitionable: u32(RunField.PARTITIONABLE),
  warmup: u32(RunField.WARMUP),
  thin: u32(RunField.THIN),
  histogram: u32(RunField.HISTOGRAM),
  bins: u32(RunField.BINS),
  statistics: u32(RunField.STATISTICS),
  keys: u32(RunField.KEYS),
};

const stepSize = f32(RunField.STEP_SIZE);

/** The fields of samplers whose steps are trajectories. */
const HAMILTONIAN = {
  stepSize,
  centre: f32(RunField.CENTRE),
  targetAcceptance: f32(RunField.TARGET),
  line: u32(RunField.LINE),
  dense: u32(RunField.DENSE),
  inverseMasses: f32(RunField.INVERSE_MASSES),
};

/** The samplers of `assembly/samplers`: their code, their own fields of the run block, and numbers of their statistics. */
const SAMPLERS = {
  langevin: { code: LANGEVIN, statistics: 0, settings: { stepSize, stepSizes: u32(RunField.STEP_SIZES) } },
  diffusion: { code: DIFFUSION, statistics: 0, settings: { stages: u32(RunField.STAGES) } },
  underdamped: {
    code: UNDERDAMPED,
    statistics: 0,
    settings: { stepSize, decay: f32(RunField.DECAY), kick: f32(RunField.KICK), noise: f32(RunField.NOISE) },
  },
  hmc: {
    code: HMC,
    statistics: STATISTICS,
    settings: { ...HAMILTONIAN, jitter: f32(RunField.JITTER), leapfrogs: u32(RunField.LEAPFROGS) },
  },
  nuts: {
    code: NUTS,
    statistics: STATISTICS,
    settings: { ...HAMILTONIAN, maxDepth: u32(RunField.MAX_DEPTH) },
  },
};

/** A sampler by its name, and a value for each of its own fields. */
export type SamplerSettings = {
  [Name in keyof typeof SAMPLERS]: {
    sampler: Name;
    settings: FieldValues<(typeof SAMPLERS)[Name]['settings']>;
  };
}[keyof typeof SAMPLERS];

/** Numbers of a chain's statistics; a sampler that has some accepts by log-densities. */
export function statisticsOf({ sampler }: SamplerSettings): number {
  return SAMPLERS[sampler].statistics;
}

/** Bytes of the run block of so many chains, with the panels' memory. */
export function runBytes({ wasm }: Core, own: SamplerSettings, count: number, dim: number): number {
  const maxDepth = own.sampler === 'nuts' ? Number(own.settings.maxDepth) : 0;
  const dense = 'dense' in own.settings && own.settings.dense !== 0;
  return wasm.runBytes(SAMPLERS[own.sampler].code, count, dim, maxDepth, dense);
}

/** Fills the run block at `run`, zero before, and completes it: steps can be made of it, here or in another thread. */
export function openRun(
  { wasm, memory }: Core,
  run: number,
  own: SamplerSettings,
  values: FieldValues<typeof FIELDS>,
): void {
  const { code, settings } = SAMPLERS[own.sampler];
  writeFields(memory, run, { sampler: u32(RunField.SAMPLER) }, { sampler: code });
  writeFields(memory, run, FIELDS, values);
  writeFields<Record<string, Field>>(memory, run, settings, own.settings);
  wasm.runOpen(run);
}

/** The next step of `langevin`, or stage of `diffuse`: the one whose scores it waits for. */
export function nextOf({ memory }: Core, run: number): number {
  return memory.u32(run + RunField.NEXT, 1)[0];
}
