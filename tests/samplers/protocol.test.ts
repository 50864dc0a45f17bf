import { describe, expect, it, vi } from 'vitest';
import { HMC, LANGEVIN, NUTS, RunField, STATISTICS, UNDERDAMPED } from '../../src/abi/samplers.js';
import type { Core } from '../../src/core/instantiate.js';
import {
  annealedLangevin,
  collect,
  type Density,
  empirical,
  fromFunction,
  gaussian,
  hmc,
  key,
  langevin,
  mala,
  mixture,
  mixtureScores,
  normal,
  nuts,
  probabilityFlow,
  reverseDiffusion,
  type SamplerState,
  type ScoreFamily,
  underdamped,
  varianceExploding,
  walkJump,
} from '../../src/index.js';
import { openRun, runBytes, type SamplerSettings } from '../../src/samplers/runBlock.js';
import { drain, forEachCore, sameBits } from '../cores.js';

const D = 3;
const histogram = { bins: 4, xlim: [-2, 2], ylim: [-3, 3] } as const;
const options = { key: key(3), steps: 23, thin: 2, histogram };
const masses = [0.7, 1.6, 0.4];

type Run = (density: Density, chains: number) => AsyncIterable<SamplerState>;
const SAMPLERS: [string, Run][] = [
  ['langevin', (d, chains) => langevin(d, { ...options, chains, stepSize: 0.05 })],
  ['walkJump', (d, chains) => walkJump(d, { ...options, chains, sigma: 0.5, stepSize: 0.2 })],
  ['underdamped', (d, chains) => underdamped(d, { ...options, chains, stepSize: 0.2 })],
  ['mala', (d, chains) => mala(d, { ...options, chains, stepSize: 0.2 })],
  [
    'hmc',
    (d, chains) =>
      hmc(d, { ...options, chains, stepSize: 0.2, leapfrogs: 4, jitter: 0.3, inverseMass: masses }),
  ],
  ['nuts', (d, chains) => nuts(d, { ...options, chains, stepSize: 0.3, warmup: 21, inverseMass: masses })],
];

/** The same density behind functions, so that a run of it leaves WebAssembly for each score. */
function written(core: Core, density: Density): Density {
  return fromFunction(
    core,
    density.dim,
    (x, out) => density.score(x, out),
    (x, out) => out.set(density.logProb(x)),
  );
}

function expectSame(a: SamplerState, b: SamplerState): void {
  for (const [name, value] of Object.entries(a)) {
    if (typeof value === 'function') continue;
    const other = b[name as keyof SamplerState];
    if (ArrayBuffer.isView(value)) expect(sameBits(value, other as ArrayBufferView), name).toBe(true);
    else expect(other, name).toEqual(value);
  }
}

