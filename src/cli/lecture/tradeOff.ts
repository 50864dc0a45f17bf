import { wasserstein } from '../../apps/wasserstein.js';
import {
  type Core,
  collect,
  denoiser,
  foldIn,
  integratedAutocorrelationTime,
  type Key,
  mixtureScores,
  normal,
  uniform,
  walkJump,
} from '../../index.js';
import { chartFigure } from '../../plots/index.js';
import type { FigureInput, LectureFigure } from './figure.js';

/** Two modes in one dimension, of equal weight. */
export const TWO = { means: [[-2], [2]], sds: [[0.3], [0.3]] };

export interface TradeOff {
  sigma: number;
  /** Integrated autocorrelation time of the walk, in steps. */
  time: number;
  /** Wasserstein-1 distance between denoised draws and the truth. */
  distance: number;
}

/**
 * Measures one noise level: the walk's autocorrelation time, with step size h in units of sigma^2, and the distance of
 * denoised points from the truth. The denoised points are jumps from exact draws y = x + sigma z, so that the distance
 * does not depend on how well the walk mixes.
 */
export async function tradeOff(
  core: Core,
  {
    key,
    sigma,
    stepSize,
    steps,
    chains,
    draws,
    signal,
  }: {
    key: Key;
    sigma: number;
    stepSize: number;
    steps: number;
    chains: number;
    draws: number;
    signal?: AbortSignal;
  },
): Promise<TradeOff> {
  const [truthKey, sideKey, noiseKey, walkKey] = [0, 1, 2, 3].map((i) => foldIn(key, i));
  const side = uniform(core, sideKey, [draws]);
  const x = normal(core, truthKey, [draws]).map(
    (z, i) => TWO.means[side[i] < 0.5 ? 0 : 1][0] + TWO.sds[0][0] * z,
  );
  const y = normal(core, noiseKey, [draws]).map((z, i) => x[i] + sigma * z);
  using score = mixtureScores(core, TWO).at(sigma);
  const distance = wasserstein(denoiser(score, sigma).denoise(y), x);
  const options = { sigma, stepSize, key: walkKey, steps, chains, init: y.slice(0, chains), thin: 1, signal };
  const { path } = await collect(walkJump(score, options));
  const [time] = integratedAutocorrelationTime(path, { chains });
  return { sigma, time, distance };
}

const SIGMAS = [0.6, 0.7, 0.8, 0.9, 1, 1.2, 1.4, 1.7, 2, 2.5, 3, 4];
const SIZES = { stepSize: 0.5, steps: 20_000, chains: 32, draws: 40_000 };

/** Mixing time and the distance of denoised samples from the truth, against sigma. */
export const tradeOffFigure: LectureFigure = {
  name: 'trade-off',
  draws: 6,
  about: 'mixing time against the distance of denoised samples from the truth, over sigma',
  parts: SIGMAS.length,
  async make({ core, key, signal, part }: FigureInput) {
    const results: TradeOff[] = [];
    for (const [i, sigma] of SIGMAS.entries()) {
      results.push(await tradeOff(core, { ...SIZES, key: foldIn(key, i), sigma, signal }));
      part();
    }
    const of = (name: keyof TradeOff) => results.map((result) => result[name]);
    const time = { name: 'mixing time in steps (log scale)', scale: 'log', limits: [3, 500] } as const;
    const distance = { name: 'Wasserstein-1 distance', limits: [0, 1.4] } as const;
    const sigma = { name: 'noise σ (log scale)', scale: 'log' } as const;
    const svg = chartFigure({
      panels: [
        {
          title: 'the walk mixes',
          x: sigma,
          y: time,
          series: [{ kind: 'both', x: SIGMAS, y: of('time') }],
        },
        {
          title: 'jumps end further from the truth',
          x: sigma,
          y: distance,
          series: [{ kind: 'both', x: SIGMAS, y: of('distance'), colour: 1 }],
        },
        {
          title: 'the trade-off; σ beside each point',
          x: time,
          y: distance,
          series: [{ kind: 'both', x: of('time'), y: of('distance'), colour: 2, labels: SIGMAS.map(String) }],
        },
      ],
      columns: 3,
      title: 'More noise mixes faster, and its denoised samples are further from the truth',
      height: 280,
    });
    return { svg, numbers: { ...SIZES, results } };
  },
};
