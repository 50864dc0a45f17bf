import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { SAMPLING } from '../../src/cli/run/samples.js';

const text = readFileSync(new URL('../../docs/cluster.md', import.meta.url), 'utf8');
/** Commands of job files and examples, without the commas and quotes of YAML. */
const commands = text
  .split('\n')
  .filter((line) => /scorefield,? sample\b.*--shard/.test(line))
  .map((line) =>
    line
      .replace(/[",`[\]]/g, ' ')
      .replace(/ +/g, ' ')
      .trim(),
  );

const numberOf = (command: string, option: string) =>
  Number(new RegExp(`${option} (\\d+)`).exec(command)?.[1] ?? Number.NaN);

describe('commands of docs/cluster.md', () => {
  it('are two by hand and four of job systems', () => {
    expect(commands).toHaveLength(6);
  });

  it.each(commands)('%s is of a size that a run can have', (command) => {
    const steps = numberOf(command, '--steps') || SAMPLING.steps;
    expect(steps * numberOf(command, '--chains') * 2).toBeLessThan(2 ** 32);
    // Of every position the file would be of gigabytes.
    if (command.includes('--save')) expect(numberOf(command, '--thin')).toBeGreaterThanOrEqual(100);
  });
});
