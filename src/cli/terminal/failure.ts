/** Something this program itself found wrong; its message is one whole line for people. Exit status 1. */
export class Failure extends Error {}

/** A command line that cannot be carried out as it was given: exit status 2. */
export class UsageError extends Failure {}

/** Numbers of the signals after which a command ends by itself, for the exit status 128 + number. */
const SIGNALS = { SIGHUP: 1, SIGINT: 2, SIGPIPE: 13, SIGTERM: 15 } as const;

export type SignalName = keyof typeof SIGNALS;

/** Work stopped on purpose; the message says what is left behind. */
export class Interrupted extends Failure {
  readonly signal: SignalName;

  constructor(signal: SignalName, message = 'interrupted') {
    super(message);
    this.signal = signal;
  }

  get exitCode(): number {
    return 128 + SIGNALS[this.signal];
  }
}

/** The first line of a message of the library, without the name of the function that speaks. */
export function plainMessage(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.replace(/\s*\n\s*/g, ' ').replace(/^[a-zA-Z]+: /, '');
}

/** Does what depends on option values alone: what the library refuses is bad usage. @throws UsageError */
export function checkedUsage<T>(make: () => T): T {
  try {
    return make();
  } catch (error) {
    if (error instanceof RangeError || error instanceof TypeError) throw new UsageError(plainMessage(error));
    throw error;
  }
}
