// Every function of a user's that breaks its contract is refused in words, wherever it is handed in.
import { describe, expect, it } from 'vitest';
import {
  annealedLangevin,
  calibratePatches,
  collect,
  conditionalDiffusion,
  conditionalScores,
  curl,
  type Denoiser,
  type Density,
  denoiser,
  densityHistogram,
  entropy,
  fromFunction,
  guidedScores,
  heldOutErrors,
  hmc,
  imageSet,
  key,
  langevin,
  linearObservation,
  loadCore,
  logLikelihood,
  mala,
  nuts,
  type Observation,
  probabilityFlow,
  reverseDiffusion,
  type Score,
  type ScoreFamily,
  scaleScore,
  scoreOf,
  steinDiscrepancy,
  underdamped,
  varianceExploding,
  walkJump,
} from '../../src/index.js';
import { drain } from '../cores.js';

const core = await loadCore({ kernel: 'strict', threads: 1 });
const D = 2;
const none = { dispose() {}, [Symbol.dispose]() {} };
/** Six points, anew for each use, since some functions change them. */
const points = () => Float32Array.from({ length: 12 }, (_, i) => Math.sin(i + 1));
const chains = { key: key(1), chains: 6, steps: 4, init: points() };
const process = varianceExploding({ sigmaMin: 0.1, sigmaMax: 2 });
const moments = { mean: [0, 0], variance: [1, 1] };
const noisy = { key: key(2), chains: 6, process, steps: 4, moments };
const masked = linearObservation({ observed: [1, 0], mask: [1, 0], noise: 0.5 });
/** Of pictures of 1 x 2 pixels. */
const pictures = imageSet({ width: 2, height: 1, pixels: Float32Array.of(0, 1, 1, 0, 0.5, 0.5) });

/** The family of a score that is the same under any noise. */
const family = (score: Score): ScoreFamily => ({ core, dim: D, moments, at: () => score });

/** What takes a score: all samplers and diagnostics. */
const ENTRIES: Record<string, (score: Density) => unknown> = {
  langevin: (score) => collect(langevin(score, { ...chains, stepSize: 0.1 })),
  underdamped: (score) => collect(underdamped(score, { ...chains, stepSize: 0.1 })),
  mala: (score) => collect(mala(score, { ...chains, stepSize: 0.1 })),
  hmc: (score) => collect(hmc(score, { ...chains, stepSize: 0.1, leapfrogs: 2 })),
  nuts: (score) => collect(nuts(score, { ...chains, warmup: 5 })),
  walkJump: (score) => collect(walkJump(score, { ...chains, sigma: 0.5, stepSize: 0.1 })),
  annealedLangevin: (score) =>
    collect(annealedLangevin(family(score), { ...noisy, sigmas: [1, 0.5], stepsPerLevel: 2, stepSize: 0.1 })),
  reverseDiffusion: (score) => collect(reverseDiffusion(family(score), noisy)),
  'reverseDiffusion of alpha < 1': (score) =>
    collect(reverseDiffusion(family(scaleScore(score, 0.5)), noisy)),
  probabilityFlow: (score) => collect(probabilityFlow(family(score), noisy)),
  conditionalDiffusion: (score) =>
    collect(conditionalDiffusion(family(score), { ...noisy, observation: masked, particles: 3 })),
  logLikelihood: (score) => logLikelihood(family(score), points(), { process, steps: 2 }),
  denoiser: (score) => denoiser(score, 0.5).denoise(points()),
  scaleScore: (score) => scaleScore(score, 0.5).score(points()),
  'guidedScores, conditional': (score) =>
    guidedScores(family(score), family(fine()), 2).at(1).score(points()),
  'guidedScores, unconditional': (score) =>
    guidedScores(family(fine()), family(score), 2).at(1).score(points()),
  conditionalScores: (score) => conditionalScores(family(score), masked).at(1).score(points()),
  curl: (score) => curl(score, points()),
  steinDiscrepancy: (score) => steinDiscrepancy(score, points()),
  entropy: (score) => entropy(score, points()),
  calibratePatches: (score) =>
    calibratePatches(core, pictures, pictures, { sigmas: [1], sizes: [1], towards: family(score) }),
};

