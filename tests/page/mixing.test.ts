// The table of mixing is what its script measures with the weights that come with the page.
import { expect, it } from 'vitest';
import type { LearnedDenoiser } from '../../src/index.js';
import { MIXING, mixing } from '../../src/page/chapters/images/mixingTable.js';

interface Script {
  MIXING: typeof MIXING;
  SIGMAS: number[];
  digitsNetwork(): Promise<LearnedDenoiser>;
  mixingAt(learned: LearnedDenoiser, sigma: number): Promise<(typeof mixing)[number]>;
}

it('has a row of the table for each noise, and its first row again; more noise mixes faster and is further from digits', async () => {
  const url = new URL('../../src/page/chapters/images/mixing.mjs', import.meta.url);
  const script = (await import(String(url))) as Script;
  expect(mixing.map(({ sigma }) => sigma)).toEqual(script.SIGMAS);
  expect(script.MIXING).toMatchObject(MIXING);
  const learned = await script.digitsNetwork();
  expect(await script.mixingAt(learned, mixing[0].sigma)).toEqual(mixing[0]);
  learned.dispose();
  for (const name of ['changes', 'distance'] as const) {
    const values = mixing.map((row) => row[name]);
    expect(values).toEqual([...values].sort((a, b) => a - b));
  }
});
