import {
  type Core,
  collect,
  conditionalDiffusion,
  conditionalScores,
  foldIn,
  type Key,
  linearObservation,
  mixture,
  mixtureScores,
  normal,
  probabilityFlow,
  uniform,
  varianceExploding,
} from '../../index.js';
import { gridPoints, type PointPanel, pointFigure } from '../../plots/index.js';
import { type FigureInput, type LectureFigure, rounded } from './figure.js';
import { FIVE_MODES } from './fiveModes.js';

/** Five modes, of which an observation of the first coordinate leaves two or three. */
const MODES = FIVE_MODES;
/** The first coordinate, as it was seen, and the noise on it. */
const SEEN = { y: 1.5, noise: 0.3 };

const logNormal = (x: number, variance: number) => -(Math.log(variance) + (x * x) / variance) / 2;

/** The mixture given the observation: again a mixture, whose weights are p(y | component). */
export function conditionalMixture({ y, noise } = SEEN) {
  const { means, sds, weights } = MODES;
  const variances = sds.map(([sd]) => 1 / (1 / sd ** 2 + 1 / noise ** 2));
  return {
    means: means.map((m, k) => [variances[k] * (m[0] / sds[k][0] ** 2 + y / noise ** 2), m[1]]),
    sds: sds.map((s, k) => [Math.sqrt(variances[k]), s[1]]),
    weights: means.map(([m], k) => weights[k] * Math.exp(logNormal(y - m, sds[k][0] ** 2 + noise ** 2))),
  };
}

/** The share of points [n, 2] above the axis, where one of the modes that are left stands. */
const shareAbove = (x: Float32Array) => x.filter((v, i) => i % 2 === 1 && v > 0).length / (x.length / 2);

export interface ConditionalSamples {
  /** [n, 2] each: exact draws; the flow of guided scores; ancestral sampling with so many particles a chain. */
  exact: Float32Array;
  guided: Float32Array;
  corrected: Float32Array[];
}

/** Samples of the mixture given the observation, in several ways. */
export async function sampleGiven(
  core: Core,
  {
    key,
    count,
    particles,
    signal,
    onWay,
  }: { key: Key; count: number; particles: readonly number[]; signal?: AbortSignal; onWay?: () => void },
): Promise<ConditionalSamples> {
  const given = conditionalMixture();
  const total = given.weights.reduce((sum, weight) => sum + weight, 0);
  const z = normal(core, foldIn(key, 0), [count, 2]);
  const exact = new Float32Array(2 * count);
  uniform(core, foldIn(key, 1), [count]).forEach((u, i) => {
    let [k, rest] = [0, u * total];
    while (k < given.weights.length - 1 && rest > given.weights[k]) rest -= given.weights[k++];
    for (let d = 0; d < 2; d++) exact[2 * i + d] = given.means[k][d] + given.sds[k][d] * z[2 * i + d];
  });
  const family = mixtureScores(core, MODES);
  const observation = linearObservation({ mask: [1, 0], observed: [SEEN.y, 0], noise: SEEN.noise });
  const process = varianceExploding({ sigmaMin: 0.01, sigmaMax: 50 });
  const options = { key: foldIn(key, 2), process, chains: count, signal };
  const guided = await collect(probabilityFlow(conditionalScores(family, observation), options));
  onWay?.();
  const corrected: Float32Array[] = [];
  for (const each of particles) {
    const run = conditionalDiffusion(family, { ...options, observation, particles: each });
    corrected.push((await collect(run)).x);
    onWay?.();
  }
  return { exact, guided: guided.x, corrected };
}

const COUNT = 800;
const PARTICLES = [4, 16, 64];
const GRID = 120;
const LIMITS = { xlim: [-3, 3], ylim: [-3.4, 3.4] } as const;

/** A mixture given one of its coordinates: exactly, by guidance, and by particles. */
export const conditionalFigure: LectureFigure = {
  name: 'conditional',
  draws: 15,
  about: 'samples given an observation: guidance alone, corrected by particles, and the exact ones',
  parts: 1 + PARTICLES.length,
  async make({ core, key, signal, part }: FigureInput) {
    const options = { key, count: COUNT, particles: PARTICLES, signal, onWay: part };
    const { exact, guided, corrected } = await sampleGiven(core, options);
    const grid = gridPoints({ ...LIMITS, n: GRID });
    using prior = mixture(core, MODES);
    using posterior = mixture(core, conditionalMixture());
    const { weights } = conditionalMixture();
    const share = weights[1] / weights.reduce((sum, weight) => sum + weight, 0);
    const line = Float32Array.from([SEEN.y, LIMITS.ylim[0], SEEN.y, LIMITS.ylim[1]]);
    const panel = (title: string, x?: Float32Array): PointPanel => ({
      ...LIMITS,
      title: x ? `${title}: ${Math.round(100 * shareAbove(x))} % above` : title,
      density: { n: GRID, prob: (x ? posterior : prior).prob(grid) },
      layers: [
        {
          kind: 'paths',
          name: `seen: x[0] = ${SEEN.y}, give or take ${SEEN.noise}`,
          paths: [line],
          colour: 1,
        },
        ...(x ? [{ kind: 'dots', name: 'samples', x, colour: 0, radius: 1.6 } as const] : []),
      ],
    });
    const svg = pointFigure({
      panels: [
        panel('the density before anything is seen'),
        panel('exact draws', exact),
        panel('guidance alone', guided),
        ...PARTICLES.map((each, i) => panel(`${each} particles a sample`, corrected[i])),
      ],
      title: `A mixture given one coordinate: dots are samples, of which ${Math.round(100 * share)} % should be above`,
      columns: 3,
      side: 250,
    });
    const shares = [exact, guided, ...corrected].map(shareAbove);
    return {
      svg,
      numbers: {
        ...{ ...SEEN, samples: COUNT, particles: PARTICLES, share: rounded([share])[0] },
        ...{ exact: shares[0], guided: shares[1], corrected: shares.slice(2) },
      },
    };
  },
};
