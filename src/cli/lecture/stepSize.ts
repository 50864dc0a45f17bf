import { langevinEfficiency, langevinVariance } from '../../apps/langevinStep.js';
import {
  collect,
  type Density,
  essMean,
  foldIn,
  gaussian,
  geomspace,
  type Key,
  langevin,
  normal,
} from '../../index.js';
import { type ChartPanel, chartFigure } from '../../plots/index.js';
import type { FigureInput, LectureFigure } from './figure.js';

/** A Gaussian of mean 0 with its axes: rows of unit vectors and the standard deviation along each. */
export interface Axes {
  axes: readonly (readonly number[])[];
  sds: readonly number[];
}

/** What Langevin dynamics does at one step size, along each axis. */
export interface StepSizeResult {
  stepSize: number;
  /** Variance of the chains in units of the Gaussian's own. */
  variance: number[];
  /** Independent draws that one step is worth, for the mean. */
  efficiency: number[];
}

export const covarianceOf = ({ axes, sds }: Axes): number[][] =>
  axes[0].map((_, i) =>
    axes[0].map((_, j) => axes.reduce((sum, axis, k) => sum + axis[i] * axis[j] * sds[k] ** 2, 0)),
  );

/** Runs chains that start in their own stationary distribution, so that they need no burn-in. */
export async function measureStepSize(
  density: Density,
  { axes, sds }: Axes,
  {
    key,
    stepSize,
    steps,
    chains,
    signal,
  }: {
    key: Key;
    stepSize: number;
    steps: number;
    chains: number;
    signal?: AbortSignal;
  },
): Promise<StepSizeResult> {
  const dim = sds.length;
  const z = normal(density.core, foldIn(key, 0), [chains, dim]);
  const scales = sds.map((sd) => sd * Math.sqrt(langevinVariance(stepSize, sd)));
  const init = z.map((_, i) =>
    axes.reduce((sum, axis, k) => sum + axis[i % dim] * scales[k] * z[i - (i % dim) + k], 0),
  );
  const states = langevin(density, { key: foldIn(key, 1), steps, stepSize, chains, init, thin: 1, signal });
  const { path } = await collect(states);
  const along = path.map((_, i) => {
    const axis = axes[i % dim];
    return axis.reduce((sum, u, d) => sum + u * path[i - (i % dim) + d], 0);
  });
  const ess = essMean(along, { chains, dim });
  const variance = sds.map((sd, k) => {
    let squares = 0;
    for (let i = k; i < along.length; i += dim) squares += (along[i] / sd) ** 2;
    return squares / (steps * chains);
  });
  return { stepSize, variance, efficiency: Array.from(ess, (size) => size / (steps * chains)) };
}

const HALF = Math.SQRT1_2;
const TARGETS: { title: string; names: string[]; gaussian: Axes; stepSizes: number[] }[] = [
  {
    title: '1-D, sd 1',
    names: ['sd 1'],
    gaussian: { axes: [[1]], sds: [1] },
    stepSizes: [0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 2.4, 3, 3.4],
  },
  {
    title: '2-D, sds 1 and 0.1',
    names: ['sd 1', 'sd 0.1'],
    gaussian: {
      axes: [
        [HALF, HALF],
        [-HALF, HALF],
      ],
      sds: [1, 0.1],
    },
    stepSizes: [0.002, 0.004, 0.008, 0.016, 0.024, 0.03, 0.034],
  },
];
// At least twenty autocorrelation times of the slowest chain; also enough to keep the effective sample size below its
// bound S log10 S.
const STEPS = 40_000;
const CHAINS = 16;
/** Points on each curve of a closed form. */
const FINE = 80;

type Shown = 'variance' | 'efficiency';

function panelOf(target: (typeof TARGETS)[number], results: StepSizeResult[], shown: Shown): ChartPanel {
  const { gaussian, names, title, stepSizes } = target;
  const closed = shown === 'variance' ? langevinVariance : langevinEfficiency;
  const [from, to] = [stepSizes[0], stepSizes[stepSizes.length - 1]];
  const fine = Array.from(geomspace(from, to, FINE));
  const words = { variance: 'variance / true variance', efficiency: 'effective draws a step' };
  return {
    title: `${title}: ${shown === 'variance' ? 'bias' : 'effective sample size'}`,
    x: { name: 'step size η (log scale)', scale: 'log' },
    y: { name: `${words[shown]} (log)`, scale: 'log' },
    series: [
      ...gaussian.sds.map((sd, k) => ({
        name: `closed form along ${names[k]}`,
        x: fine,
        y: fine.map((eta) => closed(eta, sd)),
        colour: k,
      })),
      ...gaussian.sds.map((_, k) => ({
        name: `chains along ${names[k]}`,
        x: stepSizes,
        y: results.map((result) => result[shown][k]),
        kind: 'dots' as const,
        colour: k,
      })),
    ],
  };
}

/** Step size against bias and effective sample size, on a Gaussian and on an ill-conditioned one. */
export const stepSizeFigure: LectureFigure = {
  name: 'step-size',
  draws: 0,
  about: 'step size against bias and effective sample size, on two Gaussians',
  parts: TARGETS.reduce((sum, { stepSizes }) => sum + stepSizes.length, 0),
  async make({ core, key, signal, part }: FigureInput) {
    const panels: ChartPanel[] = [];
    const numbers: object[] = [];
    for (const [t, target] of TARGETS.entries()) {
      const mean = target.gaussian.sds.map(() => 0);
      using density = gaussian(core, { mean, covariance: covarianceOf(target.gaussian) });
      const results: StepSizeResult[] = [];
      for (const [i, stepSize] of target.stepSizes.entries()) {
        const options = { key: foldIn(key, 100 * t + i), stepSize, steps: STEPS, chains: CHAINS, signal };
        results.push(await measureStepSize(density, target.gaussian, options));
        part();
      }
      panels.push(panelOf(target, results, 'variance'), panelOf(target, results, 'efficiency'));
      numbers.push({ sds: target.gaussian.sds, results });
    }
    const title = 'A larger step mixes faster and is further from the target';
    return { svg: chartFigure({ panels, title }), numbers: { targets: numbers } };
  },
};
