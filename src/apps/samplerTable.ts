// What the command line and the page both say of samplers. No code runs here, so that the page needs no WebAssembly for it.

/**
 * What a step size is: `eta` of x + (eta / 2) score(x) + sqrt(eta) z; a `length`, the time of a leapfrog or underdamped step
 * in units of x; or the same in units of the noise.
 */
export type StepSizeUnit = 'eta' | 'length' | 'epsilon / sigma^2' | 'h / sigma^2';

export interface SamplerEntry {
  /** In a sentence: "200 steps of ...". */
  title: string;
  /** In a menu. */
  label: string;
  /** It needs log-densities; a score alone is not enough. */
  needsDensity: boolean;
  /** It leads from noise to data: only the last positions are samples. The others are chains, whose every position is one. */
  startsFromNoise: boolean;
  /** Left out where the steps follow from their number. */
  stepSizeUnit?: StepSizeUnit;
}

/** Every sampler by the name of its function in the library, in the order of the page's menu. */
export const samplerTable = {
  langevin: {
    title: 'Langevin dynamics',
    label: 'Langevin dynamics',
    needsDensity: false,
    startsFromNoise: false,
    stepSizeUnit: 'eta',
  },
  mala: {
    title: 'adjusted Langevin dynamics',
    label: 'Metropolis-adjusted Langevin',
    needsDensity: true,
    startsFromNoise: false,
    stepSizeUnit: 'eta',
  },
  underdamped: {
    title: 'underdamped Langevin dynamics',
    label: 'underdamped Langevin',
    needsDensity: false,
    startsFromNoise: false,
    stepSizeUnit: 'length',
  },
  hmc: {
    title: 'Hamiltonian Monte Carlo',
    label: 'Hamiltonian Monte Carlo',
    needsDensity: true,
    startsFromNoise: false,
    stepSizeUnit: 'length',
  },
  nuts: {
    title: 'the no-U-turn sampler',
    label: 'NUTS',
    needsDensity: true,
    startsFromNoise: false,
    stepSizeUnit: 'length',
  },
  annealedLangevin: {
    title: 'annealed Langevin dynamics',
    label: 'annealed Langevin',
    needsDensity: false,
    startsFromNoise: true,
    stepSizeUnit: 'epsilon / sigma^2',
  },
  reverseDiffusion: {
    title: 'reverse diffusion',
    label: 'reverse diffusion',
    needsDensity: false,
    startsFromNoise: true,
  },
  probabilityFlow: {
    title: 'the probability flow',
    label: 'probability flow',
    needsDensity: false,
    startsFromNoise: true,
  },
  walkJump: {
    title: 'walk-jump sampling',
    label: 'walk-jump',
    needsDensity: false,
    startsFromNoise: false,
    stepSizeUnit: 'h / sigma^2',
  },
} as const satisfies Record<string, SamplerEntry>;

/** Leapfrog steps of one step of hmc, and the share by which their size varies, unless the user says otherwise. */
export const HMC_DEFAULTS = { leapfrogs: 10, jitter: 0.2 } as const;
