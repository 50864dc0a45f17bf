import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { loadCore } from '../../src/core/load.js';
import {
  annealedLangevin,
  type Core,
  collect,
  denoiserScores,
  key,
  langevin,
  learnedDenoiser,
  mlp,
  pointSet,
  probabilityFlow,
  reverseDiffusion,
  type SamplerState,
  type Score,
  type ScoreFamily,
  trainDenoiser,
  underdamped,
  unet,
  varianceExploding,
  variancePreserving,
  walkJump,
} from '../../src/index.js';
import { drain, forEachCore, sameBits, WAYS } from '../cores.js';
import { noise } from '../networks/layerRun.js';
import { KINDS, PLANE, plane, process, RUN } from './learned.js';

/** Every sampler, over the scores of all noises. */
const SAMPLERS: [string, (family: ScoreFamily, more?: object) => AsyncIterable<SamplerState>][] = [
  ['langevin', (family, more) => langevin(family.at(0.7), { ...RUN, steps: 6, stepSize: 0.02, ...more })],
  [
    'walkJump',
    (family, more) => walkJump(family.at(0.7), { ...RUN, sigma: 0.7, steps: 6, stepSize: 0.1, ...more }),
  ],
  [
    'underdamped',
    (family, more) => underdamped(family.at(0.7), { ...RUN, steps: 6, stepSize: 0.1, ...more }),
  ],
  [
    'annealedLangevin',
    (family, more) =>
      annealedLangevin(family, {
        ...{ ...RUN, sigmas: [1.5, 0.5], stepsPerLevel: 3, stepSize: 0.01, denoise: true, ...more },
      }),
  ],
  [
    'reverseDiffusion',
    (family, more) => reverseDiffusion(family, { ...RUN, process, steps: 5, corrections: 1, ...more }),
  ],
  [
    'reverseDiffusion, variance preserving',
    (family, more) =>
      reverseDiffusion(family, {
        ...{ ...RUN, process: variancePreserving(), steps: 5, predictor: 'eulerMaruyama', ...more },
      }),
  ],
  ['probabilityFlow', (family, more) => probabilityFlow(family, { ...RUN, process, steps: 5, ...more })],
];

/** Those that JavaScript answers with the same bits: it scales positions in float64, where the process scales them. */
const EXPLODING = SAMPLERS.filter(([name]) => /^(annealed|reverseDiffusion$|probability)/.test(name));

afterEach(() => {
  vi.restoreAllMocks();
});

/** Every call into WebAssembly looks slow, which leaves one step a call. */
function slowClock(): void {
  let now = 0;
  vi.spyOn(performance, 'now').mockImplementation(() => {
    now += 100;
    return now;
  });
}

/** The same family, asked by JavaScript for each score. */
function asked(family: ScoreFamily): ScoreFamily {
  return {
    core: family.core,
    dim: family.dim,
    at(sigma) {
      const score = family.at(sigma);
      const { core, dim } = family;
      const own: Score = {
        ...{ core, dim, score: (x, out) => score.score(x, out), dispose: () => score.dispose() },
        [Symbol.dispose]: () => score.dispose(),
      };
      return own;
    },
  };
}

/** Threads that work together in both ways. */
const manyThreads = Object.values(WAYS).flatMap((load) => [2, 3].map((threads) => [threads, load] as const));

