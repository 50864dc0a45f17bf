import { createHash } from 'node:crypto';
import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { decodeCheckpoint, readSafetensors } from '../../src/index.js';
import { eventsOf, expectDone, scorefield, scratch } from './cli.js';

// A run of version 0.1.0 (commit 808e002) that was killed after 1600 of 3000 steps, and what that version's own
// uninterrupted run printed and wrote:
//   scorefield train --features 8 --width 16 --depth 2 --levels 6 --batch 16 --kernel strict --threads 1 --steps 3000
const fixture = fileURLToPath(new URL('fixtures/run-0.1.0', import.meta.url));
const WEIGHTS = '15311c1ad405b2dfe32b7ca495301f251797e7b4c47abfd086e2e317c2526b57';
const LOSSES = 'd6c2ed6e8dff06c5406bfee9da2a647fdccec2665c55feeafdbcf3b5eded4e04';
const EVALUATED = [
  [0.9642397891878839, 6.501069341005344e-16],
  [1.0034154700101154, 1.959894114963466e-15],
  [1.010340218709076, 2.0563414240325444e-9],
  [0.8762081797567823, 0.799894837415843],
  [0.4912853777972911, 0.4797487483249504],
  [0.03306645119442479, 0.028243813809075514],
];
const COUNTS = [10, 362, 659, 107, 63, 1571, 1424, 114, 72, 385, 2642, 221, 103, 866, 1314, 3];

const folder = scratch();
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

describe('a run of version 0.1.0', () => {
  it.each([1, 2])(
    'is resumed on %i threads to the bits of that version, sampled and evaluated',
    async (threads) => {
      const run = join(folder, `run${threads}`);
      cpSync(fixture, run, { recursive: true });
      const before = decodeCheckpoint(readFileSync(join(run, 'checkpoint.safetensors')));
      expect(before).toMatchObject({ step: 1600, leaves: 1 });

      const strict = ['--kernel', 'strict', '--json'];
      const resumed = await scorefield([
        'train',
        '--resume',
        '--threads',
        String(threads),
        ...strict,
        '--out',
        run,
      ]);
      expectDone(resumed, 'train', folder);
      const { tensors, metadata } = readSafetensors(readFileSync(join(run, 'weights.safetensors')));
      expect(metadata).toMatchObject({ step: '3000', kind: 'random-features' });
      const bytes = readFileSync(join(run, 'weights.safetensors'));
      expect(sha256(bytes.subarray(8 + Number(bytes.readBigUInt64LE(0))))).toBe(WEIGHTS);
      expect(Object.keys(tensors)).toHaveLength(10);
      expect(sha256(readFileSync(join(run, 'loss.csv')))).toBe(LOSSES);

      const evaluated = await scorefield(['evaluate', run, ...strict]);
      expectDone(evaluated, 'evaluate', folder);
      expect(eventsOf(evaluated, 'level').map(({ loss, bestLoss }) => [loss, bestLoss])).toEqual(EVALUATED);

      const chains = ['--level', '3', '--steps', '2000', '--chains', '5', '--bins', '4', '--burn-in', '0'];
      const sampled = await scorefield(['sample', run, ...strict, ...chains]);
      expectDone(sampled, 'sample', folder);
      expect(eventsOf(sampled, 'histogram')[0].counts).toEqual(COUNTS);
    },
    60_000,
  );
});
