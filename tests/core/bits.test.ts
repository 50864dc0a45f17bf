import { describe, expect, it } from 'vitest';
import { apart } from '../cores.js';
import { type Bits, golden } from '../golden.js';

const load = async (name: string) => await import(String(new URL(`../golden/${name}.mjs`, import.meta.url)));
const { bits } = (await load('bits')) as { bits: Bits };
const { numbers } = (await load('numbers')) as { numbers: Bits };
const all: Bits = async (lib, options) => ({
  ...(await bits(lib, options)),
  ...(await numbers(lib, options)),
});

describe('the strict kernel', () => {
  it.each([1, 2, 3, 8])(
    'gives the bits of version 0.1.0 on %i threads: draws, samplers, training, reverse diffusion, likelihood, and all numbers beside',
    async (threads) => {
      expect(await all(await import('../../src/index.js'), { threads })).toEqual(golden('bits'));
    },
  );

  it.each([2, 3, 8])('gives them on %i threads that share no memory', async (threads) => {
    const lib = await import('../../src/index.js');
    expect(await apart(() => all(lib, { threads }))).toEqual(golden('bits'));
  });
});
