// Every option of some forty functions given what it cannot be: an answer, or an Error of one line that is meant for people.
import { describe, expect, it } from 'vitest';
import * as lib from '../../src/index.js';
import { drain } from '../cores.js';

const core = await lib.loadCore({ kernel: 'strict' });
const process = lib.varianceExploding({ sigmaMin: 0.1, sigmaMax: 2 });
const points = Float32Array.from({ length: 40 }, (_, i) => (i % 7) / 7);
const data = lib.pointSet({ dim: 2, points });
const density = lib.eightModes(core);
const images = lib.digits(core, lib.key(1), 12, { size: 8 });
const mixture = { means: [[0, 1]], sds: [[1, 1]], weights: [1] };
const family = lib.mixtureScores(core, mixture);
const line = { height: 1, width: 1, channels: 2 };
const grid = { bins: 4, xlim: [0, 1], ylim: [0, 1] };
const walk = { key: lib.key(2), steps: 2, stepSize: 0.1, chains: 2, thin: 1 };
const reverse = { key: lib.key(2), steps: 2, chains: 2, process };

type Options = Record<string, unknown>;
/** A function of an object of options, and good ones. */
const calls: Record<string, [(options: never) => unknown, Options]> = {
  pointSet: [lib.pointSet, { dim: 2, points, weights: Array(20).fill(1) }],
  mixture: [(o) => lib.mixture(core, o), mixture],
  gaussian: [
    (o) => lib.gaussian(core, o),
    {
      mean: [0, 0],
      covariance: [
        [1, 0.2],
        [0.2, 1],
      ],
    },
  ],
  ring: [(o) => lib.ring(core, o), { radius: 1, sd: 0.1 }],
  funnel: [(o) => lib.funnel(core, o), { dim: 3, sd: 2 }],
  banana: [(o) => lib.banana(core, o), { sd: 1, bend: 1, noise: 0.5 }],
  eightModes: [(o) => lib.eightModes(core, o), { radius: 2, sd: 0.2 }],
  varianceExploding: [lib.varianceExploding, { sigmaMin: 0.1, sigmaMax: 2 }],
  variancePreserving: [lib.variancePreserving, { betaMin: 0.1, betaMax: 20, tMin: 0.01 }],
  noiseSchedule: [(o) => lib.noiseSchedule(process, o), { count: 5, schedule: 'karras', spacing: 7 }],
  uniform: [(o) => lib.uniform(core, lib.key(0), [3], o), { minval: 0, maxval: 1, layout: 'original' }],
  categorical: [(o) => lib.categorical(core, lib.key(0), new Float32Array(4), 3, o), { layout: 'original' }],
  digits: [(o) => lib.digits(core, lib.key(1), 2, o), { size: 8 }],
  imageSet: [lib.imageSet, { height: 2, width: 2, pixels: new Uint8Array(8), labels: [0, 1], classes: 2 }],
  autocorrelation: [(o) => lib.autocorrelation(points, o), { chains: 2, dim: 2, lags: 3 }],
  essQuantile: [(o) => lib.essQuantile(points, o), { chains: 2, dim: 2, probability: 0.3 }],
  rankHistogram: [(o) => lib.rankHistogram(points, o), { chains: 2, dim: 2, bins: 5 }],
  summary: [(o) => lib.summary(points, o), { chains: 2, dim: 2, names: ['a', 'b'] }],
  modeOccupancy: [
    (o) => lib.modeOccupancy(points, o),
    {
      chains: 2,
      dim: 2,
      centres: [
        [0, 0],
        [1, 1],
      ],
    },
  ],
  curl: [(o) => lib.curl(density, points, o), { step: 0.1, pairs: 2, key: lib.key(1) }],
  nearest: [(o) => lib.nearest(points, points, o), { dim: 2 }],
  steinDiscrepancy: [(o) => lib.steinDiscrepancy(density, points, o), { scale: 1 }],
  smoothedHistogram: [(o) => lib.smoothedHistogram(data, 0.1, o), grid],
  densityHistogram: [(o) => lib.densityHistogram(density, o), grid],
  linearObservation: [lib.linearObservation, { matrix: [1, 0.5], observed: [0.8], noise: 0.3 }],
  blurDenoiser: [(o) => lib.blurDenoiser(core, o), { height: 4, width: 4, channels: 1 }],
  empiricalBayes: [
    (o) => lib.empiricalBayesDenoiser(core, { kind: 'gaussian', sigma: 1 }, points, o),
    { bandwidth: 0.3 },
  ],
  drawNoisy: [
    (o) => lib.drawNoisy(core, { kind: 'poisson' }, [1, 2], o),
    { key: lib.key(1), layout: 'original' },
  ],
  localScores: [(o) => lib.localScores(core, images, o), { patch: 3, reach: 1 }],
  calibratePatches: [(o) => lib.calibratePatches(core, images, images, o), { sigmas: [0.3], sizes: [3] }],
  logLikelihood: [(o) => lib.logLikelihood(family, points.slice(0, 4), o), { process, steps: 2 }],
  network: [
    (o) => lib.network(core, o),
    { features: 2, width: 3, depth: 1, levels: 2, sigmaMin: 0.1, sigmaMax: 1 },
  ],
  mlp: [(o) => lib.mlp(core, line, o), { hidden: 4, depth: 1, classes: 2, key: lib.key(1) }],
  unet: [
    (o) => lib.unet(core, { height: 8, width: 8, channels: 1 }, o),
    { channels: [8, 8], blocks: 1, groups: 4, attention: 'middle', classes: 2, key: lib.key(1) },
  ],
  learnedDenoiser: [
    (o) => lib.learnedDenoiser(lib.mlp(core, line, { hidden: 4, depth: 1 }), o),
    { parameterisation: 'noise', sigmaData: 0.5, time: { kind: 'log' } },
  ],
  langevin: [(o) => drain(lib.langevin(density, o)), walk],
  underdamped: [(o) => drain(lib.underdamped(density, o)), { ...walk, friction: 1 }],
  mala: [(o) => drain(lib.mala(density, o)), walk],
  hmc: [(o) => drain(lib.hmc(density, o)), { ...walk, leapfrogs: 2, jitter: 0.2, warmup: 2 }],
  nuts: [(o) => drain(lib.nuts(density, o)), { ...walk, warmup: 2 }],
  annealedLangevin: [
    (o) => drain(lib.annealedLangevin(family, o)),
    { key: lib.key(3), chains: 2, sigmas: [1, 0.5], stepsPerLevel: 1, stepSize: 0.1 },
  ],
  reverseDiffusion: [(o) => drain(lib.reverseDiffusion(family, o)), { ...reverse, corrections: 1 }],
  probabilityFlow: [
    (o) => drain(lib.probabilityFlow(family, o)),
    { ...reverse, solver: 'deis', schedule: 'karras' },
  ],
  walkJump: [(o) => drain(lib.walkJump(family.at(0.5), o)), { ...walk, sigma: 0.5 }],
};

