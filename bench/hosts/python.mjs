// A system in a Python process of its own: JSON lines over its pipes, arrays through files.
import { execFile, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { answers } from './answers.mjs';
import { pack, unpack } from './pack.mjs';

const serve = fileURLToPath(new URL('../systems/native/serve.py', import.meta.url));

/** The first Python of BENCH_PYTHON (one, or several as in PATH) that has the module, and the module's version. */
export async function findPython(module) {
  const candidates = (process.env.BENCH_PYTHON ?? 'python3').split(delimiter);
  for (const python of candidates) {
    const code = `import numpy, ${module}; print(${module}.__version__)`;
    try {
      const { stdout } = await promisify(execFile)(python, ['-c', code]);
      return { python, version: stdout.trim() };
    } catch {
      // The next one may have it.
    }
  }
  return undefined;
}

export async function pythonHost({ python, file, threads }) {
  const folder = await mkdtemp(join(tmpdir(), 'bench-'));
  const child = spawn(python, [serve, file.replace(/\.py$/, ''), String(threads)]);
  const pending = answers();
  let complaints = '';
  child.stderr.on('data', (data) => {
    complaints = (complaints + data).slice(-2000);
  });
  child.on('error', ({ message }) => pending.fail(message));
  child.on('exit', (code) => pending.fail(`the process ended with ${code}: ${complaints}`));
  createInterface({ input: child.stdout }).on('line', (line) => pending.answer(JSON.parse(line)));
  const [problemFile, outputsFile] = [join(folder, 'problem'), join(folder, 'outputs')];
  return {
    async call(call, argument, limitMs) {
      const sent = { ...argument };
      if (argument?.problem) {
        await writeFile(problemFile, pack(argument.problem));
        Object.assign(sent, { problem: problemFile, outputs: outputsFile });
      }
      const line = `${JSON.stringify({ call, argument: sent })}\n`;
      const value = await pending.ask(() => child.stdin.write(line), limitMs);
      if (!argument?.problem || value.missing) return value;
      return { ...value, outputs: unpack(new Uint8Array(await readFile(outputsFile)).buffer) };
    },
    async close() {
      child.kill('SIGKILL');
      await rm(folder, { recursive: true, force: true });
    },
  };
}
