import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Stopped } from '../../src/page/calls/rpc.js';
import { Walking } from '../../src/page/chapters/images/walking.js';

describe('a walk of pictures', () => {
  let isStill = false;
  beforeEach(() => {
    vi.useFakeTimers();
    isStill = false;
    vi.stubGlobal('matchMedia', () => ({ matches: isStill }));
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  /** A walk whose worker is in the test's hands. */
  function walkOf(ready?: () => Promise<void>) {
    const calls: { tell(step: number): void; fail(): void; end(): void; isStopped: boolean }[] = [];
    const shown: string[] = [];
    const failed: string[] = [];
    const walking: Walking<{ step: number }> = new Walking(
      { fail: (error) => failed.push(String(error)) },
      {
        ready,
        begin(hear) {
          const at = calls.length;
          const call = { isStopped: false, tell: (step: number) => hear({ step }) };
          const promise = new Promise((resolve, reject) => {
            calls.push(
              Object.assign(call, { fail: () => reject(new Error('bad')), end: () => resolve(undefined) }),
            );
            Object.assign(call, { reject });
          });
          return Object.assign(promise, {
            stop() {
              calls[at].isStopped = true;
              (call as unknown as { reject(error: Error): void }).reject(new Stopped());
            },
          });
        },
        show: ({ step }) => shown.push(`${calls.length}: ${step}`),
        onChange: () => shown.push(walking.isRunning ? 'runs' : 'stands'),
      },
    );
    return { walking, calls, shown, failed };
  }
  const soon = () => vi.advanceTimersByTimeAsync(0);

  it('goes on while it is seen, and steps of one that is over are not shown', async () => {
    const { walking, calls, shown, failed } = walkOf();
    await soon();
    expect(calls).toHaveLength(0);
    walking.setVisible(true);
    await soon();
    calls[0].tell(1);
    walking.renew();
    await soon();
    expect(calls[0].isStopped).toBe(true);
    calls[0].tell(2);
    calls[1].tell(1);
    walking.setVisible(false);
    expect(calls[1].isStopped).toBe(true);
    walking.setVisible(true);
    await soon();
    calls[2].tell(1);
    expect(shown).toEqual(['1: 1', '2: 1', '3: 1']);
    walking.toggle();
    await soon();
    expect([calls[2].isStopped, calls.length, walking.step]).toEqual([true, 3, 1]);
    expect(failed).toEqual([]);
  });

  it('shows its first step where the reader asked for less motion, and stands', async () => {
    isStill = true;
    const { walking, calls, shown } = walkOf();
    walking.setVisible(true);
    await soon();
    calls[0].tell(1);
    await soon();
    expect(calls[0].isStopped).toBe(true);
    walking.setVisible(false);
    walking.setVisible(true);
    await soon();
    expect(calls).toHaveLength(1);
    walking.renew();
    await soon();
    calls[1].tell(1);
    expect(shown).toEqual(['1: 1', '2: 1']);
  });

  it('does not begin when another was asked for, or none is seen, before it was ready', async () => {
    const readied: (() => void)[] = [];
    const { walking, calls } = walkOf(() => new Promise((resolve) => readied.push(resolve)));
    walking.setVisible(true);
    walking.renew();
    for (const go of readied) go();
    await soon();
    expect(calls).toHaveLength(1);
    walking.renew();
    walking.setVisible(false);
    for (const go of readied) go();
    await soon();
    expect(calls).toHaveLength(1);
  });

  it('stands after an error or its last step, and tells the error once', async () => {
    const { walking, calls, shown, failed } = walkOf();
    walking.setVisible(true);
    await soon();
    calls[0].fail();
    await soon();
    expect([calls.length, failed, shown]).toEqual([1, ['Error: bad'], ['stands']]);
    walking.toggle();
    await soon();
    calls[1].tell(1);
    calls[1].end();
    await soon();
    expect([calls.length, walking.isRunning]).toEqual([2, false]);
  });

  it('goes on for a film, and stands again after it', async () => {
    isStill = true;
    const { walking, calls } = walkOf();
    walking.setVisible(true);
    await soon();
    calls[0].tell(1);
    const frame = walking.advance();
    await soon();
    expect(calls).toHaveLength(2);
    calls[1].tell(1);
    await frame;
    expect(calls[1].isStopped).toBe(false);
    walking.afterFilm();
    await soon();
    expect([calls[1].isStopped, calls.length, walking.isRunning]).toEqual([true, 2, false]);
  });
});
