import { runCommandLine } from './program.js';
import { fileError } from './run/files.js';
import { Interrupted, type SignalName } from './terminal/failure.js';

const { stdout, stderr } = process;
const stopping = new AbortController();

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] satisfies SignalName[]) {
  process.on(signal, () => {
    // Twice means now; what is on the disk is whole at any time.
    if (stopping.signal.aborted && signal === 'SIGINT') process.exit(130);
    stopping.abort(new Interrupted(signal));
  });
}
stdout.on('error', (error: NodeJS.ErrnoException) => {
  // As other programs do when whoever read their output has gone.
  const isGone = error.code === 'EPIPE';
  const gone = new Interrupted('SIGPIPE', 'nobody reads the output any more');
  stopping.abort(isGone ? gone : fileError('standard output', error));
});
stderr.on('error', () => {});
// Whatever happens, the cursor is seen and lines wrap again.
process.on('exit', () => {
  if (stderr.isTTY) stderr.write('\x1b[?25h\x1b[?7h');
});

const debug = (process.env.DEBUG ?? '').split(',').includes('scorefield');
process.exitCode = await runCommandLine(process.argv.slice(2), {
  streams: { stdout, stderr },
  signal: stopping.signal,
  debug,
});