forEachCore('scores from JavaScript have the bits of fused ones', (core) => {
  const densities: [string, () => Density][] = [
    ['a mixture', () => mixture(core, { means: [[0, 1, 2]], sds: [[1, 0.5, 2]] })],
    ['a Gaussian', () => gaussian(core, { mean: masses, covariance: [0, 1, 2].map(row) })],
    ['a data set', () => empirical(core, points(), 0.6)],
  ];
  const row = (i: number) => [0, 1, 2].map((j) => (i === j ? 1 + 0.3 * i : 0.1));
  const points = () => ({
    dim: D,
    points: normal(core, key(5), [40, D]),
    logits: normal(core, key(6), [40]),
  });

  describe.each(densities)('over %s', (_, make) => {
    it.each(SAMPLERS)('%s, 1, 8 and 11 chains', async (_name, run) => {
      using density = make();
      for (const chains of [1, 8, 11]) {
        const fused = await collect(run(density, chains));
        expectSame(fused, await collect(run(written(core, density), chains)));
      }
    });
  });

  it.each(SAMPLERS)('%s, however the run is cut into calls', async (_, run) => {
    using density = mixture(core, { means: [[0, 1, 2]], sds: [[1, 0.5, 2]] });
    const runs = [];
    for (const tick of [100, 0]) {
      let now = 0;
      const clock = vi.spyOn(performance, 'now').mockImplementation(() => {
        now += tick;
        return now;
      });
      const states = await drain(run(written(core, density), 11));
      clock.mockRestore();
      const path = Float32Array.from(states.flatMap((state) => [...state.path]));
      runs.push({ calls: states.length, state: { ...states[states.length - 1], path } });
    }
    expect(runs[0].calls).toBeGreaterThan(2 * runs[1].calls);
    expectSame(runs[0].state, runs[1].state);
  });

  it.each(SAMPLERS)('%s over a fused score, in the middle of steps too', async (_, run) => {
    using density = mixture(core, { means: [[0, 1, 2]], sds: [[1, 0.5, 2]] });
    const whole = await collect(run(density, 19));
    let [now, turns, running] = [0, 0, true];
    const turn = () => {
      turns++;
      if (running) setImmediate(turn);
    };
    // Each call looks slow, and evaluates one panel.
    const clock = vi.spyOn(performance, 'now').mockImplementation(() => {
      now += 100;
      return now;
    });
    try {
      setImmediate(turn);
      const states = await drain(run(density, 19));
      const path = Float32Array.from(states.flatMap((state) => [...state.path]));
      expectSame({ ...states[states.length - 1], path }, whole);
      // Of three panels, one is evaluated between two turns.
      expect(turns).toBeGreaterThanOrEqual(3 * states.length);
    } finally {
      running = false;
      clock.mockRestore();
    }
  });

  it('diffusion samplers', async () => {
    const family = mixtureScores(core, { means: [[0, 1, 2]], sds: [[1, 0.5, 2]] });
    const own: ScoreFamily = {
      core,
      dim: D,
      at(sigma) {
        const score = family.at(sigma);
        return { ...written(core, score), dispose: () => score.dispose() };
      },
    };
    const process = varianceExploding({ sigmaMin: 0.1, sigmaMax: 3 });
    const common = { key: key(4), chains: 11, thin: 2, histogram, moments: family.moments };
    const samplers: ((f: ScoreFamily) => AsyncIterable<SamplerState>)[] = [
      (f) =>
        annealedLangevin(f, { ...common, sigmas: [2, 1], stepsPerLevel: 5, stepSize: 0.05, denoise: true }),
      (f) => reverseDiffusion(f, { ...common, process, steps: 9, corrections: 2 }),
      (f) => reverseDiffusion(f, { ...common, process, steps: 9, predictor: 'eulerMaruyama' }),
      (f) => probabilityFlow(f, { ...common, process, steps: 9 }),
    ];
    const { used } = core.memory;
    for (const run of samplers) {
      const fused = await collect(run(family));
      expectSame(fused, await collect(run(own)));
      const clock = vi.spyOn(performance, 'now').mockImplementation(() => Math.random() * 1e6);
      expectSame(fused, await collect(run(family)));
      clock.mockRestore();
    }
    expect(core.memory.used).toBe(used);
  });
});

