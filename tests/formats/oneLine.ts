/** The message of the Error that `run` throws, after making sure that it throws one, of a single line. */
export function oneLine(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (!(error instanceof Error) || !/^.+$/.test(error.message)) {
      throw new Error(`expected an Error of one line, got ${String(error)}`);
    }
    return error.message;
  }
  throw new Error('expected an Error, got none');
}