/** A score of the user's own, as an object; its log-densities are none of its faults. */
function own(score: (x: Float32Array) => unknown): Density {
  const logProb = (at: Float32Array) => new Float32Array(at.length / D);
  return { ...none, core, dim: D, score, logProb, prob: logProb } as Density;
}
const minus = (at: Float32Array) => at.map((v) => -v);
const fine = () => own(minus);

/** Makes a function whose points change as it is asked. */
function changed<T>(at: Float32Array, answer: T): T {
  at.fill(0.25);
  return answer;
}

const OWN: [string, () => Density, RegExp][] = [
  [
    'changes its points',
    () => own((at) => changed(at, minus(at))),
    /^score: it must not change its argument x; let it copy x first$/,
  ],
  [
    'returns a promise',
    () => own(async (at) => minus(at)),
    /^score: its result must hold \d+ numbers, got \[object Promise\]$/,
  ],
  ['returns nothing', () => own(() => {}), /^score: its result must hold \d+ numbers, got undefined$/],
  [
    'returns one point',
    () => own((at) => minus(at).subarray(0, D)),
    /^score: its result must hold \d+ numbers, got 2$/,
  ],
];

const zeros = (_: Float32Array, out: Float64Array) => void out.fill(0);
const written = (write: (x: Float32Array, out: Float32Array) => unknown) => () =>
  fromFunction(core, D, write as () => void, zeros);

const WRITTEN: [string, () => Density, RegExp][] = [
  [
    'changes its points',
    written((at, out) => changed(at, void out.set(minus(at)))),
    /^fromFunction: evaluate must not change its argument x; let it copy x first$/,
  ],
  [
    'returns an array',
    written((at) => minus(at)),
    /^fromFunction: evaluate must write to its second argument, at once, and return nothing, got an array of \d+$/,
  ],
  [
    'returns a promise',
    written(async (at, out) => out.set(minus(at))),
    /^fromFunction: evaluate must write to its second argument, at once, and return nothing, got a promise$/,
  ],
  [
    'writes one point',
    written((at, out) => out.set(minus(at).subarray(0, D))),
    /^fromFunction: evaluate must write all \d+ numbers of its second argument, of \d+ points, got none from number \d+ on$/,
  ],
];

/** What a run throws or rejects with. */
async function words(run: () => unknown): Promise<string> {
  try {
    await run();
  } catch (error) {
    expect(error).toBeInstanceOf(Error);
    return (error as Error).message;
  }
  return 'nothing was thrown';
}

describe.each(Object.entries(ENTRIES))('%s', (_name, run) => {
  it('takes functions that keep to their contract', async () => {
    await run(fine());
    await run(written((at, out) => out.set(minus(at)))());
  });

  it.each(OWN)('a score of the user that %s', async (_, score, message) => {
    expect(await words(() => run(score()))).toMatch(message);
  });

  it.each(WRITTEN)('fromFunction of one that %s', async (_, score, message) => {
    expect(await words(() => run(score()))).toMatch(message);
  });
});

describe('a log-density', () => {
  const TAKE = ['mala', 'hmc', 'nuts', 'entropy'];
  const entries: [string, (score: Density) => unknown][] = [
    ...Object.entries(ENTRIES).filter(([name]) => TAKE.includes(name)),
    ['densityHistogram', (d) => densityHistogram(d, { bins: 3, xlim: [-1, 1], ylim: [-1, 1] })],
  ];
  const ownLog = (logProb: (x: Float32Array) => unknown) => ({ ...fine(), logProb }) as Density;
  const half = (at: Float32Array) => new Float32Array(at.length / D).fill(-0.5);
  const ownFaults: [string, () => Density, RegExp][] = [
    [
      'changes its points',
      () => ownLog((at) => changed(at, half(at))),
      /^logProb: it must not change its argument/,
    ],
    [
      'returns a promise',
      () => ownLog(async (at) => half(at)),
      /^logProb: its result must hold \d+ numbers, got \[object Promise\]$/,
    ],
    ['returns nothing', () => ownLog(() => {}), /^logProb: its result must hold \d+ numbers, got undefined$/],
    [
      'returns one number a coordinate',
      () => ownLog((at) => minus(at)),
      /^logProb: its result must hold (\d+) numbers, got \d+$/,
    ],
  ];
  const writtenLog = (logProb: (x: Float32Array, out: Float64Array) => unknown) => () =>
    fromFunction(core, D, (at, out) => out.set(minus(at)), logProb as () => void);
  const writtenFaults: [string, () => Density, RegExp][] = [
    [
      'changes its points',
      writtenLog((at, out) => changed(at, void out.fill(-0.5))),
      /^fromFunction: logProb must not change its argument x/,
    ],
    [
      'returns an array',
      writtenLog((at) => half(at)),
      /^fromFunction: logProb must write to its second argument, .* got an array of \d+$/,
    ],
    [
      'returns a promise',
      writtenLog(async (_, out) => out.fill(-0.5)),
      /^fromFunction: logProb must write .* got a promise$/,
    ],
    [
      'writes one number',
      writtenLog((_, out) => {
        out[0] = -0.5;
      }),
      /^fromFunction: logProb must write all \d+ numbers .* got none from number \d+ on$/,
    ],
  ];

  describe.each(entries)('for %s', (_name, run) => {
    it.each([...ownFaults, ...writtenFaults])('that %s', async (_, density, message) => {
      expect(await words(() => run(density()))).toMatch(message);
    });
  });
});

