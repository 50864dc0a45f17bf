import { HMC_DEFAULTS, type SamplerEntry, samplerTable } from '../../apps/samplerTable.js';
import { square } from '../../core/elementary.js';
import {
  annealedLangevin,
  type ChainOptions,
  curl,
  geomspace,
  hmc,
  langevin,
  type Moments,
  mala,
  nuts,
  probabilityFlow,
  reverseDiffusion,
  type SamplerState,
  type Schedule,
  type Score,
  type ScoreFamily,
  type Solver,
  type TrajectoryState,
  underdamped,
  varianceExploding,
  type WalkJumpState,
  walkJump,
} from '../../index.js';
import { shortNumber } from '../../plots/index.js';
import { UsageError } from '../terminal/failure.js';

/** A distribution to sample from, with the lengths that default step sizes and noise levels derive from. */
export interface Target {
  /** Its scores under any noise. */
  family: ScoreFamily;
  /** Moments of the distribution without noise. Default: those of the family. */
  moments?: Moments;
  /** Its score under the noise `sigma`. */
  score: Score;
  /** The noise of the sampled distribution; walk-jump walks under it. 0 is none. */
  sigma: number;
  /** The shortest length over which the density changes. */
  scale: number;
  /** The noise that samplers from noise start at. */
  sigmaMax: number;
  /** How many noise levels annealing takes from sigmaMax down. Default: the levels of the family. */
  levels?: number;
}

/** Options that only some samplers have. */
export interface OwnOptions {
  stepSize?: number;
  leapfrogs?: number;
  solver?: Solver;
  schedule?: Schedule;
}

/** What a sampler starts with: numbers that have a default, and choices that the library has one for. */
type OwnSettings = Required<Pick<OwnOptions, 'stepSize' | 'leapfrogs'>> &
  Pick<OwnOptions, 'solver' | 'schedule'>;

/** The state of any sampler, with the statistics of those that have them. */
export type State = SamplerState &
  Partial<Pick<TrajectoryState, 'acceptance' | 'divergences' | 'stepSizes' | 'leapfrogs'>> &
  Partial<Pick<WalkJumpState, 'jump'>>;

type StartSampler = (target: Target, options: ChainOptions, own: OwnSettings) => AsyncIterable<State>;

interface Sampler extends SamplerEntry {
  /** Warm-up steps, before the steps that count. */
  warmup?: number;
  /** Step size unless the user gives one; left out where the steps follow from their number. */
  defaultStepSize?(target: Target): number;
  start: StartSampler;
}

const WARMUP = 500;
export const ANNEALED_STEP = 0.2;
export const WALK_JUMP_STEP = 0.5;

/** The noise at which samplers from noise end. They denoise there, unless that noise is the target's own. */
const endOf = ({ sigma, scale }: Target) => ({ least: sigma || scale / 100, denoise: sigma === 0 });

function processOf(target: Target) {
  return varianceExploding({ sigmaMin: endOf(target).least, sigmaMax: target.sigmaMax });
}

/** Options of samplers that lead a process back from its noise. */
const reversed = (target: Target, { init: _, ...options }: ChainOptions) => ({
  ...options,
  moments: target.moments,
  process: processOf(target),
  denoise: endOf(target).denoise,
});

const reverse: StartSampler = (target, options, { schedule }) =>
  reverseDiffusion(target.family, { ...reversed(target, options), schedule });
const flow: StartSampler = (target, options, { solver, schedule }) =>
  probabilityFlow(target.family, { ...reversed(target, options), solver, schedule });

/** Noise levels of annealed Langevin dynamics, descending. */
export function annealedLevels(target: Target): number[] {
  const { least } = endOf(target);
  if (target.levels !== undefined)
    return Array.from(geomspace(least, target.sigmaMax, target.levels)).reverse();
  return Array.from(target.family.sigmas ?? [])
    .filter((sigma) => sigma >= least)
    .reverse();
}