const wrong: unknown[] = [
  ...[
    Number.NaN,
    -1,
    -0.5,
    0,
    0.5,
    Infinity,
    -Infinity,
    2 ** 53,
    -(2 ** 31),
    1e-320,
    '',
    'x',
    '3',
    true,
    false,
    null,
  ],
  ...[
    1n,
    Symbol('s'),
    () => 1,
    {},
    [],
    [null],
    [[]],
    ['x'],
    [Number.NaN],
    [-1],
    new Uint8Array(0),
    new Date(0),
  ],
  ...[
    new Float32Array([Number.NaN]),
    { length: 2 },
    { length: -1 },
    { kind: 'x' },
    new Map(),
    /x/,
    Object.create(null),
  ],
];

/** What went wrong, unless the function gave something or an Error of one line that says what it got. */
async function fault(call: (options: never) => unknown, options: Options): Promise<string | undefined> {
  try {
    await call(options as never);
    return undefined;
  } catch (error) {
    if (!(error instanceof Error)) return `threw ${String(error)}`;
    if (error.message.includes('\n') || error.message.length > 600) return error.message;
    if (!/^[a-zA-Z .]+: /.test(error.message)) return `${error.name}: ${error.message}`;
    return undefined;
  }
}

describe('options', () => {
  it.each(Object.entries(calls))(
    '%s says in one line what is wrong with any',
    async (_name, [call, good]) => {
      expect(await fault(call, good)).toBe(undefined);
      const found: unknown[] = [];
      for (const option of Object.keys(good)) {
        for (const value of wrong) {
          const problem = await fault(call, { ...good, [option]: value });
          if (problem) found.push([option, value, problem]);
        }
      }
      expect(found).toEqual([]);
    },
  );
});
