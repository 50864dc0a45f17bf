import { describe, expect, it, vi } from 'vitest';
import {
  annealedLangevin,
  collect,
  type DiffusionOptions,
  type DiffusionProcess,
  dataScores,
  fromFunction,
  key,
  type Layout,
  mixtureScores,
  network,
  networkScores,
  normal,
  probabilityFlow,
  reverseDiffusion,
  type SamplerState,
  type ScoreFamily,
  type Solver,
  split,
  varianceExploding,
  variancePreserving,
} from '../../src/index.js';
import { drain, forEachCore, sameBits, spreadLevels, twinTensors, worst } from '../cores.js';
import * as twin from '../reference.js';

const absolute = (a: number, b: number) => Math.abs(a - b);
const THREE = {
  means: [
    [0, 1],
    [0.5, -0.25],
    [-1.5, 0],
  ],
  sds: [
    [0.3, 1],
    [0.25, 0.5],
    [1, 0.4],
  ],
  weights: [0.2, 0.7, 0.1],
};
const widened = (sigma: number) => ({
  ...THREE,
  sds: THREE.sds.map((row) => row.map((sd) => Math.hypot(sd, sigma))),
});
const exploding = varianceExploding({ sigmaMin: 0.3, sigmaMax: 4 });
const preserving = variancePreserving({ betaMin: 0.2, betaMax: 4, tMin: 0.1 });

const at = (process: DiffusionProcess, t: number): twin.ProcessAt => ({
  alpha: process.alpha(t),
  sigma: process.sigma(t),
  f: process.drift(t),
  g: process.diffusion(t),
});

type Step = (x: number[], step: number, z: (stage: number) => number[]) => number[];

interface Case {
  name: string;
  stages: number;
  steps: number;
  run(family: ScoreFamily, options: DiffusionOptions): AsyncGenerator<SamplerState>;
  twinOf(score: twin.NoisyScore): Step;
}

const reverse = (
  name: string,
  process: DiffusionProcess,
  predictor: 'ancestral' | 'eulerMaruyama',
  corrections: number,
): Case => ({
  name,
  stages: 1 + corrections,
  steps: 12,
  run: (family, options) =>
    reverseDiffusion(family, { ...options, process, predictor, corrections, steps: 12 }),
  twinOf: (score) => (x, i, z) => {
    const t = (n: number) => 1 - (n / 11) * (1 - process.tMin);
    const [now, next] = [at(process, t(i)), at(process, t(i + 1))];
    for (let n = 0; n < corrections; n++) {
      x = twin.langevinStage(x, twin.viewScore(score, now, x), 2 * (0.16 * now.sigma) ** 2, z(n));
    }
    if (i === 11) return twin.denoised(score, now, x);
    if (predictor === 'ancestral') return twin.ancestralStep(score, now, next, x, z(corrections));
    return twin.reverseStep(score, now, t(i) - t(i + 1), x, z(corrections));
  },
});

const flow = (name: string, process: DiffusionProcess, solver: Solver, flowStep?: twin.FlowStep): Case => {
  const [most, least] = [
    process.sigma(1) / process.alpha(1),
    process.sigma(process.tMin) / process.alpha(process.tMin),
  ];
  const sigmas = Array.from(
    { length: 10 },
    (_, i) => (most ** (1 / 7) + (i / 9) * (least ** (1 / 7) - most ** (1 / 7))) ** 7,
  );
  sigmas.push(0);
  const alphas = sigmas.map((sigma) => (sigma === 0 ? 1 : process.alpha(process.timeOf(sigma))));
  return {
    name: `probabilityFlow, ${solver}, ${name}`,
    stages: solver === 'heun' ? 2 : 1,
    steps: 10,
    run: (family, options) => probabilityFlow(family, { ...options, process, solver, steps: 10 }),
    twinOf: (score) => {
      let history: number[][] = [];
      return (x, i) => {
        const u = x.map((v) => v / alphas[i]);
        if (i === 0) history = [];
        const next = flowStep
          ? flowStep(score, sigmas, i, u, history)
          : twin.heunFlow(score, sigmas.slice(i, i + 2), u)[0];
        return next.map((v) => v * alphas[i + 1]);
      };
    },
  };
};

