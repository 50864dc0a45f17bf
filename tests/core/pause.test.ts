import { afterEach, expect, it, vi } from 'vitest';

afterEach(() => {
  vi.unstubAllGlobals();
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
