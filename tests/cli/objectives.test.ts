import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { decodeCheckpoint } from '../../src/index.js';
import { inProcess, scratch } from './cli.js';

const folder = scratch();

describe('scorefield train --objective', () => {
  it('trains without a target, keeps the objective and its projections, and goes on with them', async () => {
    const out = join(folder, 'sliced');
    const sizes = ['--features', '6', '--width', '8', '--levels', '3', '--batch', '16'];
    const own = ['--objective', 'sliced', '--projections', 'normal', '--schedule', 'constant'];
    const train = (...more: string[]) => inProcess(['train', '--builtin', 'moons', '--out', out, ...more]);
    const first = await train(...sizes, ...own, '--steps', '5');
    expect(first.code, first.stderr).toBe(0);
    const checkpoint = () => decodeCheckpoint(readFileSync(join(out, 'checkpoint.safetensors')));
    expect(checkpoint().training).toMatchObject({ objective: 'sliced', projections: 'normal' });
    expect(existsSync(join(out, 'loss.png'))).toBe(true);
    const more = await train('--resume', '--steps', '8');
    expect(more.code, more.stderr).toBe(0);
    expect(checkpoint()).toMatchObject({ step: 8, training: { objective: 'sliced', projections: 'normal' } });
    const other = await train('--resume', '--projections', 'sign');
    expect(other).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--projections sign (it has normal)'),
    });
  });
});