const CASES: Case[] = [
  {
    name: 'annealedLangevin',
    stages: 1,
    steps: 13,
    run: (family, options) =>
      annealedLangevin(family, {
        ...options,
        sigmas: [3, 1, 0.5],
        stepsPerLevel: 4,
        stepSize: 0.02,
        denoise: true,
      }),
    twinOf: (score) => (x, i, z) => {
      const sigma = [3, 1, 0.5][Math.min(2, Math.floor(i / 4))];
      const s = score(x, sigma);
      if (i === 12) return x.map((v, d) => v + sigma * sigma * s[d]);
      return twin.langevinStep(x, s, z(0), (0.02 * sigma ** 2) / 0.5 ** 2);
    },
  },
  reverse('reverseDiffusion, ancestral, exploding', exploding, 'ancestral', 0),
  reverse('reverseDiffusion, ancestral, preserving, 2 corrections', preserving, 'ancestral', 2),
  reverse('reverseDiffusion, Euler-Maruyama, exploding, 1 correction', exploding, 'eulerMaruyama', 1),
  reverse('reverseDiffusion, Euler-Maruyama, preserving', preserving, 'eulerMaruyama', 0),
  flow('exploding', exploding, 'heun'),
  flow('preserving', preserving, 'heun'),
  flow('exploding', exploding, 'deis', twin.deisStep),
  flow('preserving', preserving, 'deis', twin.deisStep),
  flow('exploding', exploding, 'dpmSolver', twin.dpmSolverStep),
  flow('preserving', preserving, 'dpmSolver', twin.dpmSolverStep),
  flow('preserving', preserving, 'accelerated', twin.acceleratedStep),
  flow('preserving', preserving, 'ddim', twin.ddimStep),
];

