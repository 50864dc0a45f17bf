import type { Option } from 'commander';
import { type StepSizeUnit, scheduleTable, solverTable } from '../../apps/samplerTable.js';
import { choiceOption, positiveOption } from '../terminal/options.js';
import { ANNEALED_STEP, SAMPLER_NAMES, samplerOf, WALK_JUMP_STEP } from './samplers.js';

/** The option --sampler. */
export function samplerOption(): Option {
  return choiceOption('--sampler <name>', `${SAMPLER_NAMES.join(', ')} (default: langevin)`, SAMPLER_NAMES);
}

/** The samplers whose step size has this unit, as text: "a, b and c". */
function namesOf(unit: StepSizeUnit): string {
  const names = SAMPLER_NAMES.filter((name) => samplerOf(name).stepSizeUnit === unit);
  return [names.slice(0, -1).join(', '), ...names.slice(-1)].filter(Boolean).join(' and ');
}

/** The option --step-size. @param langevin the default of Langevin dynamics, as text */
export function stepSizeOption(langevin: string): Option {
  const inNoise = (['epsilon / sigma^2', 'h / sigma^2'] as const).map(
    (unit) => `of ${namesOf(unit)} ${unit}`,
  );
  return positiveOption(
    '--step-size <x>',
    `of ${namesOf('eta')} eta, of ${namesOf('length')} (where it starts) a length; ${inNoise.join(' and ')} ` +
      `(default: langevin ${langevin}, annealed ${ANNEALED_STEP}, walk-jump ${WALK_JUMP_STEP}; others by the least scale)`,
  );
}

/** The options --solver and --schedule. */
export function flowOptions(): Option[] {
  const solvers = Object.keys(solverTable);
  const schedules = Object.keys(scheduleTable);
  return [
    choiceOption('--solver <name>', `of flow: ${solvers.join(', ')} (default: ${solvers[0]})`, solvers),
    choiceOption(
      '--schedule <name>',
      `noise levels of flow and reverse: ${schedules.join(', ')} (default: flow ${schedules[0]}; reverse even times)`,
      schedules,
    ),
  ];
}
