import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { type Case, problemOf } from './generated.js';

/** Cases that golden/generated/make.py wrote; GENERATED=FILE for others. */
const path = process.env.GENERATED ?? new URL('../golden/generated/cases.jsonl.gz', import.meta.url);
const cases = gunzipSync(readFileSync(path))
  .toString()
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line) as Case);

describe('generated files are read as by numpy, pandas, Pillow, safetensors and Python, or refused in a line', () => {
  it.each([...new Set(cases.map(({ reader }) => reader))].sort())(
    '%s',
    async (reader) => {
      const faults: string[] = [];
      let read = 0;
      for (const one of cases.filter((candidate) => candidate.reader === reader)) {
        const problem = await problemOf(one);
        if (problem) faults.push(`${problem}: ${JSON.stringify(one)}`);
        else if (one.must) read++;
      }
      expect(faults).toEqual([]);
      // An ordinary file is among them, so that a reader which refuses all fails.
      expect(read).toBeGreaterThan(0);
    },
    600_000,
  );
});
