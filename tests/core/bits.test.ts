import { describe, expect, it } from 'vitest';
import { apart } from '../cores.js';
import { type Bits, golden } from '../golden.js';

const { bits } = (await import(String(new URL('../golden/bits.mjs', import.meta.url)))) as { bits: Bits };

describe('the strict kernel', () => {
  it.each([1, 2, 3, 8])(
    'gives the bits of version 0.1.0 on %i threads: draws, samplers, training, reverse diffusion, likelihood',
    async (threads) => {
      expect(await bits(await import('../../src/index.js'), { threads })).toEqual(golden('bits'));
    },
  );

  it.each([2, 3, 8])('gives them on %i threads that share no memory', async (threads) => {
    const lib = await import('../../src/index.js');
    expect(await apart(() => bits(lib, { threads }))).toEqual(golden('bits'));
  });
});
