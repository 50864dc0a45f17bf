// Programs that the page copies, run as they are.
import { execFileSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { afterEach } from 'vitest';
import { dist } from './help.js';

/**
 * A function that runs a program in the folder of the built library, and gives all values it prints, arrays whole instead of their
 * beginnings.
 * @param name of the program's file, while a test of the calling file runs
 */
export function useProgram(name: string): (code: string) => unknown[] {
  const program = dist(`${name}-${process.pid}.mjs`);
  afterEach(() => rmSync(program, { force: true }));
  return (code) => {
    const print =
      'const print = (...values) => console.log(JSON.stringify(values.map((v) => ArrayBuffer.isView(v) ? [...v] : v)));';
    writeFileSync(program, `${print}\n${code.replaceAll('console.log(', 'print(')}`);
    const output = execFileSync(process.execPath, [program], { encoding: 'utf8', cwd: dist('') });
    return output
      .trim()
      .split('\n')
      .flatMap((line) => (line ? (JSON.parse(line) as unknown[]) : []));
  };
}
