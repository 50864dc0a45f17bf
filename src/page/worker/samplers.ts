import {
  annealedLangevin,
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
import type { ScheduleName, SolverName } from './flowMenu.js';
import { type ChainName, chainSettings, type SamplerName } from './samplerMenu.js';

/** How the probability flow is solved, and where its noise levels lie. */
export interface FlowOptions {
  solver: SolverName;
  schedule: ScheduleName;
}

/** Options for any sampler of the page. */
export interface RunOptions {
  key: Key;
  steps: number;
  stepSize: number;
  chains: number;
  init: Float32Array;
  thin?: number;
  histogram?: { bins: number; xlim: readonly [number, number]; ylim: readonly [number, number] };
  signal?: AbortSignal;
  flow?: FlowOptions;
}

/** The part of a sampler's state that all samplers of the library have. */
export interface RunState {
  step: number;
  x: Float32Array;
  path: Float32Array;
  histogram?: SampleHistogram;
}

/** What is sampled: the score at one noise level, and the scores under all noise above it. */
export interface Target {
  score: Score;
  family: ScoreFamily;
  /** Noise levels, descending; the last is that of `score`. */
  sigmas: readonly number[];
  moments: Moments;
}

/** Starts a sampler on a target. */
type StartSampler = (target: Target, options: RunOptions) => AsyncIterable<RunState>;

/** Options of samplers from noise: they draw their own start, and count no positions on the way. */
const fromNoise = ({ key, chains, thin, signal }: RunOptions, { moments }: Target) => ({
  key,
  chains,
  thin,
  signal,
  moments,
});

/** Options of samplers that run a process backwards, from the target's most noise to its least. */
function reversed(options: RunOptions, target: Target) {
  const { sigmas } = target;
  if (sigmas.length === 1)
    throw new Error('there is no noise above this level to come back from: choose a lower one');
  const process = varianceExploding({ sigmaMin: sigmas[sigmas.length - 1], sigmaMax: sigmas[0] });
  return { ...fromNoise(options, target), process, steps: options.steps, denoise: false };
}

/** A chain's options at the noise of its target. */
const chainOptions = <N extends ChainName>(name: N, { sigmas }: Target, options: RunOptions) => ({
  ...options,
  ...chainSettings(name, options.stepSize, sigmas[sigmas.length - 1]),
});

/** Starts each sampler by name. Of a network's score, `mala`, `hmc` and `nuts` accept by its line integral. */
export const starts: Record<SamplerName, StartSampler> = {
  langevin: ({ score }, options) => langevin(score, options),
  mala: ({ score }, options) => mala(score, options),
  underdamped: (target, options) => underdamped(target.score, chainOptions('underdamped', target, options)),
  hmc: (target, options) => hmc(target.score, chainOptions('hmc', target, options)),
  nuts: (target, options) => nuts(target.score, chainOptions('nuts', target, options)),
  annealedLangevin: (target, options) =>
    annealedLangevin(target.family, {
      ...fromNoise(options, target),
      sigmas: target.sigmas,
      stepsPerLevel: Math.ceil(options.steps / target.sigmas.length),
      stepSize: options.stepSize,
    }),
  reverseDiffusion: (target, options) =>
    reverseDiffusion(target.family, { ...reversed(options, target), corrections: 1 }),
  probabilityFlow: (target, options) =>
    probabilityFlow(target.family, { ...reversed(options, target), ...options.flow }),
};
