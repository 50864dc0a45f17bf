import { Command, CommanderError } from 'commander';
import { pause } from '../core/pause.js';
import { denoiseCommand } from './commands/denoise.js';
import { diagnoseCommand } from './commands/diagnose.js';
import { digitsCommand } from './commands/digits.js';
import { evaluateCommand } from './commands/evaluate.js';
import { fieldCommand } from './commands/field.js';
import { fiveCommand } from './commands/five.js';
import { lectureCommand } from './commands/lecture.js';
import { mergeCommand } from './commands/merge.js';
import { mixtureCommand } from './commands/mixture.js';
import { sampleCommand } from './commands/sample.js';
import { trainCommand } from './commands/train.js';
import { walkJumpCommand } from './commands/walkJump.js';
import { FileError } from './run/files.js';
import { Failure, Interrupted, plainMessage, UsageError } from './terminal/failure.js';
import { printable, Report, type Setup, type Streams } from './terminal/report.js';

/** What makes each command, given what makes its context. */
export const COMMANDS = [
  fiveCommand,
  digitsCommand,
  mixtureCommand,
  trainCommand,
  sampleCommand,
  denoiseCommand,
  walkJumpCommand,
  fieldCommand,
  evaluateCommand,
  mergeCommand,
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
    await parsed(program, args);
    await written(streams.stdout, signal);
    return 0;
  } catch (error) {
    // `scorefield` without a command has printed its help.
    if (error instanceof CommanderError && error.code === 'commander.help') return 2;
    // Whoever closed the pipe wants to hear nothing more; a training that was stopped by it says what is left.
    if (error === signal.reason && isClosedPipe(error)) return statusOf(error);
    const flags =
      command?.options.map((option) => [option.attributeName(), option.long ?? ''] as const) ?? [];
    // One line, also where a path has several.
    streams.stderr.write(`${name}: ${printable(messageOf(error, name, flags)).replace(/\n/g, '\ufffd')}\n`);
    if (debug && error instanceof Error)
      streams.stderr.write(`${error.cause instanceof Error ? error.cause.stack : error.stack}\n`);
    return statusOf(error);
  } finally {
    report?.close();
  }
}

/** Runs the command; one that was asked for its help or the version is done too. */
async function parsed(program: Command, args: readonly string[]): Promise<void> {
  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError && error.exitCode === 0)) throw error;
  }
}

/** Waits until the output is written. @throws the signal's reason when it could not be */
async function written(stdout: Streams['stdout'], signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve) => stdout.write('', () => resolve()));
  // A stream calls back before it emits its error.
  await pause();
  // Ctrl-C after the last line is too late to stop anything.
  if (signal.reason instanceof FileError || isClosedPipe(signal.reason)) throw signal.reason;
}

function isClosedPipe(error: unknown): boolean {
  return error instanceof Interrupted && error.signal === 'SIGPIPE';
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
  const text = (error instanceof Failure ? error.message : plainMessage(error)).replace(
    /\blayout '(\w+)'/g,
    '--layout $1',
  );
  // The library's messages name its options, such as stepSize; here they are flags, such as --step-size. Plain words are
  // options where a message begins with them.
  const first = flags.find(([option]) => text.startsWith(`${option} must `));
  return flags
    .filter(([option]) => /[A-Z]/.test(option))
    .reduce(
      (message, [option, flag]) => message.replaceAll(new RegExp(`\\b${option}\\b`, 'g'), flag),
      first ? text.replace(...first) : text,
    );
}
