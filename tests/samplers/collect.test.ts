import { expect, it } from 'vitest';
import { collect, type SamplerState } from '../../src/index.js';

async function* states(...all: SamplerState[]): AsyncGenerator<SamplerState> {
  yield* all;
}

const state = (step: number, path: number[]): SamplerState => ({
  step,
  x: Float32Array.of(step),
  path: Float32Array.from(path),
});

it('joins what was kept and gives the rest of the last state, every state shown on the way', async () => {
  const seen: number[] = [];
  const run = states(state(2, [1, 2]), state(3, []), state(5, [3]));
  const got = await collect(run, { onState: ({ step }) => seen.push(step) });
  expect(got).toEqual({ step: 5, x: Float32Array.of(5), path: Float32Array.of(1, 2, 3) });
  expect(seen).toEqual([2, 3, 5]);
});

it('says so when there was no state', async () => {
  await expect(collect(states())).rejects.toThrow(
    /^collect: the sampler gave no state; was it run before\?$/,
  );
});
