import { type Key, langevin, type SampleHistogram, type Score } from '../../index.js';

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

/** A sampler in the menus: a line each. */
export const samplers = {
  langevin: (score: Score, options: RunOptions): AsyncIterable<RunState> => langevin(score, options),
};

export type SamplerName = keyof typeof samplers;
