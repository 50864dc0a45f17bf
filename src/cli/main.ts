import { Interrupted, type SignalName } from './failure.js';
import { runCommandLine } from './program.js';

const { stdout, stderr } = process;
const stopping = new AbortController();

function stop(signal: SignalName, message?: string): void {
  // Twice means now; what is on the disk is whole at any time.
  if (stopping.signal.aborted && signal === 'SIGINT') process.exit(130);
  stopping.abort(new Interrupted(signal, message));
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop(signal));

// Whoever read our output has gone: stop as other programs do.
stdout.on('error', (error: NodeJS.ErrnoException) => {
  stop('SIGPIPE', error.code === 'EPIPE' ? 'nobody reads the output any more' : error.message);
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
