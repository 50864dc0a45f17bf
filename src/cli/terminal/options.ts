import { Command, Option } from 'commander';
import { UsageError } from './failure.js';

const nameOf = (flags: string) => flags.split(' ')[0];

function numberOf(text: string): number {
  return text.trim() === '' ? Number.NaN : Number(text);
}

function integer(name: string, text: string, least: number, or = ''): number {
  const value = numberOf(text);
  if (Number.isSafeInteger(value) && value >= least) return value;
  const wanted = least === 1 ? 'a positive integer' : `an integer of at least ${least}`;
  throw new UsageError(`${name} must be ${or}${wanted}, got ${JSON.stringify(text)}`);
}

function positive(name: string, text: string): number {
  const value = numberOf(text);
  if (value > 0 && Number.isFinite(value)) return value;
  throw new UsageError(`${name} must be a positive number, got ${JSON.stringify(text)}`);
}

const LEAST_SEED = -(2 ** 31);

/** An option whose value is an integer of at least `least`. */
export function integerOption(flags: string, description: string, least = 1): Option {
  return new Option(flags, description).argParser((text) => integer(nameOf(flags), text, least));
}

/** An option whose value is a seed, as `key` takes it. */
export function seedOption(flags: string, description: string): Option {
  return new Option(flags, description).argParser((text) => {
    const value = numberOf(text);
    if (Number.isSafeInteger(value) && value >= LEAST_SEED) return value;
    throw new UsageError(
      `${nameOf(flags)} must be an integer from ${LEAST_SEED} to ${Number.MAX_SAFE_INTEGER}, got ${JSON.stringify(text)}`,
    );
  });
}

/** An option whose value is a finite number above zero. */
export function positiveOption(flags: string, description: string): Option {
  return new Option(flags, description).argParser((text) => positive(nameOf(flags), text));
}

/** An option whose value is one of a few words. */
export function choiceOption(flags: string, description: string, choices: readonly string[]): Option {
  return new Option(flags, description).argParser((text) => {
    if (choices.includes(text)) return text;
    throw new UsageError(
      `${nameOf(flags)} must be one of ${choices.join(', ')}, got ${JSON.stringify(text)}`,
    );
  });
}

/** An option of integers separated by commas, each at least `least`. */
export function integersOption(flags: string, description: string, least = 0): Option {
  return new Option(flags, description).argParser((text) =>
    text.split(',').map((item) => integer(nameOf(flags), item, least)),
  );
}

/** An option of positive numbers separated by commas. */
export function positivesOption(flags: string, description: string): Option {
  return new Option(flags, description).argParser((text) =>
    text.split(',').map((item) => positive(nameOf(flags), item)),
  );
}

/** An option of points: coordinates separated by commas, points by semicolons. */
export function pointsOption(flags: string, description: string): Option {
  return new Option(flags, description).argParser((text) =>
    text.split(';').map((point) =>
      point.split(',').map((item) => {
        const value = numberOf(item);
        if (Number.isFinite(value)) return value;
        throw new UsageError(
          `${nameOf(flags)} must be points as "0.5,0.5;-0.5,-0.5", got ${JSON.stringify(text)}`,
        );
      }),
    ),
  );
}

/** The number of threads; it does not change the results. */
export const threadsOption = () =>
  new Option('--threads <n>', 'auto (default) or a number; the results are the same for any').argParser(
    (text) => (text === 'auto' ? text : integer('--threads', text, 1, 'auto or ')),
  );

export const kernelOption = () =>
  choiceOption(
    '--kernel <kernel>',
    'auto, strict (the same bits on every machine), relaxed (fused multiply-add) or wide (Node 26: wider vectors)',
    ['auto', 'strict', 'relaxed', 'wide'],
  );

export const layoutOption = () =>
  choiceOption(
    '--layout <layout>',
    "how JAX lays out its random numbers: original (the article's) or partitionable",
    ['original', 'partitionable'],
  );

/** A command with the option that all commands have, --json. */
export function newCommand(name: string, summary: string): Command {
  return new Command(name).summary(summary).option('--json', 'print one JSON object a line on stdout');
}
