import {
  type Core,
  type DiffusionProcess,
  foldIn,
  type Key,
  mixtureScores,
  noiseSchedule,
  probabilityFlow,
  varianceExploding,
  variancePreserving,
} from '../../index.js';
import { type PointLayer, type PointOptions, pointFigure, pointFrames } from '../../plots/index.js';
import type { FigureInput, LectureFigure } from './figure.js';

const MODES = 5;
const angle = (k: number) => (2 * Math.PI * k) / MODES + Math.PI / 2;
/** Five narrow Gaussians on a circle. */
const FLOWER = {
  means: Array.from({ length: MODES }, (_, k) => [1.5 * Math.cos(angle(k)), 1.5 * Math.sin(angle(k))]),
  sds: Array.from({ length: MODES }, () => [0.12, 0.12]),
};

/** The noise ratio sigma / alpha where both views start. */
const MOST_NOISE = 3;
const BETA_MIN = 0.1;
/** betaMax follows from sigma / alpha = MOST_NOISE at time 1: (betaMin + betaMax) / 2 = log(1 + MOST_NOISE^2). */
const preserving = () =>
  variancePreserving({ betaMin: BETA_MIN, betaMax: 2 * Math.log1p(MOST_NOISE ** 2) - BETA_MIN });
const exploding = () => {
  const { alpha, sigma, tMin } = preserving();
  return varianceExploding({ sigmaMin: sigma(tMin) / alpha(tMin), sigmaMax: MOST_NOISE });
};

export interface Views {
  /** Positions after every step in each view: [steps][points, 2]. */
  exploding: Float32Array[];
  preserving: Float32Array[];
  /** sigma / alpha and alpha after every step: [steps] each. */
  ratios: number[];
  alphas: number[];
  /** Index of the mode nearest to each point's final position: [points]. */
  modes: number[];
}

/**
 * Runs the flow from noise to data in both views. Both start from the same random numbers at the same sigma / alpha;
 * then, after every step, the variance-preserving points are alpha times the variance-exploding ones.
 */
export async function flowInBothViews(
  core: Core,
  { key, points, steps, signal }: { key: Key; points: number; steps: number; signal?: AbortSignal },
): Promise<Views> {
  const family = mixtureScores(core, FLOWER);
  const spacing = 3;
  const flow = async (process: DiffusionProcess) => {
    const positions: Float32Array[] = [];
    const options = { key, process, steps, chains: points, thin: 1, spacing, signal };
    for await (const { path } of probabilityFlow(family, options)) {
      for (let at = 0; at < path.length; at += 2 * points) positions.push(path.slice(at, at + 2 * points));
    }
    return positions;
  };
  // The levels of probabilityFlow; its last step goes from the least noise to none.
  const levels = noiseSchedule(exploding(), { count: steps, spacing });
  const ratios = [...levels.subarray(1), 0];
  const result = { exploding: await flow(exploding()), preserving: await flow(preserving()) };
  const last = result.exploding[steps - 1];
  const modes = Array.from({ length: points }, (_, i) => {
    const away = FLOWER.means.map(([x, y]) => Math.hypot(last[2 * i] - x, last[2 * i + 1] - y));
    return away.indexOf(Math.min(...away));
  });
  return { ...result, ratios, alphas: ratios.map((ratio) => 1 / Math.hypot(1, ratio)), modes };
}

const POINTS = 600;
const STEPS = 60;
/** Steps that the still figure shows. */
const SHOWN = [0, 20, 35, 45, 59];
const LIMITS = { xlim: [-5, 5], ylim: [-5, 5] } as const;
const NAMES = ['variance exploding: x₀ + σ z', 'variance preserving: α x₀ + σ z'];

/** The two diffusion views side by side, also as a moving picture. */
export const viewsFigure: LectureFigure = {
  name: 'views',
  draws: 7,
  about: 'variance-exploding and variance-preserving diffusion side by side, also moving',
  parts: 20,
  async make({ core, key, signal, part }: FigureInput) {
    const flow = await flowInBothViews(core, { key: foldIn(key, 0), points: POINTS, steps: STEPS, signal });
    part();
    const layers = (positions: Float32Array): PointLayer[] =>
      Array.from({ length: MODES }, (_, mode) => ({
        kind: 'dots',
        x: positions.filter((_, i) => flow.modes[i >> 1] === mode),
        colour: mode,
        radius: 1.5,
      }));
    const noise = (step: number) => `noise / signal ${flow.ratios[step].toFixed(2)}`;
    const still: PointOptions = {
      panels: [flow.exploding, flow.preserving].flatMap((positions, view) =>
        SHOWN.map((step) => ({
          ...LIMITS,
          title: `${view === 0 ? 'exploding' : 'preserving'}: ${noise(step)}`,
          layers: layers(positions[step]),
        })),
      ),
      columns: SHOWN.length,
      title: 'One diffusion in two views, from noise to data; colours say where a point ends',
      side: 190,
    };
    const moving: PointOptions = {
      panels: NAMES.map((title) => ({ ...LIMITS, title, layers: [] })),
      columns: 2,
      title: 'One diffusion in two views, from noise to data',
      side: 300,
    };
    return {
      svg: pointFigure(still),
      numbers: { points: POINTS, ratios: flow.ratios, alphas: flow.alphas },
      frames: () =>
        pointFrames(
          moving,
          flow.ratios.map((_, step) => ({
            layers: [layers(flow.exploding[step]), layers(flow.preserving[step])],
            note: `${noise(step)}, α ${flow.alphas[step].toFixed(2)}`,
          })),
        ),
    };
  },
};
