import { Command, CommanderError } from 'commander';
import { denoiseCommand } from './commands/denoise.js';
import { diagnoseCommand } from './commands/diagnose.js';
import { digitsCommand } from './commands/digits.js';
import { evaluateCommand } from './commands/evaluate.js';
import { fieldCommand } from './commands/field.js';
import { fiveCommand } from './commands/five.js';
import { lectureCommand } from './commands/lecture.js';
import { mixtureCommand } from './commands/mixture.js';
import { sampleCommand } from './commands/sample.js';
import { trainCommand } from './commands/train.js';
import { walkJumpCommand } from './commands/walkJump.js';
import { Failure, Interrupted, plainMessage, UsageError } from './terminal/failure.js';
import { Report, type Setup, type Streams } from './terminal/report.js';

const COMMANDS = [
  fiveCommand,
  digitsCommand,
  mixtureCommand,
  trainCommand,
  sampleCommand,
  denoiseCommand,
  walkJumpCommand,
  fieldCommand,
  evaluateCommand,
  diagnoseCommand,
  lectureCommand,
];

const MORE = `
Examples:
  scorefield five                                     the article, from its mixture to its samples
  scorefield digits                                   whole pictures of digits: denoise, walk, make
  scorefield train digit.png --invert --out runs/a    learn a picture, black on white
  scorefield sample runs/a --chains 100 --steps 10000 draw a million samples from it

Exit status: 0 done, 1 failed, 2 bad usage, 130 interrupted (143 by SIGTERM; training leaves a
checkpoint).
With DEBUG=scorefield an error shows where it came from.`;

export interface RunOptions {
  streams: Streams;
  /** Aborted with an Interrupted to stop the command. */
  signal: AbortSignal;
  /** Show the stack of an error. */
  debug?: boolean;
}

/** Runs a command line, given without `node` and the script's name. Resolves to the exit status; never rejects. */
export async function runCommandLine(
  args: readonly string[],
  { streams, signal, debug = false }: RunOptions,
): Promise<number> {
  let report: Report | undefined;
  const setup: Setup = ({ json = false }) => {
    report = new Report(streams, json);
    return { report, signal };
  };
  const program = new Command('scorefield')
    .description('Score-based generative modelling on the CPU, in WebAssembly.')
    .version(process.env.SCOREFIELD_VERSION ?? 'unbuilt')
    .addHelpText('after', MORE);
  for (const make of COMMANDS) program.addCommand(make(setup));
  for (const command of [program, ...program.commands]) {
    command.exitOverride().configureOutput({
      writeOut: (text) => streams.stdout.write(text),
      writeErr: (text) => streams.stderr.write(text),
      outputError: () => {},
    });
  }
  const command = program.commands.find((candidate) => candidate.name() === args[0]);
  const name = ['scorefield', ...(command ? [command.name()] : [])].join(' ');
  try {
    signal.throwIfAborted();
    await program.parseAsync(args, { from: 'user' });
    return 0;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return 0;
    // `scorefield` without a command has printed its help.
    if (error instanceof CommanderError && error.code === 'commander.help') return 2;
    const flags =
      command?.options.map((option) => [option.attributeName(), option.long ?? ''] as const) ?? [];
    streams.stderr.write(`${name}: ${messageOf(error, name, flags)}\n`);
    if (debug && error instanceof Error)
      streams.stderr.write(`${error.cause instanceof Error ? error.cause.stack : error.stack}\n`);
    return statusOf(error);
  } finally {
    report?.close();
  }
}

function statusOf(error: unknown): number {
  if (error instanceof Interrupted) return error.exitCode;
  return error instanceof UsageError || error instanceof CommanderError ? 2 : 1;
}

function messageOf(error: unknown, name: string, flags: readonly (readonly [string, string])[]): string {
  if (error instanceof CommanderError) {
    const text = error.message
      .replace(/^error: /, '')
      .replace(/\s*\n\s*/g, ' ')
      .replace(/\.$/, '');
    return `${text}; see ${name} --help`;
  }
  const text = error instanceof Failure ? error.message : plainMessage(error);
  // The library's messages name its options, such as stepSize; here they are flags, such as --step-size.
  return flags
    .filter(([option]) => /[A-Z]/.test(option))
    .reduce((message, [option, flag]) => message.replaceAll(new RegExp(`\\b${option}\\b`, 'g'), flag), text);
}
