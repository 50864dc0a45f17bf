// Solvers and schedules of the probability flow, without the library: the page's own script needs their names too.
import { scheduleTable, solverTable } from '../../apps/samplerTable.js';

export type SolverName = keyof typeof solverTable;
export type ScheduleName = keyof typeof scheduleTable;

/** The defaults of the library first. */
export const solverNames = Object.keys(solverTable) as SolverName[];
export const scheduleNames = Object.keys(scheduleTable) as ScheduleName[];

/** Steps of a flow to its least noise that ask for so many scores: Heun's ask for two each. */
export const stepsOf = (solver: SolverName, scores: number) =>
  solver === 'heun' ? Math.max(1, Math.floor(scores / 2)) : scores;
