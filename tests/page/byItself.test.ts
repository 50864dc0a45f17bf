import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Stopped } from '../../src/page/calls/rpc.js';
import { ByItself } from '../../src/page/chapters/shared/byItself.js';

describe('work that a figure does by itself', () => {
  let isStill = false;
  beforeEach(() => {
    vi.useFakeTimers();
    isStill = false;
    vi.stubGlobal('window', globalThis);
    vi.stubGlobal('matchMedia', () => ({ matches: isStill }));
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  /** Work that calls the worker, by default once; `answer`, `fail` and `tell` are the worker's. */
  function figureOf({ calls: count = 1, ...options }: { isStill?: boolean; calls?: number } = {}) {
    const calls: { answer(): void; tell(): void; isStopped: boolean; fail(): void }[] = [];
    const heard: string[] = [];
    const failed: unknown[] = [];
    const client = {
      call(_: string, __: object, onEvent: (event: never) => void) {
        let settle: { resolve(value: unknown): void; reject(error: unknown): void } | undefined;
        const promise = new Promise((resolve, reject) => {
          settle = { resolve, reject };
        });
        const call = {
          isStopped: false,
          answer: () => settle?.resolve(undefined),
          fail: () => settle?.reject(new Error('bad')),
          tell: () => onEvent('event' as never),
        };
        calls.push(call);
        return Object.assign(promise, {
          stop() {
            call.isStopped = true;
            settle?.reject(new Stopped());
          },
        });
      },
    };
    const page = { client, fail: (error: unknown) => failed.push(error) };
    const work = new ByItself(page as unknown as ConstructorParameters<typeof ByItself>[0], {
      ...options,
      async work(run) {
        const call = () => run.call('kernel', {}, () => heard.push(`told ${calls.length}`));
        await Promise.all(Array.from({ length: count }, call));
        heard.push('done');
      },
    });
    return { work, calls, heard, failed };
  }
  const soon = () => vi.advanceTimersByTimeAsync(1000);

  it('begins when it is reached, ends when it is left, and is done once', async () => {
    const { work, calls, heard, failed } = figureOf();
    await soon();
    expect(calls).toHaveLength(0);
    work.setVisible(true);
    expect(calls).toHaveLength(1);
    work.setVisible(false);
    expect(calls[0].isStopped).toBe(true);
    await soon();
    // Late news of a run that is over is not heard.
    calls[0].tell();
    work.setVisible(true);
    expect(calls).toHaveLength(2);
    calls[1].tell();
    calls[1].answer();
    await soon();
    expect(heard).toEqual(['told 2', 'done']);
    work.setVisible(false);
    work.setVisible(true);
    expect(calls).toHaveLength(2);
    expect(failed).toEqual([]);
  });

  it('begins anew some time after the last change of what it shows', async () => {
    const { work, calls } = figureOf();
    work.setVisible(true);
    work.renew();
    work.renew();
    expect(calls[0].isStopped).toBe(true);
    expect(calls).toHaveLength(1);
    await soon();
    expect(calls).toHaveLength(2);
  });

  it('that the reader asked for goes on out of sight, and what the reader ended does not begin', async () => {
    const { work, calls } = figureOf();
    work.setVisible(true);
    work.start();
    expect(calls[0].isStopped).toBe(true);
    work.setVisible(false);
    expect(calls[1].isStopped).toBe(false);
    work.stop();
    expect(calls[1].isStopped).toBe(true);
    work.setVisible(true);
    await soon();
    expect(calls).toHaveLength(2);
  });

  it('waits where the reader asked for less motion, unless it moves nothing', async () => {
    isStill = true;
    const moving = figureOf();
    moving.work.setVisible(true);
    moving.work.renew();
    await soon();
    expect(moving.calls).toHaveLength(0);
    moving.work.start();
    expect(moving.calls).toHaveLength(1);
    const still = figureOf({ isStill: true });
    still.work.setVisible(true);
    expect(still.calls).toHaveLength(1);
  });

  it('that fails tells the reader once, and does not begin again by itself', async () => {
    const { work, calls, failed } = figureOf();
    work.setVisible(true);
    calls[0].fail();
    await soon();
    work.setVisible(false);
    work.setVisible(true);
    await soon();
    expect(calls).toHaveLength(1);
    expect(failed.map(String)).toEqual(['Error: bad']);
  });

  it('that fails in one of its calls ends the others', async () => {
    const { work, calls, failed } = figureOf({ calls: 2 });
    work.setVisible(true);
    expect(calls).toHaveLength(2);
    calls[0].fail();
    await soon();
    expect(calls[1].isStopped).toBe(true);
    expect(failed.map(String)).toEqual(['Error: bad']);
  });
});
