import { expect, it } from 'vitest';
import {
  annealedLangevin,
  type ChainOptions,
  collect,
  conditionalDiffusion,
  fromFunction,
  hmc,
  joinHistograms,
  key,
  langevin,
  linearObservation,
  loadCore,
  mala,
  mixture,
  mixtureScores,
  nuts,
  probabilityFlow,
  reverseDiffusion,
  type SampleHistogram,
  type SamplerState,
  underdamped,
  varianceExploding,
  walkJump,
} from '../../src/index.js';
import { forEachCore, sameBits } from '../cores.js';

const MIXTURE = {
  means: [
    [-1, 0],
    [1, 0.5],
  ],
  sds: [
    [0.5, 0.3],
    [0.2, 0.6],
  ],
  weights: [0.4, 0.6],
};
const GRID = { bins: 8, xlim: [-2, 2], ylim: [-2, 2] } as const;
const CHAINS = 21;

type Sampler = (options: ChainOptions) => AsyncIterable<SamplerState & { acceptance?: Float64Array }>;

forEachCore('shards', (core) => {
  const density = mixture(core, MIXTURE);
  const family = mixtureScores(core, MIXTURE);
  const mine = fromFunction(core, 2, (x, out) => {
    out.set(x.map((v) => -v));
  });
  const process = varianceExploding({ sigmaMin: 0.05, sigmaMax: 5 });
  const samplers: Record<string, Sampler> = {
    langevin: (options) => langevin(density, { ...options, stepSize: 0.1 }),
    'langevin over a score in JavaScript': (options) => langevin(mine, { ...options, stepSize: 0.1 }),
    underdamped: (options) => underdamped(density, { ...options, stepSize: 0.2, friction: 1 }),
    mala: (options) => mala(density, { ...options, stepSize: 0.1 }),
    hmc: (options) => hmc(density, { ...options, stepSize: 0.2, leapfrogs: 3, warmup: 5 }),
    nuts: (options) => nuts(density, { ...options, stepSize: 0.2, warmup: 10 }),
    walkJump: (options) => walkJump(density, { ...options, sigma: 0.3, stepSize: 0.3 }),
    annealedLangevin: ({ steps, init: _, ...options }) =>
      annealedLangevin(family, { ...options, sigmas: [2, 1, 0.5], stepsPerLevel: steps, stepSize: 0.05 }),
    reverseDiffusion: ({ init: _, ...options }) =>
      reverseDiffusion(family, { ...options, process, corrections: 1 }),
    probabilityFlow: ({ init: _, ...options }) => probabilityFlow(family, { ...options, process }),
  };

  it.each(Object.entries(samplers))(
    'of %s have the bits of the whole run, 1, 2, 3 or 7 of them',
    async (_, run) => {
      for (const layout of ['original', 'partitionable'] as const) {
        const init = Float32Array.from({ length: 2 * CHAINS }, (_, i) => Math.sin(i));
        const options = { key: key(3), steps: 8, chains: CHAINS, init, thin: 2, histogram: GRID, layout };
        const whole = await collect(run(options));
        for (const n of [1, 2, 3, 7]) {
          const parts: Awaited<typeof whole>[] = [];
          for (let k = 1; k <= n; k++) parts.push(await collect(run({ ...options, shard: [k, n] })));
          expect(sameBits(Float32Array.from(parts.flatMap(({ x }) => [...x])), whole.x)).toBe(true);
          const kept = whole.path.length / (2 * CHAINS);
          const rows = Array.from({ length: kept }, (_, row) =>
            parts.flatMap(({ path }) => {
              const width = path.length / kept;
              return [...path.subarray(row * width, (row + 1) * width)];
            }),
          );
          expect(sameBits(Float32Array.from(rows.flat()), whole.path)).toBe(true);
          expect(joinHistograms(parts.map(({ histogram }) => histogram as SampleHistogram))).toEqual(
            whole.histogram,
          );
          if (whole.acceptance)
            expect(parts.flatMap(({ acceptance }) => [...(acceptance as Float64Array)])).toEqual([
              ...whole.acceptance,
            ]);
        }
      }
    },
  );
});

it('the threads of a shard change no bit', async () => {
  const options = { key: key(1), steps: 50, chains: 100, stepSize: 0.1, shard: [2, 3] as const };
  const one = await collect(langevin(mixture(await loadCore(), MIXTURE), options));
  using core = await loadCore({ threads: 3 });
  expect(one.x.length).toBe(2 * 33);
  expect(sameBits((await collect(langevin(mixture(core, MIXTURE), options))).x, one.x)).toBe(true);
});

it('a shard that there cannot be is refused, as are histograms of different runs', async () => {
  const density = mixture(await loadCore(), MIXTURE);
  const run = (shard: readonly [number, number]) =>
    collect(langevin(density, { key: key(0), steps: 1, chains: 4, stepSize: 0.1, histogram: GRID, shard }));
  await expect(run([0, 4])).rejects.toThrow('langevin: shard[0] must be an integer from 1 to 4, got 0');
  await expect(run([5, 4])).rejects.toThrow('langevin: shard[0] must be an integer from 1 to 4, got 5');
  await expect(run([1, 5])).rejects.toThrow('langevin: shard[1] must be an integer from 1 to 4, got 5');
  await expect(run([1.5, 4])).rejects.toThrow('langevin: shard[0] must be an integer from 1 to 4, got 1.5');
  for (const shard of [3, null, { k: 1, n: 2 }, [1, 3, 7], [1]])
    await expect(run(shard as unknown as [number, number])).rejects.toThrow(
      /^langevin: shard must be two integers, \[k, n\], got /,
    );
  const family = mixtureScores(await loadCore(), MIXTURE);
  const observation = linearObservation({ observed: [1, 0], mask: [1, 0], noise: 0.5 });
  const process = varianceExploding({ sigmaMin: 0.05, sigmaMax: 5 });
  const conditional = { key: key(0), steps: 2, chains: 2, process, observation, shard: [1, 2] };
  await expect(collect(conditionalDiffusion(family, conditional))).rejects.toThrow(
    'conditionalDiffusion: shard must not be given, got an array of 2: run all chains, or as many with another key',
  );
  const histogram = (await run([1, 2])).histogram as SampleHistogram;
  expect(() => joinHistograms([])).toThrow('joinHistograms: histograms must be one or more, got none');
  expect(() => joinHistograms(histogram as unknown as SampleHistogram[])).toThrow(
    'joinHistograms: histograms must be an array, got [object Object]',
  );
  expect(() => joinHistograms([histogram, undefined as unknown as SampleHistogram])).toThrow(
    'joinHistograms: histograms[1].counts must be a Float64Array, got undefined',
  );
  expect(() => joinHistograms([{ ...histogram, counts: histogram.counts.slice(1) }])).toThrow(
    'joinHistograms: histograms[0].counts must hold 64 numbers, got 63',
  );
  expect(() => joinHistograms([{ ...histogram, sums: histogram.sums.slice(1) }])).toThrow(
    'joinHistograms: histograms[0].sums must hold 2 numbers a chain, got 3',
  );
  expect(() => joinHistograms([histogram, { ...histogram, bins: 9, counts: new Float64Array(81) }])).toThrow(
    'joinHistograms: histograms must have the same cells, got 8 cells a side from -2,2 by -2,2 of 2 coordinates and 9',
  );
});
