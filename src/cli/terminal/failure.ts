/** An error that this program reports itself: its message is one complete line for the user. Exit status 1. */
export class Failure extends Error {}

/** The options of the command line are wrong or contradict each other. Exit status 2. */
export class UsageError extends Failure {}

/** Numbers of the signals that stop a command; its exit status is then 128 + number. */
const SIGNALS = { SIGHUP: 1, SIGINT: 2, SIGPIPE: 13, SIGTERM: 15 } as const;

export type SignalName = keyof typeof SIGNALS;

/** A signal stopped the command; the message says which files are left. */
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

/** An error's message on one line, without the name of the library's function or method at its start. */
export function plainMessage(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.replace(/\s*\n\s*/g, ' ').replace(/^[a-zA-Z]+(\.(at|score|denoise|logProb))?: /, '');
}

/** Calls `make`, which must depend on option values alone. @throws UsageError where the library refuses the values */
export function checkedUsage<T>(make: () => T): T {
  try {
    return make();
  } catch (error) {
    if (error instanceof RangeError || error instanceof TypeError) throw new UsageError(plainMessage(error));
    throw error;
  }
}