describe('a denoiser of the user', () => {
  const own = (denoise: (y: Float32Array) => unknown) => ({ core, dim: D, denoise }) as Denoiser;
  const entries: [string, (own: Denoiser) => unknown][] = [
    ['scoreOf', (own) => scoreOf(own, 0.5).score(points())],
    [
      'heldOutErrors',
      (own) =>
        drain(heldOutErrors({ dim: D, points: points() }, { sigmas: [1], denoisers: () => ({ own }) })),
    ],
  ];
  const faults: [string, (y: Float32Array) => unknown, RegExp][] = [
    [
      'changes its points',
      (y) => changed(y, y.slice()),
      /^denoise: it must not change its argument y; let it copy y first$/,
    ],
    [
      'returns a promise',
      async (y) => y.slice(),
      /^denoise: its result must hold 12 numbers, got \[object Promise\]$/,
    ],
    ['returns nothing', () => {}, /^denoise: its result must hold 12 numbers, got undefined$/],
    ['returns one point', (y) => y.slice(0, D), /^denoise: its result must hold 12 numbers, got 2$/],
  ];

  describe.each(entries)('for %s', (_name, run) => {
    it.each(faults)('that %s', async (_, denoise, message) => {
      expect(await words(() => run(own(denoise)))).toMatch(message);
    });
  });
});

describe('an observation of the user', () => {
  const entries: [string, (observation: Observation) => unknown][] = [
    [
      'conditionalScores',
      (observation) => conditionalScores(family(fine()), observation).at(1).score(points()),
    ],
    [
      'conditionalDiffusion',
      (observation) => collect(conditionalDiffusion(family(fine()), { ...noisy, observation, particles: 3 })),
    ],
  ];
  const logs = (clean: Float32Array) => new Float64Array(clean.length / D);
  const faults: [string, (clean: Float32Array) => unknown, RegExp][] = [
    [
      'changes its points',
      (clean) => changed(clean, logs(clean)),
      /^observation: it must not change its argument; let it copy that first$/,
    ],
    [
      'returns a promise',
      async (clean) => logs(clean),
      /^observation: its result must hold \d+ numbers, got \[object Promise\]$/,
    ],
    ['returns nothing', () => {}, /^observation: its result must hold \d+ numbers, got undefined$/],
    [
      'returns its gradient',
      (clean) => minus(clean),
      /^observation: its result must hold \d+ numbers, got \d+$/,
    ],
  ];

  describe.each(entries)('for %s', (_name, run) => {
    it.each(faults)('that %s', async (_, observation, message) => {
      expect(await words(() => run(observation as Observation))).toMatch(message);
    });
  });
});

