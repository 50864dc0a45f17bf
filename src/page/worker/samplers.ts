import {
  annealedLangevin,
  type Density,
  type DiffusionProcess,
  hmc,
  type Key,
  langevin,
  type Moments,
  mala,
  nuts,
  probabilityFlow,
  reverseDiffusion,
  type SampleHistogram,
  type Score,
  type ScoreFamily,
  underdamped,
  varianceExploding,
} from '../../index.js';
import { chainSettings, type SamplerName } from './samplerLabels.js';

/** What a run of any sampler is given here. */
export interface RunOptions {
  key: Key;
  steps: number;
  stepSize: number;
  chains: number;
  init: Float32Array;
  thin?: number;
  histogram?: { bins: number; xlim: readonly [number, number]; ylim: readonly [number, number] };
  signal?: AbortSignal;
}

/** Chains after some steps, as every sampler of the library yields them. */
export interface RunState {
  step: number;
  x: Float32Array;
  path: Float32Array;
  histogram?: SampleHistogram;
}

/** What is sampled: the score at one noise level, and those from the most noise down to it. */
export interface Target {
  score: Score;
  family: ScoreFamily;
  /** Noise levels, descending; the last is the score's. */
  sigmas: readonly number[];
  moments: Moments;
}

interface Sampler {
  /** Whether every position is a sample, or only those at the end, to which all others lead. */
  isChain: boolean;
  run(target: Target, options: RunOptions): AsyncIterable<RunState>;
}

/** The process from the least noise wanted to the most there is. */
function process({ sigmas }: Target): DiffusionProcess {
  if (sigmas.length === 1)
    throw new Error('there is no noise above this level to come back from: choose a lower one');
  return varianceExploding({ sigmaMin: sigmas[sigmas.length - 1], sigmaMax: sigmas[0] });
}

/** From noise to data: where chains start is drawn, and nothing is counted on the way. */
const fromNoise = ({ key, chains, signal }: RunOptions, { moments }: Target) => ({
  key,
  chains,
  signal,
  moments,
});

/** Every sampler by name, and in samplerLabels.ts its place in the menu. Those that need a density refuse a network. */
export const samplers: Record<SamplerName, Sampler> = {
  langevin: { isChain: true, run: ({ score }, options) => langevin(score, options) },
  mala: { isChain: true, run: ({ score }, options) => mala(score as Density, options) },
  underdamped: {
    isChain: true,
    run: ({ score }, options) =>
      underdamped(score, { ...options, ...chainSettings.underdamped(options.stepSize) }),
  },
  hmc: {
    isChain: true,
    run: ({ score }, options) =>
      hmc(score as Density, { ...options, ...chainSettings.hmc(options.stepSize) }),
  },
  nuts: {
    isChain: true,
    run: ({ score }, options) =>
      nuts(score as Density, { ...options, ...chainSettings.nuts(options.stepSize) }),
  },
  annealedLangevin: {
    isChain: false,
    run: (target, options) =>
      annealedLangevin(target.family, {
        ...fromNoise(options, target),
        sigmas: target.sigmas,
        stepsPerLevel: Math.ceil(options.steps / target.sigmas.length),
        stepSize: options.stepSize,
      }),
  },
  reverseDiffusion: {
    isChain: false,
    run: (target, options) =>
      reverseDiffusion(target.family, {
        ...fromNoise(options, target),
        process: process(target),
        steps: options.steps,
        corrections: 1,
        denoise: false,
      }),
  },
  probabilityFlow: {
    isChain: false,
    run: (target, options) =>
      probabilityFlow(target.family, {
        ...fromNoise(options, target),
        process: process(target),
        steps: options.steps,
        denoise: false,
      }),
  },
};
