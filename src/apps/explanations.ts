// What each choice of a sampler, solver, schedule and objective is, in a line each, for the help of the command line and the docs.
import type { Schedule, Solver } from '../index.js';

/** Samplers by their names on the command line. */
export const samplerLines = {
  langevin: 'follows the score with noise (the article); long steps bias it',
  underdamped: 'Langevin with momentum, which wanders less',
  mala: 'Langevin whose steps are accepted or refused, without bias',
  hmc: 'long leaps along the density, accepted or refused',
  nuts: 'hmc that finds its step and length, in a warm-up of 500 steps',
  annealed: 'Langevin at less and less noise, so that it finds all modes',
  reverse: 'the diffusion backwards from noise, fresh noise at each step',
  flow: 'the same without fresh noise: few steps, each start has one end',
  'walk-jump': 'walks under one noise, and jumps from there to clean points',
} as const;

/** Solvers of the probability flow. */
export const solverLines: Record<Solver, string> = {
  deis: 'third order, one score a step: least error in few steps',
  dpmSolver: 'second order, one score a step',
  accelerated: 'one score a step, pushed on by its change since the last',
  ddim: 'first order, one score a step: the simplest',
  heun: 'second order, two scores a step',
};

/** Schedules: where the noise levels of flow and reverse lie. */
export const scheduleLines: Record<Extract<Schedule, string>, string> = {
  karras: 'close together where there is little noise',
  logLinear: 'in constant ratio, as many from 10 to 1 as from 1 to 0.1',
  cosine: 'even steps of arctan sigma, for data of unit spread',
  ddpm: 'even times of the process of DDPM, for data of unit spread',
};

/** Objectives of training. */
export const objectiveLines = {
  score: 'guess the noise in a point; levels weigh alike (the article)',
  denoiser: 'guess the clean point; the noisiest levels weigh most',
  implicit: 'no target: the squared score and the trace of its slope',
  sliced: 'the same along random directions: cheaper in many dimensions',
  slicedReduced: 'as sliced, the squared score in full: it varies less',
} as const;

/** Lines under a heading, names in one column, for the end of a help. */
export function explained(heading: string, lines: Readonly<Record<string, string>>): string {
  const width = Math.max(...Object.keys(lines).map((name) => name.length)) + 2;
  return `\n${heading}:\n${Object.entries(lines)
    .map(([name, line]) => `  ${name.padEnd(width)}${line}\n`)
    .join('')}`;
}
