import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const run = promisify(execFile);
const cwd = fileURLToPath(new URL('../..', import.meta.url));
const plan = (...options: string[]) => run(process.execPath, ['bench/plan.mjs', ...options], { cwd });

describe('bench/plan.mjs', () => {
  it('lists every operation of a U-Net with its time and size, and totals by kind', async () => {
    const options = ['--channels', '8', '--side', '8', '--batch', '2', '--kernel', 'strict', '--rounds', '2'];
    const { stdout, stderr } = await plan(...options, '--all');
    expect(stderr).toBe('');
    const [head] = stdout.split('\n');
    expect(head).toMatch(
      /^unet, [\d,]+ parameters, [\d,]+ multiply-adds a sample forward; 2 samples; kernel strict;/,
    );
    expect(stdout).toMatch(
      /^\| conv 3x3 step 2 +\| down_blocks\.0\.downsamplers\.0\.conv +\| 8x8, 8 to 8 +\|/m,
    );
    expect(stdout).toMatch(/^\| attention +\| +\| 4 pixels, 16 +\|/m);
    const rows = stdout.split('\n').filter((line) => line.startsWith('| '));
    const whole = rows.find((line) => line.startsWith('| all in one pass'));
    const count = Number(whole?.split('|')[2]);
    const first = rows.findIndex((line) => line.startsWith('| kind'));
    // Heads and rules of the tables apart, a line for each.
    expect(rows.slice(0, first).filter((line) => !/^\| (operation|-)/.test(line))).toHaveLength(count);
  });

  it("takes the article's network too", async () => {
    const { stdout } = await plan('--network', 'article', '--batch', '8', '--rounds', '2');
    expect(stdout).toMatch(/^\| level dense +\| rf_layer\.alpha +\| 512 to 128 +\|/m);
  });

  it('says what it does, and ends with 2 on a bad option', async () => {
    expect((await plan('--help')).stdout).toContain('--channels LIST');
    const failed = await plan('--rounds', '0').catch((error) => error);
    expect(failed.code).toBe(2);
    expect(failed.stderr).toBe('bench/plan.mjs: --rounds: a positive integer, got 0; see --help\n');
  });
});
