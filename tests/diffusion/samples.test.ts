import { describe, expect, it } from 'vitest';
import {
  annealedLangevin,
  collect,
  type DiffusionOptions,
  type DiffusionProcess,
  dataScores,
  geomspace,
  key,
  mixtureScores,
  normal,
  pointSet,
  probabilityFlow,
  reverseDiffusion,
  type SamplerState,
  type ScoreFamily,
  varianceExploding,
  variancePreserving,
} from '../../src/index.js';
import { forEachCore, worst } from '../cores.js';

const CHAINS = 4096;
const MIXTURE = {
  means: [
    [1, 0],
    [-1, 0.5],
  ],
  sds: [
    [0.5, 0.3],
    [0.3, 0.4],
  ],
  weights: [0.3, 0.7],
};
// Noise of 0.02 at the end changes second moments by less than a tenth of a standard error.
const exploding = varianceExploding({ sigmaMin: 0.02, sigmaMax: 20 });
const preserving = variancePreserving({ tMin: 1e-3 });

/** What is averaged over samples, with its exact mean: E x, E x^2, E x0 x1, E x0^3. */
const STATISTICS: [string, (x: number, y: number) => number, (m: number[], s: number[]) => number][] = [
  ['x0', (x) => x, (m) => m[0]],
  ['x1', (_, y) => y, (m) => m[1]],
  ['x0^2', (x) => x * x, (m, s) => m[0] ** 2 + s[0] ** 2],
  ['x1^2', (_, y) => y * y, (m, s) => m[1] ** 2 + s[1] ** 2],
  ['x0 x1', (x, y) => x * y, (m) => m[0] * m[1]],
  ['x0^3', (x) => x ** 3, (m, s) => m[0] ** 3 + 3 * m[0] * s[0] ** 2],
];

/** Largest distance of the samples' averages from the exact ones, in their standard errors. */
function standardErrors(x: Float32Array): number {
  const errors = STATISTICS.map(([, of, component]) => {
    const exact = MIXTURE.weights.reduce(
      (sum, weight, k) => sum + weight * component(MIXTURE.means[k], MIXTURE.sds[k]),
      0,
    );
    const values = Array.from({ length: x.length / 2 }, (_, i) => of(x[2 * i], x[2 * i + 1]));
    const mean = values.reduce((a, b) => a + b, 0) / values.length;
    const variance = values.reduce((a, b) => a + (b - mean) ** 2, 0) / (values.length - 1);
    return Math.abs(mean - exact) / Math.sqrt(variance / values.length);
  });
  return Math.max(...errors);
}

type Run = (family: ScoreFamily, options: DiffusionOptions) => AsyncGenerator<SamplerState>;

const RUNS: Record<string, Run> = {
  annealedLangevin: (family, options) =>
    annealedLangevin(family, {
      ...options,
      sigmas: Array.from(geomspace(20, 0.02, 10)),
      stepsPerLevel: 100,
      stepSize: 4e-5,
    }),
  'reverseDiffusion, ancestral, exploding': (family, options) =>
    reverseDiffusion(family, { ...options, process: exploding, steps: 400 }),
  'reverseDiffusion, ancestral, preserving': (family, options) =>
    reverseDiffusion(family, { ...options, process: preserving, steps: 400 }),
  'reverseDiffusion, Euler-Maruyama, exploding': (family, options) =>
    reverseDiffusion(family, { ...options, process: exploding, steps: 1000, predictor: 'eulerMaruyama' }),
  'reverseDiffusion, Euler-Maruyama, preserving': (family, options) =>
    reverseDiffusion(family, { ...options, process: preserving, steps: 1000, predictor: 'eulerMaruyama' }),
  'reverseDiffusion, 2 corrections, exploding': (family, options) =>
    reverseDiffusion(family, { ...options, process: exploding, steps: 200, corrections: 2 }),
  'probabilityFlow, exploding': (family, options) =>
    probabilityFlow(family, { ...options, process: exploding, steps: 40 }),
  'probabilityFlow, preserving': (family, options) =>
    probabilityFlow(family, { ...options, process: preserving, steps: 40 }),
};

