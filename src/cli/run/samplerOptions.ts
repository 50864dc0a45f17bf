import type { Option } from 'commander';
import { choiceOption, positiveOption } from '../terminal/options.js';
import { SAMPLER_NAMES, samplerOf } from './samplers.js';

/** A sampler by its name. @param hasDensity whether those that need one are possible */
export function samplerOption(hasDensity = false): Option {
  const possible = SAMPLER_NAMES.filter((name) => hasDensity || !samplerOf(name).isAdjusted);
  // All are understood, so that those that are not possible are refused with the reason.
  return choiceOption('--sampler <name>', `${possible.join(', ')} (default: langevin)`, SAMPLER_NAMES);
}

/** @param langevin its default, in words */
export function stepSizeOption(langevin: string): Option {
  return positiveOption(
    '--step-size <x>',
    `of langevin and mala eta, of underdamped, hmc and nuts (where it starts) a length; of annealed epsilon / sigma^2 and of ` +
      `walk-jump h / sigma^2 (default: langevin ${langevin}, annealed 0.2, walk-jump 0.5; others by the least scale)`,
  );
}