const annealed: StartSampler = (target, { init: _, steps, ...options }, { stepSize }) => {
  const sigmas = annealedLevels(target);
  return annealedLangevin(target.family, {
    ...options,
    moments: target.moments,
    sigmas,
    stepsPerLevel: steps,
    stepSize: stepSize * square(sigmas[sigmas.length - 1]),
    denoise: endOf(target).denoise,
  });
};

/** Every sampler by its name on the command line, in the order of the help. */
export const samplers = {
  langevin: {
    ...samplerTable.langevin,
    defaultStepSize: ({ scale }) => square(scale / 4),
    start: ({ score }, options, { stepSize }) => langevin(score, { ...options, stepSize }),
  },
  underdamped: {
    ...samplerTable.underdamped,
    defaultStepSize: ({ scale }) => scale / 2,
    // The friction of walk-jump sampling's walks, 1 / sigma (Frey and others, "Protein discovery with discrete walk-jump
    // sampling", 2024).
    start: ({ score, scale }, options, { stepSize }) =>
      underdamped(score, { ...options, stepSize, friction: 1 / scale }),
  },
  mala: {
    ...samplerTable.mala,
    defaultStepSize: ({ scale }) => square(scale),
    start: ({ score }, options, { stepSize }) => mala(score, { ...options, stepSize }),
  },
  hmc: {
    ...samplerTable.hmc,
    defaultStepSize: ({ scale }) => scale / 2,
    start: ({ score }, options, { stepSize, leapfrogs }) =>
      hmc(score, { ...HMC_DEFAULTS, ...options, stepSize, leapfrogs }),
  },
  nuts: {
    ...samplerTable.nuts,
    warmup: WARMUP,
    defaultStepSize: ({ scale }) => scale,
    start: ({ score }, options, { stepSize }) => nuts(score, { ...options, stepSize, warmup: WARMUP }),
  },
  annealed: {
    ...samplerTable.annealedLangevin,
    // epsilon / sigma^2 is 0.2 in Song and Ermon's own runs.
    defaultStepSize: () => ANNEALED_STEP,
    start: annealed,
  },
  reverse: { ...samplerTable.reverseDiffusion, start: reverse },
  flow: { ...samplerTable.probabilityFlow, start: flow },
  'walk-jump': {
    ...samplerTable.walkJump,
    defaultStepSize: () => WALK_JUMP_STEP,
    start: ({ score, sigma }, options, { stepSize }) => walkJump(score, { ...options, sigma, stepSize }),
  },
} satisfies Record<string, Sampler>;

export type SamplerName = keyof typeof samplers;
export const SAMPLER_NAMES = Object.keys(samplers) as SamplerName[];

export const samplerOf = (name: SamplerName): Sampler => samplers[name];

/** @throws UsageError if the sampler does not take the options */
export function checkSampler(name: SamplerName, own: OwnOptions): void {
  const { stepSizeUnit } = samplerOf(name);
  if (own.stepSize !== undefined && !stepSizeUnit)
    throw new UsageError(`--step-size is not for --sampler ${name}, whose steps follow from --steps`);
  if (own.leapfrogs !== undefined && name !== 'hmc')
    throw new UsageError(`--leapfrogs is for --sampler hmc, not ${name}`);
  if (own.solver !== undefined && name !== 'flow')
    throw new UsageError(`--solver is for --sampler flow, not ${name}`);
  if (own.schedule !== undefined && name !== 'flow' && name !== 'reverse')
    throw new UsageError(`--schedule is for --sampler flow and reverse, not ${name}`);
}

/** A sampler that is ready to run. */
export interface Sampling {
  states: AsyncIterable<State>;
  /** Steps of the run without its warm-up. */
  steps: number;
  warmup: number;
  stepSize?: number;
}

/** Starts the sampler of this name on a target. */
export function startSampling(
  name: SamplerName,
  target: Target,
  options: ChainOptions,
  own: OwnOptions,
): Sampling {
  const { start, warmup = 0 } = samplerOf(name);
  const { leapfrogs = HMC_DEFAULTS.leapfrogs, solver, schedule } = own;
  const { steps, stepSize } = lengthOf(name, target, options.steps, own);
  const states = start(target, options, { stepSize: stepSize ?? 0, leapfrogs, solver, schedule });
  return { states, steps, warmup, stepSize };
}