describe('a family of the user', () => {
  const entries: [string, (own: ScoreFamily) => unknown][] = [
    [
      'annealedLangevin',
      (own) => collect(annealedLangevin(own, { ...noisy, sigmas: [1], stepsPerLevel: 2, stepSize: 0.1 })),
    ],
    ['reverseDiffusion', (own) => collect(reverseDiffusion(own, noisy))],
    ['probabilityFlow', (own) => collect(probabilityFlow(own, noisy))],
    [
      'conditionalDiffusion',
      (own) => collect(conditionalDiffusion(own, { ...noisy, observation: masked, particles: 3 })),
    ],
    ['logLikelihood', (own) => logLikelihood(own, points(), { process, steps: 2 })],
    ['conditionalScores', (own) => conditionalScores(own, masked).at(1)],
    ['guidedScores', (own) => guidedScores(own, family(fine()), 2).at(1)],
  ];
  const faults: [string, () => unknown, RegExp][] = [
    [
      'returns a promise',
      async () => fine(),
      /^family\.at: it must return a score, at once, got \[object Promise\]$/,
    ],
    ['returns nothing', () => {}, /^family\.at: it must return a score, at once, got undefined$/],
    [
      'returns a score of other points',
      () => ({ ...fine(), dim: 1 }),
      /^family\.at: it must return a score of points of 2 coordinates, got one of 1$/,
    ],
  ];

  describe.each(entries)('for %s', (_name, run) => {
    it.each(faults)('whose at %s', async (_, at, message) => {
      expect(await words(() => run({ core, dim: D, moments, at } as ScoreFamily))).toMatch(message);
    });
  });
});

describe('fromFunction', () => {
  it('takes one that writes zeros to the second half of the points, or adds to what is there', () => {
    const steps = fromFunction(core, 1, (at, out) => out.set(at.map((v) => (v < 2 ? -v : 0))));
    expect([...steps.score(Float32Array.of(1, 2, 3))]).toEqual([-1, 0, 0]);
    const sums = fromFunction(core, 1, (at, out) => out.set(out.map((v, i) => v - at[i])));
    expect([...sums.score(Float32Array.of(1, 2, 3))]).toEqual([-1, -2, -3]);
  });

  it('takes one that returns its second argument, or a number, and points that lie where it writes', () => {
    const score = fromFunction(core, 1, (at, out) => out.fill(-at[0]));
    const numbers = fromFunction(core, 1, (at, out) => (out[0] = -at[0]));
    for (const own of [score, numbers]) expect([...own.score(Float32Array.of(3))]).toEqual([-3]);
    const place = Float32Array.of(4);
    expect([...score.score(place, place)]).toEqual([-4]);
  });

  it('takes one that adds to zeros, at points of which half, or all, have the answer 0', () => {
    const sums = fromFunction(
      core,
      1,
      (at, out) => {
        for (let i = 0; i < out.length; i++) out[i] -= at[i];
      },
      (at, out) => {
        for (let i = 0; i < out.length; i++) out[i] -= at[i] * at[i];
      },
    );
    for (const at of [[1, 1, 0, 0], [0, 0], [0]]) {
      expect([...sums.score(Float32Array.from(at))].map(Math.abs)).toEqual(at);
      expect([...sums.logProb(Float32Array.from(at))].map(Math.abs)).toEqual(at);
    }
    const flat = fromFunction(core, 1, () => {});
    expect([...flat.score(Float32Array.of(1, 2))]).toEqual([0, 0]);
  });

  it('refuses one that returns its number, and a logProb that writes nothing', async () => {
    const write = (at: Float32Array, out: Float32Array) => out.set(at.map((v) => -v));
    const half = ((at: Float32Array) => (-at[0] * at[0]) / 2) as unknown as () => void;
    const run = (evaluate: typeof write, logProb: () => void) =>
      words(() =>
        collect(mala(fromFunction(core, 1, evaluate, logProb), { key: key(1), steps: 3, stepSize: 0.5 })),
      );
    const must = 'must write to its second argument, at once, and return nothing, got';
    expect(await run(write, half)).toBe(`fromFunction: logProb ${must} 0`);
    expect(await run(write, () => {})).toBe(`fromFunction: logProb ${must} nothing written`);
    const returned = fromFunction(core, 1, ((at: Float32Array) => -at[0]) as unknown as () => void);
    expect(() => returned.score(Float32Array.of(2, 3))).toThrow(`fromFunction: evaluate ${must} -2`);
  });

  it('a second method of an object is looked at too', () => {
    const logProb = (at: Float32Array) => changed(at, new Float32Array(at.length / D));
    const density = { ...fine(), logProb };
    for (let i = 0; i < 4; i++) curl(density, points());
    expect(() => densityHistogram(density, { bins: 3, xlim: [-1, 1], ylim: [-1, 1] })).toThrow(
      /^logProb: it must not change its argument/,
    );
  });

  it('NaN and -0 among the points are no change', () => {
    const score = fromFunction(core, 1, (at, out) => out.set(at));
    expect([...score.score(Float32Array.of(Number.NaN, -0))]).toEqual([Number.NaN, -0]);
  });
});
