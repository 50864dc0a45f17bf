import { afterEach, expect, it, vi } from 'vitest';

afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
  vi.resetModules();
});

it.each(['setImmediate', 'a message'])('lets a timer fire while work goes on, by %s', async (way) => {
  if (way === 'a message') vi.stubGlobal('setImmediate', undefined);
  const { pause } = await import('../../src/core/pause.js');
  let fired = false;
  setTimeout(() => {
    fired = true;
  }, 1);
  const began = performance.now();
  while (!fired && performance.now() - began < 5000) await pause();
  expect(fired).toBe(true);
});

it('a pacer pauses when more than 12 ms have passed since it last did, and not before', async () => {
  const clock = vi.spyOn(performance, 'now').mockReturnValue(0);
  const { pacer } = await import('../../src/core/pause.js');
  const pauseWhenDue = pacer();
  const pausesAt = async (ms: number) => {
    clock.mockReturnValue(ms);
    let turned = false;
    setImmediate(() => {
      turned = true;
    });
    await pauseWhenDue();
    return turned;
  };
  const found: boolean[] = [];
  for (const ms of [5, 12, 13, 25, 26, 30]) found.push(await pausesAt(ms));
  expect(found).toEqual([false, false, true, false, true, false]);
});
