import { langevinEfficiency } from '../../apps/langevinStep.js';
import { type Core, collect, foldIn, gaussian, type Key, langevin } from '../../index.js';
import {
  gridPoints,
  type PointLayer,
  type PointOptions,
  pointFigure,
  pointFrames,
} from '../../plots/index.js';
import type { FigureInput, LectureFigure } from './figure.js';
import { type Axes, covarianceOf } from './stepSize.js';

/** A Gaussian a hundred times as wide one way as the other, in variance. */
export const NARROW: Axes = {
  axes: [
    [Math.cos(Math.PI / 6), Math.sin(Math.PI / 6)],
    [-Math.sin(Math.PI / 6), Math.cos(Math.PI / 6)],
  ],
  sds: [1, 0.1],
};

/** Langevin dynamics is stable along an axis for step sizes below this. */
export const stabilityLimit = (sd: number): number => 4 * sd * sd;

/** One chain of `steps` steps on the narrow Gaussian from `init`; [steps + 1, 2], the start first. */
export async function narrowChain(
  core: Core,
  {
    key,
    steps,
    stepSize,
    init,
    signal,
  }: { key: Key; steps: number; stepSize: number; init: readonly number[]; signal?: AbortSignal },
): Promise<Float32Array> {
  using density = gaussian(core, { mean: [0, 0], covariance: covarianceOf(NARROW) });
  const start = Float32Array.from(init);
  const { path } = await collect(langevin(density, { key, steps, stepSize, init: start, thin: 1, signal }));
  return Float32Array.from([...start, ...path]);
}

/**
 * The chain x <- x + (eta / 2) C score(x) + sqrt(eta) A z with the covariance C = A A^T: a step that is long where the Gaussian
 * is. With x = A u it is Langevin dynamics of u on the unit Gaussian, and is run as that.
 */
export async function preconditionedChain(
  core: Core,
  {
    key,
    steps,
    stepSize,
    init,
    signal,
  }: { key: Key; steps: number; stepSize: number; init: readonly number[]; signal?: AbortSignal },
): Promise<Float32Array> {
  const { axes, sds } = NARROW;
  using unit = gaussian(core, {
    mean: [0, 0],
    covariance: [
      [1, 0],
      [0, 1],
    ],
  });
  const start = Float32Array.from(axes, (axis, k) => (axis[0] * init[0] + axis[1] * init[1]) / sds[k]);
  const { path } = await collect(langevin(unit, { key, steps, stepSize, init: start, thin: 1, signal }));
  const u = Float32Array.from([...start, ...path]);
  return u.map((_, i) => {
    const at = i - (i % 2);
    return axes.reduce((sum, axis, k) => sum + axis[i % 2] * sds[k] * u[at + k], 0);
  });
}

const STEPS = 200;
const START = [-1.3, -0.75];
const LIMITS = { xlim: [-2.6, 2.6], ylim: [-2, 2] } as const;
const GRID = 81;
/** Steps from one frame to the next. */
const EVERY = 2;
const [SMALL, LARGE, FREE] = [0.02, 0.041, 0.5];
/** Farther out, a chain is drawn no more. */
const FAR = 20;

/** The chain until it is far out. */
export function untilFar(path: Float32Array): Float32Array {
  const out = path.findIndex((v) => !(Math.abs(v) < FAR));
  return out < 0 ? path : path.slice(0, 2 * Math.max(1, out >> 1));
}

/** Langevin dynamics on a Gaussian of condition number 100, with steps too small, too large, and fitted to it. */
export const illConditionedFigure: LectureFigure = {
  name: 'ill-conditioned',
  draws: 17,
  about: 'Langevin dynamics on a narrow Gaussian, and preconditioned, also as a moving picture',
  parts: 4,
  async make({ core, key, signal, part }: FigureInput) {
    const options = { key: foldIn(key, 0), steps: STEPS, init: START, signal };
    const limit = stabilityLimit(NARROW.sds[1]);
    const effective = (stepSize: number) => STEPS * langevinEfficiency(stepSize, 1);
    const worth = (stepSize: number) => {
      const draws = effective(stepSize).toFixed(0);
      return draws === '1' ? 'one draw' : `${draws} draws`;
    };
    const chains = [
      {
        title: `step size ${SMALL}: worth ${worth(SMALL)} in all`,
        path: await narrowChain(core, { ...options, stepSize: SMALL }),
      },
      {
        title: `step size ${LARGE}, above its limit ${limit.toFixed(2)}: thrown out`,
        path: untilFar(await narrowChain(core, { ...options, stepSize: LARGE })),
      },
      {
        title: `preconditioned, ${FREE}: worth ${worth(FREE)}`,
        path: await preconditionedChain(core, { ...options, stepSize: FREE }),
      },
    ];
    part();
    using density = gaussian(core, { mean: [0, 0], covariance: covarianceOf(NARROW) });
    const prob = density.prob(gridPoints({ ...LIMITS, n: GRID }));
    const start: PointLayer = { kind: 'rings', name: 'its start', x: START, colour: 'ink', radius: 4 };
    const layers = (path: Float32Array): PointLayer[] => [
      { kind: 'paths', name: 'the chain', paths: [path], colour: 0, opacity: 0.5 },
      { kind: 'dots', x: path, colour: 0, radius: 1.4 },
      start,
      { kind: 'dots', name: 'now', x: path.slice(-2), colour: 1, radius: 4 },
    ];
    const sheet = (until: number): PointOptions => ({
      panels: chains.map(({ title, path }) => ({
        ...LIMITS,
        title,
        density: { n: GRID, prob },
        layers: until > 0 ? layers(path.slice(0, 2 * (until + 1))) : [start],
      })),
      title: `Three chains of ${STEPS} steps on a Gaussian that is ten times as long as wide, the same random numbers`,
      side: 300,
    });
    const times = Array.from({ length: STEPS / EVERY }, (_, i) => EVERY * (i + 1));
    return {
      svg: pointFigure(sheet(STEPS)),
      numbers: {
        sds: NARROW.sds,
        steps: STEPS,
        stepSizes: [SMALL, LARGE, FREE],
        limit,
        // Independent draws that all steps are worth along the long axis; none of a chain that leaves.
        effective: [effective(SMALL), 0, effective(FREE)],
      },
      frames: () =>
        pointFrames(
          sheet(0),
          times.map((t) => ({
            layers: chains.map(({ path }) => layers(path.slice(0, 2 * (t + 1)))),
            note: `step ${t} of ${STEPS}`,
          })),
        ),
    };
  },
};