forEachCore('diffusion samplers', (core) => {
  const data = { dim: 2, points: normal(core, key(5), [40, 2]), logits: normal(core, key(6), [40]) };
  const net = network(core, {
    dim: 2,
    features: 5,
    width: 9,
    depth: 2,
    levels: 5,
    sigmaMin: 0.1,
    sigmaMax: 5,
  });
  spreadLevels(net);
  const params = twin.paramsFrom(twinTensors(net));

  /** The network between two levels, as {@link networkScores} defines it. */
  function blended(x: number[], sigma: number): number[] {
    const above = Math.min(
      net.sigmas.length - 1,
      net.sigmas.findIndex((s) => s > sigma),
    );
    const part =
      Math.log(sigma / net.sigmas[above - 1]) / Math.log(net.sigmas[above] / net.sigmas[above - 1]);
    const mix = (v: number[]) => v[above - 1] + part * (v[above] - v[above - 1]);
    return twin.networkScore({ ...params, alpha: [mix(params.alpha)], beta: [mix(params.beta)] }, 0, x);
  }

  const FAMILIES: [string, ScoreFamily, twin.NoisyScore][] = [
    ['a mixture', mixtureScores(core, THREE), (x, sigma) => twin.mixtureScore(widened(sigma), x)],
    ['a data set', dataScores(core, data), (x, sigma) => twin.empiricalScore(data, sigma, x)],
    ['a network', networkScores(net), blended],
    [
      'JavaScript',
      { core, dim: 2, at: (sigma) => written((x) => twin.mixtureScore(widened(sigma), x)) },
      (x, sigma) => twin.mixtureScore(widened(sigma), x),
    ],
  ];

  function written(score: (x: number[]) => number[]) {
    return fromFunction(core, 2, (x, out) => {
      for (let i = 0; i < x.length; i += 2) out.set(score([x[i], x[i + 1]]), i);
    });
  }

  /** The twin's chains [T][C, 2] flat from the same normals. */
  function twinPath({ stages, steps }: Case, step: Step, chains: number, init: Float32Array, layout: Layout) {
    const noiseKey = split(key(42), 2, { layout })[1];
    const z = twin.randomNormal(noiseKey, steps * stages * chains * 2, layout);
    const path = new Array<number>(steps * chains * 2);
    for (let c = 0; c < chains; c++) {
      let x = [...init.subarray(2 * c, 2 * c + 2)];
      for (let i = 0; i < steps; i++) {
        x = step(x, i, (stage) => [0, 1].map((d) => z[((i * stages + stage) * chains + c) * 2 + d]));
        for (let d = 0; d < 2; d++) path[(i * chains + c) * 2 + d] = x[d];
      }
    }
    return path;
  }

  describe.each(FAMILIES)('over %s', (_, family, score) => {
    it.each(CASES)('$name: every position within 2e-5 of the twin', async (each) => {
      for (const layout of ['original', 'partitionable'] as const) {
        for (const chains of [1, 5, 8, 19]) {
          const init = normal(core, key(chains), [chains, 2]).map((v) => 3 * v);
          const { path } = await collect(each.run(family, { key: key(42), chains, init, layout, thin: 1 }));
          expect(
            worst(path, twinPath(each, each.twinOf(score), chains, init, layout), absolute),
          ).toBeLessThan(2e-5);
        }
      }
    });
  });

  it('the noise that a run sets has the bits of the score made with it', async () => {
    // One step of Langevin, so small that no position moves, then the denoised position.
    for (const [, family] of FAMILIES.slice(0, 3)) {
      for (const sigma of [0.17, 1.3, 4.9]) {
        const init = normal(core, key(3), [9, 2]).map((v) => v + Math.sign(v));
        const run = annealedLangevin(family, {
          key: key(1),
          sigmas: [sigma],
          stepsPerLevel: 1,
          stepSize: 1e-18,
          chains: 9,
          init,
          denoise: true,
        });
        const { x } = await collect(run);
        using score = family.at(sigma);
        const s = score.score(init);
        const want = init.map((v, i) => v + Math.fround(Math.fround(sigma * sigma) * s[i]));
        const tolerance = core.kernel === 'strict' ? 0 : 1e-6;
        expect(worst(x, want, (a, b) => Math.abs(a - b) / (1 + Math.abs(b)))).toBeLessThanOrEqual(tolerance);
      }
    }
  });

  it('how a run is cut into calls changes no bit, nor do thinning and counting', async () => {
    const [, family] = FAMILIES[0];
    const histogram = { bins: 8, xlim: [-2, 2], ylim: [-2, 2] } as const;
    const options = { key: key(9), chains: 6, process: exploding, steps: 40, corrections: 1 };
    const runs = [];
    for (const tick of [100, 0]) {
      let now = 0;
      const clock = vi.spyOn(performance, 'now').mockImplementation(() => {
        now += tick;
        return now;
      });
      const states = await drain(reverseDiffusion(family, { ...options, thin: 3, histogram }));
      clock.mockRestore();
      const path = states.flatMap((state) => [...state.path]);
      runs.push({ ...states[states.length - 1], calls: states.length, path });
    }
    expect(runs.map(({ calls }) => calls)).toEqual([40, 6]);
    expect(sameBits(Float32Array.from(runs[0].path), Float32Array.from(runs[1].path))).toBe(true);
    expect(runs[0].histogram).toEqual(runs[1].histogram);
    const { path, x } = await collect(reverseDiffusion(family, { ...options, thin: 1 }));
    const thirds = Array.from({ length: 13 }, (_, i) => [
      ...path.subarray(12 * (3 * i + 2), 12 * (3 * i + 3)),
    ]);
    expect(runs[0].path).toEqual(thirds.flat());
    expect(sameBits(runs[0].x, x)).toBe(true);
    const { counts, outside } = runs[0].histogram ?? { counts: new Float64Array(0), outside: 0 };
    expect(counts.reduce((a, b) => a + b, 0) + outside).toBe(240);
    const inside = Array.from({ length: 240 }, (_, i) => path.subarray(2 * i, 2 * i + 2)).filter(
      (p) => Math.abs(p[0]) <= 2 && Math.abs(p[1]) <= 2,
    );
    expect(counts.reduce((a, b) => a + b, 0)).toBe(inside.length);
  });
});
