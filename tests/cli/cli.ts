import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { afterAll, expect } from 'vitest';
import { runCommandLine } from '../../src/cli/program.js';

const PROGRAM = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));

/** A network and a training so small that a run takes a moment. */
// biome-ignore format: one option and its value after the other
export const TINY = ['--features', '8', '--width', '8', '--depth', '1', '--levels', '3', '--steps', '20', '--batch', '4'];

export interface Outcome {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
  /** The lines of stdout as JSON. */
  events: Record<string, unknown>[];
}

export interface Settings {
  cwd?: string;
  env?: Record<string, string>;
  uid?: number;
  gid?: number;
  /** A command line that runs the program, such as `unshare --pid`. */
  wrapper?: readonly string[];
  /** Called with every line of stdout as it comes, and the process. */
  onLine?: (line: string, child: ChildProcess) => void;
  onStart?: (child: ChildProcess) => void;
}

/** Runs the built command line in a process of its own. */
export function scorefield(args: readonly string[], settings: Settings = {}): Promise<Outcome> {
  if (!existsSync(PROGRAM)) throw new Error('dist/cli.js is missing; run npm run build first');
  const { cwd, env, uid, gid, wrapper = [], onLine, onStart } = settings;
  const [command, ...rest] = [...wrapper, process.execPath, PROGRAM, ...args];
  const child = spawn(command, rest, {
    cwd,
    uid,
    gid,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  let seen = 0;
  child.stdout.on('data', (chunk) => {
    stdout += chunk;
    for (let end = stdout.indexOf('\n', seen); end >= 0; end = stdout.indexOf('\n', seen)) {
      onLine?.(stdout.slice(seen, end), child);
      seen = end + 1;
    }
  });
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  onStart?.(child);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      resolve({ code, signal, stdout, stderr, events: parseEvents(stdout) });
    });
  });
}

/** Runs a command line within this process: the same as the built one but for the few lines of main.ts. */
export async function inProcess(
  args: readonly string[],
  {
    isTTY = false,
    signal = new AbortController().signal,
    onSay = (_text: string) => {},
  }: { isTTY?: boolean; signal?: AbortSignal; onSay?: (text: string) => void } = {},
): Promise<Outcome> {
  const text = { stdout: '', stderr: '' };
  const stream = (name: keyof typeof text) =>
    new Writable({
      decodeStrings: false,
      write(chunk, _encoding, done) {
        text[name] += chunk;
        if (name === 'stderr') onSay(chunk);
        done();
      },
    });
  const stderr = Object.assign(stream('stderr'), { isTTY });
  const code = await runCommandLine(args, { streams: { stdout: stream('stdout'), stderr }, signal });
  return { code, signal: null, ...text, events: parseEvents(text.stdout) };
}

function parseEvents(stdout: string): Record<string, unknown>[] {
  const lines = stdout.split('\n').filter((line) => line.startsWith('{') && line.endsWith('}'));
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}

/** The events of one name. */
export const eventsOf = ({ events }: Outcome, name: string) => events.filter(({ event }) => event === name);

/** Expects a command to have ended well, with the files it names and no unfinished ones in the folder. */
export function expectDone(outcome: Outcome, command: string, folder: string): void {
  expect(outcome.stderr).not.toMatch(/\n {4}at /);
  expect(outcome.code, outcome.stderr).toBe(0);
  const last = outcome.events.at(-1) as { event: string; command: string; files: string[] };
  expect(last).toMatchObject({ event: 'done', command });
  for (const file of last.files) expect(existsSync(file), file).toBe(true);
  // Nothing but JSON on stdout, and no unfinished file beside the whole ones.
  expect(outcome.stdout.split('\n').filter((line) => !line.startsWith('{'))).toEqual(['']);
  expect(
    readdirSync(folder, { recursive: true }).filter((file) => String(file).includes('.scorefield-')),
  ).toEqual([]);
}

/** A folder that is gone when the test file is done. */
export function scratch(): string {
  const folder = mkdtempSync(join(tmpdir(), 'scorefield-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** The bytes of the files that must be the same however often a run was stopped. */
export function resultOf(folder: string): Record<string, string> {
  const files = ['weights.safetensors', 'checkpoint.safetensors', 'loss.csv', 'data.safetensors', 'run.json'];
  return Object.fromEntries(files.map((file) => [file, readFileSync(join(folder, file)).toString('base64')]));
}
