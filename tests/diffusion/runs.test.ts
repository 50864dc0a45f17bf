import { expect, it } from 'vitest';
import {
  annealedLangevin,
  collect,
  dataScores,
  denoiser,
  key,
  mixtureScores,
  network,
  networkScores,
  normal,
  pointSet,
  probabilityFlow,
  reverseDiffusion,
  type ScoreFamily,
  varianceExploding,
  variancePreserving,
} from '../../src/index.js';
import { drain, failure, forEachCore, sameBits, spreadLevels, WAYS, worst } from '../cores.js';

const MIXTURE = { means: [[0, 1]], sds: [[0.3, 1]] };
const process = varianceExploding({ sigmaMin: 0.1, sigmaMax: 1 });

forEachCore('a run of a diffusion sampler', (core, kernel) => {
  it('2 and 3 threads give the bits of one, over every family', async () => {
    const ways = Object.values(WAYS);
    for (const [threads, load] of [2, 3].flatMap((count) => ways.map((way) => [count, way] as const))) {
      using many = await load({ kernel, threads });
      const results = [];
      for (const each of [core, many]) {
        using net = network(each, { features: 5, width: 9, depth: 1, levels: 4, sigmaMin: 0.1 });
        spreadLevels(net);
        const data = pointSet({ dim: 2, points: normal(each, key(2), [20, 2]) });
        const families: ScoreFamily[] = [
          mixtureScores(each, MIXTURE),
          dataScores(each, data),
          networkScores(net),
        ];
        const runs = [];
        for (const family of families) {
          for (const chains of [1, 9, 40]) {
            const options = { key: key(3), chains, thin: 3 };
            const histogram = { bins: 5, xlim: [-1, 1], ylim: [-1, 1] } as const;
            const sigmas = [0.9, 0.3];
            runs.push(
              await collect(
                reverseDiffusion(family, { ...options, histogram, process, steps: 9, corrections: 1 }),
              ),
              await collect(probabilityFlow(family, { ...options, process, steps: 7 })),
              await collect(
                annealedLangevin(family, { ...options, sigmas, stepsPerLevel: 5, stepSize: 0.01 }),
              ),
            );
          }
        }
        results.push(runs);
      }
      expect(results[1]).toEqual(results[0]);
    }
  });

  it('starts from the moments of the noisy data, or as told', async () => {
    const far: ScoreFamily = { core, dim: 2, at: (sigma) => family.at(sigma) };
    const family = mixtureScores(core, { means: [[100, 0]], sds: [[3, 1]] });
    const startOf = async (over: ScoreFamily, options = {}) => {
      // One step so small that it changes nothing.
      const run = { sigmas: [2], stepsPerLevel: 1, stepSize: 1e-18, chains: 4000 };
      const { x } = await collect(annealedLangevin(over, { key: key(1), ...run, ...options }));
      const first = x.filter((_, i) => i % 2 === 0);
      const mean = first.reduce((a, b) => a + b, 0) / 4000;
      return [mean, Math.sqrt(first.reduce((a, b) => a + (b - mean) ** 2, 0) / 3999)];
    };
    // Standard errors: sd / sqrt(4000) of a mean, sd / sqrt(8000) of a standard deviation.
    for (const [over, options, mean, sd] of [
      [family, {}, 100, Math.sqrt(13)],
      [far, {}, 0, 2],
      [far, { moments: { mean: [5, 0], variance: [12, 0] } }, 5, 4],
    ] as const) {
      const [m, s] = await startOf(over, options);
      expect(Math.abs(m - mean)).toBeLessThan((5 * sd) / Math.sqrt(4000));
      expect(Math.abs(s - sd)).toBeLessThan((5 * sd) / Math.sqrt(8000));
    }
    const init = Float32Array.of(7, 8);
    const run = { sigmas: [2], stepsPerLevel: 1, stepSize: 1e-18, chains: 2, init };
    const { x } = await collect(annealedLangevin(family, { key: key(1), ...run }));
    expect(x).toEqual(Float32Array.of(7, 8, 7, 8));
  });

  it('a single step is the denoised start, of either sampler', async () => {
    const family = mixtureScores(core, MIXTURE);
    const init = Float32Array.of(1, 2, -0.5, 0.25);
    const preserving = variancePreserving({ betaMax: 4 });
    for (const each of [process, preserving]) {
      const [alpha, sigma] = [each.alpha(1), each.sigma(1)];
      using noisy = family.at(sigma / alpha);
      const want = denoiser(noisy, sigma / alpha).denoise(init.map((v) => v / alpha));
      const options = { key: key(1), process: each, steps: 1, chains: 2, init };
      for (const run of [reverseDiffusion, probabilityFlow]) {
        const { x } = await collect(run(family, options));
        expect(worst(x, want, (a, b) => Math.abs(a - b))).toBeLessThan(1e-6);
      }
    }
  });

  it("annealedLangevin takes a network's levels from the highest to the lowest", async () => {
    using net = network(core, { features: 5, width: 9, depth: 1, levels: 3, sigmaMin: 0.1, output: 'noise' });
    const options = { key: key(1), stepsPerLevel: 4, stepSize: 0.001, chains: 3, thin: 1 };
    const all = await collect(annealedLangevin(networkScores(net), options));
    const sigmas = [...net.sigmas].reverse();
    const same = await collect(annealedLangevin(networkScores(net), { ...options, sigmas }));
    expect(all.step).toBe(12);
    expect(sameBits(all.path, same.path)).toBe(true);
  });

  it('gives its memory back when it ends, is abandoned, aborted, fails or is refused', async () => {
    const family = mixtureScores(core, MIXTURE);
    const { used } = core.memory;
    const options = { key: key(1), chains: 20, process, steps: 5000, corrections: 1 };
    await drain(reverseDiffusion(family, { ...options, steps: 10 }));
    expect(core.memory.used).toBe(used);
    for await (const _ of reverseDiffusion(family, options)) {
      expect(core.memory.used).toBeGreaterThan(used);
      break;
    }
    expect(core.memory.used).toBe(used);
    await expect(
      drain(reverseDiffusion(family, { ...options, signal: AbortSignal.abort() })),
    ).rejects.toThrow();
    const broken: ScoreFamily = {
      core,
      dim: 2,
      at() {
        throw new Error('no score today');
      },
    };
    expect(await failure(reverseDiffusion(broken, options))).toBe('no score today');
    await failure(
      reverseDiffusion(family, { ...options, histogram: { bins: 0, xlim: [0, 1], ylim: [0, 1] } }),
    );
    expect(core.memory.used).toBe(used);
  });

  it('a position that is not finite ends it with one line', async () => {
    const family = mixtureScores(core, MIXTURE);
    const run = annealedLangevin(family, {
      ...{ key: key(0), chains: 3, sigmas: [3, 0.1] },
      ...{ stepsPerLevel: 1000, stepSize: 0.1 },
    });
    expect(await failure(run)).toMatch(
      /^annealedLangevin: a position is not finite within \d+ steps, of chain \d+, which started at /,
    );
  });

  it('bad options give one line that names them', async () => {
    const family = mixtureScores(core, MIXTURE);
    const good = { key: key(0), process, steps: 5 };
    const reverse = (change: object) => failure(reverseDiffusion(family, { ...good, ...change }));
    expect(await reverse({ steps: 0 })).toBe('reverseDiffusion: steps must be a positive integer, got 0');
    expect(await reverse({ chains: 0 })).toBe('reverseDiffusion: chains must be a positive integer, got 0');
    expect(await reverse({ corrections: -1 })).toBe(
      'reverseDiffusion: corrections must be an integer of at least 0, got -1',
    );
    expect(await reverse({ signalToNoise: 0 })).toBe(
      'reverseDiffusion: signalToNoise must be a positive finite number, got 0',
    );
    expect(await reverse({ predictor: 'heun' })).toBe(
      "reverseDiffusion: predictor must be 'ancestral' or 'eulerMaruyama', got \"heun\"",
    );
    expect(await reverse({ process: undefined })).toMatch(/^reverseDiffusion: process must be made by/);
    expect(await reverse({ steps: 2 ** 23 })).toBe(
      'reverseDiffusion: a run must have at most 4194304 scores a chain, got 8388608',
    );
    expect(await reverse({ key: new Uint32Array(3) })).toMatch(/^reverseDiffusion: key must be/);
    expect(await reverse({ init: Float32Array.of(1) })).toMatch(/^reverseDiffusion: init must hold/);
    const flow = (change: object) => failure(probabilityFlow(family, { ...good, ...change }));
    expect(await flow({ spacing: 0 })).toMatch(/^probabilityFlow: spacing must be a positive/);
    expect(await flow({ steps: 1.5 })).toMatch(/^probabilityFlow: steps must be/);
    const anneal = (change: object) =>
      failure(
        annealedLangevin(family, {
          ...{ key: key(0), sigmas: [2, 1], stepsPerLevel: 1, stepSize: 1 },
          ...change,
        }),
      );
    expect(await anneal({ sigmas: [1, 2] })).toBe('annealedLangevin: sigmas must descend, got 2 after 1');
    expect(await anneal({ sigmas: undefined })).toMatch(
      /^annealedLangevin: sigmas must hold the noise levels/,
    );
    expect(await anneal({ stepSize: 0 })).toMatch(/^annealedLangevin: stepSize must be/);
    expect(await anneal({ stepsPerLevel: 0 })).toMatch(/^annealedLangevin: stepsPerLevel must be/);
    expect(await anneal({ stepSize: 1e-30 })).toMatch(/^annealedLangevin: stepSize sigma\^2/);
    const nothing = failure(
      annealedLangevin({} as ScoreFamily, { key: key(0), sigmas: [1], stepsPerLevel: 1, stepSize: 1 }),
    );
    expect(await nothing).toMatch(/^annealedLangevin: family must have a method at/);
  });
});
