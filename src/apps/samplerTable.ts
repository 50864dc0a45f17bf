// What the command line and the page both know of samplers. It imports types only, so that the page's script stays small.
import type { Schedule, Solver } from '../index.js';

/**
 * What a step size is. `eta`: that of x + (eta / 2) score(x) + sqrt(eta) z. `length`: a leapfrog or underdamped step,
 * in the units of x. The others: an eta in units of sigma^2.
 */
export type StepSizeUnit = 'eta' | 'length' | 'epsilon / sigma^2' | 'h / sigma^2';

export interface SamplerEntry {
  /** Its name in a sentence: "200 steps of ...". */
  title: string;
  /** Its name in a menu. */
  label: string;
  /** Whether it starts from noise, and only its final positions are samples. Else it is a chain: every position is one. */
  startsFromNoise: boolean;
  /** Undefined if the number of steps determines their size. */
  stepSizeUnit?: StepSizeUnit;
}

/** Every sampler by the name of its function in the library, in the order of the page's menu. */
export const samplerTable = {
  langevin: {
    title: 'Langevin dynamics',
    label: 'Langevin dynamics',
    startsFromNoise: false,
    stepSizeUnit: 'eta',
  },
  mala: {
    title: 'adjusted Langevin dynamics',
    label: 'Metropolis-adjusted Langevin',
    startsFromNoise: false,
    stepSizeUnit: 'eta',
  },
  underdamped: {
    title: 'underdamped Langevin dynamics',
    label: 'underdamped Langevin',
    startsFromNoise: false,
    stepSizeUnit: 'length',
  },
  hmc: {
    title: 'Hamiltonian Monte Carlo',
    label: 'Hamiltonian Monte Carlo',
    startsFromNoise: false,
    stepSizeUnit: 'length',
  },
  nuts: {
    title: 'the no-U-turn sampler',
    label: 'NUTS',
    startsFromNoise: false,
    stepSizeUnit: 'length',
  },
  annealedLangevin: {
    title: 'annealed Langevin dynamics',
    label: 'annealed Langevin',
    startsFromNoise: true,
    stepSizeUnit: 'epsilon / sigma^2',
  },
  reverseDiffusion: {
    title: 'reverse diffusion',
    label: 'reverse diffusion',
    startsFromNoise: true,
  },
  probabilityFlow: {
    title: 'the probability flow',
    label: 'probability flow',
    startsFromNoise: true,
  },
  walkJump: {
    title: 'walk-jump sampling',
    label: 'walk-jump',
    startsFromNoise: false,
    stepSizeUnit: 'h / sigma^2',
  },
} as const satisfies Record<string, SamplerEntry>;

/** Defaults of hmc: leapfrog steps per step, and the share by which their size varies. */
export const HMC_DEFAULTS = { leapfrogs: 10, jitter: 0.2 } as const;

/** Titles of the probability flow's solvers, the default first. */
export const solverTable: Record<Solver, string> = {
  deis: 'DEIS, third order',
  dpmSolver: 'DPM-Solver++(2M)',
  accelerated: 'accelerated',
  ddim: 'DDIM',
  heun: 'Heun',
};

/** Titles of the schedules that have a name, the default of the probability flow first. */
export const scheduleTable: Record<Extract<Schedule, string>, string> = {
  karras: 'Karras, rho = 7',
  logLinear: 'log-linear',
  cosine: 'cosine',
  ddpm: 'DDPM',
};
