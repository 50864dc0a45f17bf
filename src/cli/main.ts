import { runCommandLine } from './program.js';
import { fileError } from './run/files.js';
import { Interrupted, type SignalName } from './terminal/failure.js';

const { stdout, stderr } = process;
const stopping = new AbortController();

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] satisfies SignalName[]) {
  process.on(signal, () => {
    // A second Ctrl-C exits at once, which is safe: files on disk are always complete.
    if (stopping.signal.aborted && signal === 'SIGINT') process.exit(130);
    stopping.abort(new Interrupted(signal));
  });
}
stdout.on('error', (error: NodeJS.ErrnoException) => {
  // The reader of a pipe has closed it: end quietly, as other programs do.
  const isGone = error.code === 'EPIPE';
  const gone = new Interrupted('SIGPIPE', 'nobody reads the output any more');
  stopping.abort(isGone ? gone : fileError('standard output', error));
});
stderr.on('error', () => {});
// Show the cursor and wrap lines again, however the program ends.
process.on('exit', () => {
  if (stderr.isTTY) stderr.write('\x1b[?25h\x1b[?7h');
});

const debug = (process.env.DEBUG ?? '').split(',').includes('scorefield');
process.exitCode = await runCommandLine(process.argv.slice(2), {
  streams: { stdout, stderr },
  signal: stopping.signal,
  debug,
});