forEachCore('samplers over a learned denoiser', (core, kernel) => {
  /** A core of one thread, and those of many in every way. */
  const cores: Core[] = [];
  beforeAll(async () => {
    for (const [threads, load] of [[1, loadCore] as const, ...manyThreads])
      cores.push(await load({ kernel, threads }));
  });
  afterAll(() => {
    for (const own of cores) own.dispose();
  });

  describe.each(KINDS)('%s', (_, make) => {
    it.each(SAMPLERS)(
      '%s: 2 and 3 threads give the bits of one, with guidance and without',
      async (__, run) => {
        for (const options of [{ label: 1 }, { label: 1, guidance: 2 }]) {
          const results = [];
          for (const many of cores) {
            using denoiser = make(many);
            const runs = [];
            for (const chains of [1, 19]) {
              const { x, path } = await collect(run(denoiserScores(denoiser, options), { chains }));
              runs.push(x, path);
            }
            results.push(runs);
          }
          for (const many of results) expect(many).toEqual(results[0]);
          expect(results[0].every((array) => array.every(Number.isFinite))).toBe(true);
        }
      },
    );

    it.each(EXPLODING)(
      '%s: noises set within a run give the bits of scores made for them, asked by JavaScript',
      async (__, run) => {
        using denoiser = make(core);
        for (const options of [{}, { label: 0, guidance: 1.5 }]) {
          const family = denoiserScores(denoiser, options);
          const fused = await collect(run(family));
          const own = await collect(run(asked(family)));
          expect(sameBits(fused.path, own.path)).toBe(true);
          expect(sameBits(fused.x, own.x)).toBe(true);
        }
      },
    );

    it('a chain of a flow alone has the bits it has among 11', async () => {
      using denoiser = make(core);
      const { dim } = denoiser;
      const init = noise(11 * dim, 6).map((v) => 2 * v);
      const flow = async (chains: number, from: Float32Array) =>
        (
          await collect(
            probabilityFlow(denoiserScores(denoiser), { ...RUN, process, steps: 6, chains, init: from }),
          )
        ).x;
      const all = await flow(11, init);
      for (const c of [0, 7, 8, 10]) {
        const alone = await flow(1, init.slice(c * dim, (c + 1) * dim));
        expect(sameBits(alone, all.slice(c * dim, (c + 1) * dim))).toBe(true);
      }
    });

    it.each(SAMPLERS)(
      '%s: samples the network as it was at the start of the run while it trains, on 1 and 2 threads',
      async (__, run) => {
        const data = pointSet({ dim: make === plane ? 2 : 16, points: noise(160, 1) });
        for (const threads of [1, 2]) {
          using many = await loadCore({ kernel, threads });
          // Without classes: a set of points has none.
          const of = () =>
            learnedDenoiser(
              make === plane
                ? mlp(many, PLANE, { hidden: 5, depth: 1 })
                : unet(many, { height: 4, width: 4, channels: 1 }, { channels: [8], groups: 4 }),
            );
          using denoiser = of();
          using frozen = of();
          const training = trainDenoiser(denoiser, data, { batch: 4, learningRate: 0.05 });
          await training.next();
          frozen.network.setTensors(denoiser.network.tensors());
          const { path } = await collect(run(denoiserScores(frozen)));
          slowClock();
          const parts: number[] = [];
          for await (const state of run(denoiserScores(denoiser))) {
            parts.push(...state.path);
            await training.next();
          }
          vi.restoreAllMocks();
          expect(sameBits(Float32Array.from(parts), path)).toBe(true);
          expect(sameBits((await collect(run(denoiserScores(denoiser)))).path, path)).toBe(false);
          await training.return();
        }
      },
    );
  });
});

describe('a learned denoiser of two modes', () => {
  const MODES = [
    [-1, 0.5],
    [1, -0.5],
  ];

  /** Trained on Gaussians of deviation 0.1 around the modes, the second with three times the weight. */
  async function trained(core: Core) {
    const n = 800;
    const z = noise(4 * n, 5);
    const points = Array.from({ length: n }, (_, i) => {
      const [x, y] = MODES[i % 4 === 0 ? 0 : 1];
      // Sums of two uniform variables.
      return [x + 0.12 * (z[4 * i] + z[4 * i + 1]), y + 0.12 * (z[4 * i + 2] + z[4 * i + 3])];
    }).flat();
    const denoiser = learnedDenoiser(mlp(core, PLANE, { hidden: 48, depth: 2 }), { sigmaData: 0.7 });
    const noises = { kind: 'logUniform', sigmaMin: 0.1, sigmaMax: 3 } as const;
    const run = { batch: 128, steps: 1500, schedule: 'cosine', learningRate: 4e-3, noise: noises } as const;
    await drain(trainDenoiser(denoiser, pointSet({ dim: 2, points }), run));
    return denoiser;
  }
  it('its walks jump to them: 85 % within 0.3 of a mode, both visited; its flow 95 %, a quarter to the first within 0.08', async () => {
    const core = await loadCore({ kernel: 'relaxed' });
    using denoiser = await trained(core);
    const family = denoiserScores(denoiser);
    const distance = (x: number, y: number) => Math.min(...MODES.map(([a, b]) => Math.hypot(x - a, y - b)));
    /** The parts of the rows of x [n, 2] that are close to a mode, and that are nearer to the first. */
    const parts = (x: Float32Array) => {
      const rows = Array.from({ length: x.length / 2 }, (_, i) => [x[2 * i], x[2 * i + 1]]);
      return {
        close: rows.filter(([a, b]) => distance(a, b) < 0.3).length / rows.length,
        first: rows.filter(([a]) => a < 0).length / rows.length,
      };
    };
    using score = family.at(0.5);
    const walk = { key: key(2), chains: 64, sigma: 0.5, stepSize: 0.2, steps: 400, thin: 100 };
    const path: number[] = [];
    for await (const state of walkJump(score, walk)) path.push(...state.jump(state.path));
    const jumped = parts(Float32Array.from(path));
    expect(jumped.close).toBeGreaterThan(0.85);
    expect(jumped.first).toBeGreaterThan(0.1);
    expect(jumped.first).toBeLessThan(0.5);
    const flow = { process: varianceExploding({ sigmaMin: 0.1, sigmaMax: 3 }), steps: 40 };
    const { x } = await collect(probabilityFlow(family, { key: key(3), chains: 1000, ...flow }));
    const flowed = parts(x);
    expect(flowed.close).toBeGreaterThan(0.95);
    expect(Math.abs(flowed.first - 0.25)).toBeLessThan(0.08);
  });
});
