import { PassThrough } from 'node:stream';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { duration, Progress } from '../../src/cli/terminal/progress.js';

afterEach(() => vi.useRealTimers());

describe('duration', () => {
  it.each([
    [0, '0 s'],
    [8400, '8 s'],
    [59_499, '59 s'],
    [59_500, '1 min 0 s'],
    [125_000, '2 min 5 s'],
    [3_600_000, '1 h 0 min'],
    [4_830_000, '1 h 20 min'],
    [-5, '0 s'],
  ])('%i ms is %s', (ms, text) => {
    expect(duration(ms)).toBe(text);
  });
});

/** What is written where there is no terminal, when `steps` go by evenly in `seconds`. */
function lines(total: number, steps: number, seconds: number, detail = ''): string[] {
  vi.useFakeTimers({ toFake: ['performance'] });
  const out = new PassThrough();
  const progress = new Progress(out, { task: 'training', total });
  for (let step = 1; step <= steps; step++) {
    vi.advanceTimersByTime((1000 * seconds) / steps);
    progress.update(step, detail);
  }
  return String(out.read() ?? '').split('\n');
}

describe('progress without a terminal', () => {
  it('is a line every ten seconds, with the speed and the time left', () => {
    expect(lines(2000, 450, 45, 'loss 0.5')).toEqual([
      'training: step 100 of 2,000, loss 0.5, 10 steps/s, 3 min 10 s left',
      'training: step 200 of 2,000, loss 0.5, 10 steps/s, 3 min 0 s left',
      'training: step 300 of 2,000, loss 0.5, 10 steps/s, 2 min 50 s left',
      'training: step 400 of 2,000, loss 0.5, 10 steps/s, 2 min 40 s left',
      '',
    ]);
  });

  it('is nothing for work that is soon done', () => {
    expect(lines(1000, 1000, 9)).toEqual(['']);
  });

  it('counts large numbers in groups of three', () => {
    expect(lines(400_000, 200_000, 11)[0]).toMatch(
      /^training: step 18\d,\d{3} of 400,000, 18,200 steps\/s, 12 s left$/,
    );
  });
});
