// How far solvers of the probability flow end from its exact end, by the scores they ask for.
import { dataScores, key, momentsOf, probabilityFlow, varianceExploding } from '../../index.js';
import type { Context } from '../calls/rpc.js';
import { type SolverName, solverNames, stepsOf } from './flowMenu.js';
import type { Session } from './session.js';

/** What solvers are measured with. */
export interface SolverErrorArgs {
  /** Scores of each point, ascending. */
  scores: readonly number[];
  chains: number;
  seed: number;
  /** Least and most noise; the flow ends at the least. */
  sigmaMin: number;
  sigmaMax: number;
}

/** What the worker emits in `solverErrors`: root-mean-square distances of one solver's ends from the exact ones, [scores]. */
export interface SolverErrorEvent {
  solver: SolverName;
  errors: number[];
}

/** Steps of the flow that counts as exact. */
const EXACT = 400;

/** Runs every solver from the same starts along the flow of the picture's exact score. */
export async function solverErrors(
  session: Session,
  { scores, chains, seed, sigmaMin, sigmaMax }: SolverErrorArgs,
  { emit, signal }: Context,
): Promise<void> {
  const data = session.points();
  const family = dataScores(session.core, data);
  const options = {
    key: key(seed),
    chains,
    process: varianceExploding({ sigmaMin, sigmaMax }),
    moments: momentsOf(data),
    denoise: false,
    signal,
  };
  const endOf = async (solver: SolverName, steps: number, schedule: 'karras' | 'logLinear') => {
    let end = new Float32Array(0);
    for await (const { x } of probabilityFlow(family, { ...options, solver, steps, schedule }))
      end = x.slice();
    return end;
  };
  const exact = await endOf('deis', EXACT, 'logLinear');
  for (const solver of solverNames) {
    const errors: number[] = [];
    for (const count of scores) {
      const x = await endOf(solver, stepsOf(solver, count), 'karras');
      errors.push(Math.sqrt(x.reduce((sum, value, d) => sum + (value - exact[d]) ** 2, 0) / chains));
    }
    emit({ solver, errors } satisfies SolverErrorEvent);
  }
}