forEachCore('a run block', (core) => {
  const trajectories = {
    stepSize: 0.1,
    centre: 0,
    targetAcceptance: 0.8,
    line: 0,
    dense: 0,
    inverseMasses: [1, 1, 1],
  };
  const matrix = { dense: 1, inverseMasses: [1, 0, 1, 0, 0, 1] };
  const settings: [number, SamplerSettings][] = [
    [LANGEVIN, { sampler: 'langevin', settings: { stepSize: 0.1, stepSizes: 0 } }],
    [
      UNDERDAMPED,
      { sampler: 'underdamped', settings: { stepSize: 0.1, decay: 0.9, kick: 0.05, noise: 0.4 } },
    ],
    [HMC, { sampler: 'hmc', settings: { ...trajectories, jitter: 0, leapfrogs: 2 } }],
    [NUTS, { sampler: 'nuts', settings: { ...trajectories, maxDepth: 3 } }],
    [HMC, { sampler: 'hmc', settings: { ...trajectories, ...matrix, line: 1, jitter: 0, leapfrogs: 2 } }],
    [NUTS, { sampler: 'nuts', settings: { ...trajectories, ...matrix, line: 1, maxDepth: 3 } }],
  ];

  it.each(settings)(
    'of sampler %i waits until its query points are answered, and then goes on',
    (code, own) => {
      const { memory, wasm } = core;
      const [count, positions, rows] = [11, memory.take(2 * D * 32), memory.take(4 * 11 * D)];
      const logp = memory.take(8 * count);
      const statistics = memory.take(8 * STATISTICS * count);
      const bytes = runBytes(core, own, count, D);
      const run = memory.take(bytes + 64);
      memory.u32(run + bytes, 16).fill(0xabcdef01);
      const init = normal(core, key(1), [count, D]);
      memory.f32(rows, count * D).set(init);
      wasm.toPanels(rows, count, D, positions);
      const none = { score: 0, firstChain: 0, warmup: 0, thin: 0, histogram: 0, bins: 0 };
      const all = { positions, count, dim: D, chains: count, normals: count * D * 4, partitionable: 0 };
      openRun(core, run, own, { ...none, ...all, statistics, keys: [1, 2, 3, 4, 5, 6, 7, 8] });
      expect(memory.u32(run, 1)[0]).toBe(code);
      const line = 'line' in own.settings ? own.settings.line : undefined;
      let answers = 0;
      while (wasm.runSteps(run, 0, 4, 0, 0)) {
        // Standard normals. The first query points are the starting ones; those of underdamped are at rest there too.
        wasm.queryPoints(run, rows);
        const x = memory.f32(rows, count * D).slice();
        if (answers === 0) expect(sameBits(x, init)).toBe(true);
        expect(x.every(Number.isFinite)).toBe(true);
        memory.f32(rows, count * D).set(x.map((v) => -v));
        memory.f64(logp, count).set(logProbs(x));
        wasm.queryScores(run, rows, line === 0 ? logp : 0);
        answers++;
      }
      const scores = { langevin: 4, underdamped: 4, hmc: 9, nuts: 5, diffusion: 0 }[own.sampler];
      // That in the middle of each leapfrog step too.
      const least = line ? 2 * scores : scores;
      if (own.sampler === 'nuts') expect(answers).toBeGreaterThan(least);
      else expect(answers).toBe(least);
      // Steps that are done already are not made again.
      wasm.fromPanels(positions, count, D, rows);
      const x = memory.f32(rows, count * D).slice();
      expect(sameBits(x, init)).toBe(false);
      if (own.sampler === 'langevin') expect(memory.u32(run + RunField.NEXT, 1)[0]).toBe(4);
      expect(wasm.runSteps(run, 4, 0, 0, 0)).toBeFalsy();
      wasm.fromPanels(positions, count, D, rows);
      expect(sameBits(memory.f32(rows, count * D), x)).toBe(true);
      // Nothing was written behind the block.
      expect([...memory.u32(run + bytes, 16)]).toEqual(Array(16).fill(0xabcdef01));
      for (const at of [positions, rows, logp, statistics, run]) memory.give(at);
    },
  );

  it('that is not answered stays as it is, byte for byte, of langevin', () => {
    const { memory, wasm } = core;
    const own: SamplerSettings = { sampler: 'langevin', settings: { stepSize: 0.1, stepSizes: 0 } };
    const positions = memory.take(64);
    const run = memory.take(runBytes(core, own, 1, 2));
    const none = { score: 0, firstChain: 0, warmup: 0, thin: 0, histogram: 0, bins: 0, statistics: 0 };
    const all = { positions, count: 1, dim: 2, chains: 1, normals: 8, partitionable: 1 };
    openRun(core, run, own, { ...none, ...all, keys: [1, 2] });
    expect(wasm.runSteps(run, 0, 4, 0, 0)).toBeTruthy();
    const bytes = () => memory.u32(run, memory.span(run).bytes / 4).slice();
    const before = bytes();
    expect(wasm.runSteps(run, 0, 4, 0, 0)).toBeTruthy();
    expect(sameBits(bytes(), before)).toBe(true);
    for (const at of [positions, run]) memory.give(at);
  });
});

function logProbs(x: Float32Array): Float32Array {
  return Float32Array.from({ length: x.length / D }, (_, c) =>
    x.subarray(c * D, (c + 1) * D).reduce((sum, v) => sum - (v * v) / 2, 0),
  );
}
