// Command lines for the fuzzer: a word a line, read by every command until it would begin to work.
import { Command, CommanderError } from 'commander';
import { COMMANDS } from '../../src/cli/program.js';
import { Failure } from '../../src/cli/terminal/failure.js';
import { printable } from '../../src/cli/terminal/report.js';
import type { Target } from './target.js';

/** Ends a command whose options are read. */
class Begun extends Failure {
  constructor(readonly options: unknown) {
    super('begun: the options are read');
  }
}

function program(): Command {
  const all = new Command('scorefield');
  const begin = (options: unknown) => {
    throw new Begun(options);
  };
  for (const make of COMMANDS) all.addCommand(make(begin));
  for (const command of [all, ...all.commands])
    command.exitOverride().configureOutput({ writeOut: () => {}, writeErr: () => {}, outputError: () => {} });
  return all;
}

/** A message as the terminal shows it; a long word of the user's makes it long. */
const shown = (message: string) => printable(message.replace(/\s*\n\s*/g, ' ')).slice(0, 300);

/** The options that a command line gives. @throws Error as the program says it */
async function readOptions(bytes: Uint8Array): Promise<unknown> {
  const words = new TextDecoder().decode(bytes).split('\n');
  try {
    await program().parseAsync(words, { from: 'user' });
    return undefined;
  } catch (error) {
    if (error instanceof Begun) return error.options;
    // Commander's lines begin with a name of their own, and the program joins them.
    if (error instanceof CommanderError) throw new Error(`usage: ${shown(error.message)}`);
    if (error instanceof Failure) throw new Error(`usage: ${shown(error.message)}`);
    throw error;
  }
}

const flags = program().commands.flatMap((command) => command.options.map(({ long }) => String(long)));
const lines = program().commands.map((command) =>
  [
    command.name(),
    ...command.options.flatMap(({ long, required }) => (required ? [String(long), '1'] : [String(long)])),
  ].join('\n'),
);

export const optionsTarget: Target = {
  reads: { parse: readOptions },
  seeds: { made: lines.map((line) => new TextEncoder().encode(line)) },
  words: [
    ...[...new Set(flags)].map((flag) => `\n${flag}\n`),
    ...[
      '\n',
      '--',
      '=',
      ',',
      ';',
      '0.5,0.5;1,1',
      '1/2',
      'auto',
      'strict',
      'NaN',
      '1e999',
      '0x10',
      ' 1',
      '-0',
      '9007199254740993',
    ],
  ],
  // Infinity and NaN are refused by every option of numbers.
  isFinite: true,
};