forEachCore('samples of a mixture', (core) => {
  const family = mixtureScores(core, MIXTURE);
  const sampled = async (run: Run, over: ScoreFamily = family) =>
    (await collect(run(over, { key: key(7), chains: CHAINS }))).x;

  it.each(Object.entries(RUNS))('%s: moments within 5 standard errors of the exact ones', async (_, run) => {
    expect(standardErrors(await sampled(run))).toBeLessThan(5);
  });

  describe('the same check fails for wrong samplers', () => {
    const without: DiffusionProcess = {
      ...exploding,
      diffusion: (t) => exploding.diffusion(t) / Math.SQRT2,
    };
    // Half of the noise of each level is taken for the whole.
    const narrow: ScoreFamily = {
      ...{ core, dim: 2, moments: family.moments },
      at: (sigma) => family.at(sigma / Math.SQRT2),
    };
    it.each<[string, Run, ScoreFamily]>([
      [
        'the reverse equation with g without its root of two',
        (over, options) =>
          reverseDiffusion(over, { ...options, process: without, steps: 500, predictor: 'eulerMaruyama' }),
        family,
      ],
      ['the probability flow of scores at the wrong noise', RUNS['probabilityFlow, exploding'], narrow],
      [
        'annealed Langevin dynamics stopped at too much noise',
        (over, options) =>
          annealedLangevin(over, { ...options, sigmas: [20, 4, 1, 0.5], stepsPerLevel: 50, stepSize: 0.02 }),
        family,
      ],
    ])('%s', async (_, run, over) => {
      expect(standardErrors(await sampled(run, over))).toBeGreaterThan(5);
    });
  });

  it('the exploding and the preserving flow end at the same points, within 2e-5, from the same noise', async () => {
    const ratio = (t: number) => preserving.sigma(t) / preserving.alpha(t);
    const same = varianceExploding({ sigmaMin: ratio(preserving.tMin), sigmaMax: ratio(1) });
    const options = { key: key(3), chains: 64, steps: 30 };
    const [one, other] = [
      await collect(probabilityFlow(family, { ...options, process: same })),
      await collect(probabilityFlow(family, { ...options, process: preserving })),
    ];
    expect(worst(one.x, other.x, (a, b) => Math.abs(a - b))).toBeLessThan(2e-5);
  });

  it('of a data set land on the data: within 1e-3 of a point, each point by its weight', async () => {
    const points = normal(core, key(2), [5, 3]);
    const weights = [1, 2, 3, 4, 0];
    const data = pointSet({ dim: 3, points, weights });
    const exact = dataScores(core, data);
    const processes = [varianceExploding({ sigmaMin: 0.01, sigmaMax: 30 }), preserving];
    for (const process of processes) {
      for (const run of [
        probabilityFlow(exact, { key: key(1), chains: 1024, process, steps: 60 }),
        reverseDiffusion(exact, { key: key(1), chains: 1024, process, steps: 200 }),
      ]) {
        const { x } = await collect(run);
        const counts = new Float64Array(5);
        for (let i = 0; i < x.length; i += 3) {
          const distances = weights.map((_, p) =>
            Math.hypot(...[0, 1, 2].map((d) => x[i + d] - points[3 * p + d])),
          );
          const nearest = distances.indexOf(Math.min(...distances));
          expect(distances[nearest]).toBeLessThan(1e-3);
          counts[nearest]++;
        }
        counts.forEach((count, p) => {
          const share = weights[p] / 10;
          const deviation = Math.sqrt((share * (1 - share)) / 1024);
          expect(Math.abs(count / 1024 - share)).toBeLessThanOrEqual(5 * deviation);
        });
      }
    }
  });
});
