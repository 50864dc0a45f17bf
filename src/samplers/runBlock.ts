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

/** The fields of samplers, all together: a name means the same in each that has it. */
const OWN = {
  stepSize: f32(RunField.STEP_SIZE),
  stepSizes: u32(RunField.STEP_SIZES),
  stages: u32(RunField.STAGES),
  decay: f32(RunField.DECAY),
  kick: f32(RunField.KICK),
  noise: f32(RunField.NOISE),
  centre: f32(RunField.CENTRE),
  targetAcceptance: f32(RunField.TARGET),
  line: u32(RunField.LINE),
  dense: u32(RunField.DENSE),
  inverseMasses: f32(RunField.INVERSE_MASSES),
  jitter: f32(RunField.JITTER),
  leapfrogs: u32(RunField.LEAPFROGS),
  maxDepth: u32(RunField.MAX_DEPTH),
};

/** Those of samplers whose steps are trajectories. */
type Hamiltonian = 'stepSize' | 'centre' | 'targetAcceptance' | 'line' | 'dense' | 'inverseMasses';

/** Which of them each sampler of `assembly/samplers` has. */
interface Settings {
  langevin: 'stepSize' | 'stepSizes';
  diffusion: 'stages';
  underdamped: 'stepSize' | 'decay' | 'kick' | 'noise';
  hmc: Hamiltonian | 'jitter' | 'leapfrogs';
  nuts: Hamiltonian | 'maxDepth';
}

const CODES = { langevin: LANGEVIN, diffusion: DIFFUSION, underdamped: UNDERDAMPED, hmc: HMC, nuts: NUTS };

/** A sampler by its name, and a value for each of its own fields. */
export type SamplerSettings = {
  [Name in keyof Settings]: {
    sampler: Name;
    settings: FieldValues<Pick<typeof OWN, Settings[Name]>>;
  };
}[keyof Settings];

/** Numbers of a chain's statistics; a sampler that has some accepts by log-densities. */
export function statisticsOf({ sampler }: SamplerSettings): number {
  return CODES[sampler] >= HMC ? STATISTICS : 0;
}

/** Bytes of the run block of so many chains, with the panels' memory. */
export function runBytes({ wasm }: Core, own: SamplerSettings, count: number, dim: number): number {
  const maxDepth = own.sampler === 'nuts' ? Number(own.settings.maxDepth) : 0;
  const dense = 'dense' in own.settings && own.settings.dense !== 0;
  return wasm.runBytes(CODES[own.sampler], count, dim, maxDepth, dense);
}

/** Fills the run block at `run`, zero before, and completes it: steps can be made of it, here or in another thread. */
export function openRun(
  { wasm, memory }: Core,
  run: number,
  own: SamplerSettings,
  values: FieldValues<typeof FIELDS>,
): void {
  const fields: Record<string, Field> = { ...FIELDS, sampler: u32(RunField.SAMPLER) };
  for (const name in own.settings) fields[name] = OWN[name as keyof typeof OWN];
  writeFields(memory, run, fields, { ...values, ...own.settings, sampler: CODES[own.sampler] });
  wasm.runOpen(run);
}

/** The next step of `langevin`, or stage of `diffuse`: the one whose scores it waits for. */
export function nextOf({ memory }: Core, run: number): number {
  return memory.u32(run + RunField.NEXT, 1)[0];
}