/** The steps of a run without its warm-up, and their size. */
export function lengthOf(
  name: SamplerName,
  target: Target,
  steps: number,
  { stepSize }: Pick<OwnOptions, 'stepSize'>,
): Pick<Sampling, 'steps' | 'stepSize'> {
  return {
    // Annealing takes `steps` at each level, and one step more to denoise.
    steps:
      name === 'annealed' ? steps * annealedLevels(target).length + (endOf(target).denoise ? 1 : 0) : steps,
    stepSize: stepSize ?? samplerOf(name).defaultStepSize?.(target),
  };
}

/** Statistics over all chains of a sampler, for events. */
export interface Statistics {
  stepSize?: number;
  /** Mean probability of acceptance. */
  acceptance?: number;
  /** Steps that diverged. */
  divergences?: number;
  /** Leapfrog steps in all. */
  leapfrogs?: number;
  /** Where a sampler accepted by the line integral of a score: the median of `curl` at the last positions. */
  curl?: number;
}

const sum = (values: Float64Array) => values.reduce((total, value) => total + value, 0);
const mean = (values: Float64Array) => sum(values) / values.length;

/** Of a state, what statistics over all chains are made of. */
export type ChainStatistics = Pick<State, 'acceptance' | 'divergences' | 'stepSizes' | 'leapfrogs'>;

/** @param stepSize the run's; for nuts, the mean of the chains' adapted step sizes replaces it */
export function statisticsOf(
  { acceptance, divergences, stepSizes, leapfrogs }: ChainStatistics,
  stepSize: number | undefined,
  name: SamplerName,
): Statistics {
  return {
    // Chains of hmc have their own step sizes too, but only from the jitter.
    stepSize: stepSizes && name === 'nuts' ? mean(stepSizes) : stepSize,
    ...(acceptance && { acceptance: mean(acceptance) }),
    ...(divergences && { divergences: sum(divergences) }),
    ...(leapfrogs && { leapfrogs: sum(leapfrogs) }),
  };
}

/** Most positions at which the curl is computed. */
const CURL_ROWS = 100;

/** The curl of a score at the last positions of a sampler that accepted by its line integral; else nothing. */
export function curlOf(
  target: Target,
  { acceptance, x }: Pick<State, 'acceptance' | 'x'>,
): Pick<Statistics, 'curl'> {
  if (!acceptance || 'logProb' in target.score) return {};
  const rows = x.subarray(0, CURL_ROWS * target.score.dim);
  const values = curl(target.score, rows, { step: target.scale / 20 }).sort();
  return { curl: values[values.length >> 1] };
}

/** Below it, chains stand nearly still. */
const LEAST_ACCEPTANCE = 0.01;

/** What the statistics mean where they need a word: chains that stand still, or a curl. */
export function remark({ acceptance = 1, curl }: Statistics): string | undefined {
  if (acceptance < LEAST_ACCEPTANCE)
    return 'Hardly a step was accepted, so that the chains stand nearly still: lower --step-size.';
  if (curl === undefined) return undefined;
  return `It accepted by the line integral of the score, which has no density unless it is a gradient: its curl there is ${shortNumber(curl)}, where a gradient has 0.`;
}

/** The statistics in brackets, to append to a sentence. */
export function statisticsText({ stepSize, acceptance, divergences }: Statistics): string {
  const parts = [
    stepSize !== undefined && `step size ${Number(stepSize.toPrecision(3))}`,
    acceptance !== undefined && `acceptance ${acceptance.toFixed(3)}`,
    divergences !== undefined && `${divergences} divergence${divergences === 1 ? '' : 's'}`,
  ].filter((part) => part !== false);
  return parts.length > 0 ? ` (${parts.join(', ')})` : '';
}
