import {
  type Core,
  dataScores,
  foldIn,
  type Key,
  memorisation,
  nearest,
  probabilityFlow,
  varianceExploding,
} from '../../index.js';
import { type PointLayer, pointFigure, splitChains } from '../../plots/index.js';
import type { FigureInput, LectureFigure } from './figure.js';
import { moons } from './moons.js';

export interface Landing {
  /** [N, 2] */
  data: Float32Array;
  /** Positions after every step: [steps, points, 2]. */
  path: Float32Array;
  /** Mean distance to the nearest datum after every step: [steps]. */
  distances: number[];
  /** The share of the final positions that are copies of a datum. */
  copied: number;
}

/** Runs the probability flow of a data set's exact score, which leads from noise to the data. */
export async function landOnData(
  core: Core,
  {
    key,
    size,
    points,
    steps,
    signal,
  }: {
    key: Key;
    size: number;
    points: number;
    steps: number;
    signal?: AbortSignal;
  },
): Promise<Landing> {
  const data = moons(core, foldIn(key, 0), size);
  const process = varianceExploding({ sigmaMin: 0.001, sigmaMax: 2 });
  const options = { key: foldIn(key, 1), process, steps, chains: points, thin: 1, spacing: 3, signal };
  const parts: number[] = [];
  for await (const { path } of probabilityFlow(dataScores(core, data), options)) parts.push(...path);
  const path = Float32Array.from(parts);
  const at = (step: number) => path.subarray(step * points * 2, (step + 1) * points * 2);
  const distances = Array.from({ length: steps }, (_, step) => {
    const { distance } = nearest(at(step), data.points, { dim: 2 });
    return distance.reduce((sum, r) => sum + r, 0) / points;
  });
  return { data: data.points, path, distances, copied: memorisation(at(steps - 1), data).copied };
}

const SIZE = 60;
const POINTS = 150;
const STEPS = 60;

/** The exact score's samples landing on the data. */
export const landingFigure: LectureFigure = {
  name: 'landing',
  draws: 8,
  about: "the exact score's flow landing on the data, which makes nothing new",
  parts: 1,
  async make({ core, key, signal, part }: FigureInput) {
    const { data, path, distances, copied } = await landOnData(core, {
      key,
      size: SIZE,
      points: POINTS,
      steps: STEPS,
      signal,
    });
    part();
    const paths = splitChains(path, POINTS);
    const first = path.subarray(0, 2 * POINTS);
    const last = path.subarray(-2 * POINTS);
    const rings = (radius: number): PointLayer => ({
      kind: 'rings',
      name: 'data',
      x: data,
      colour: 1,
      radius,
    });
    const ends: PointLayer = { kind: 'dots', name: 'samples', x: last, colour: 0, radius: 1.8 };
    const svg = pointFigure({
      panels: [
        {
          xlim: [-5, 5],
          ylim: [-5, 5],
          title: 'paths of the flow',
          layers: [
            { kind: 'paths', name: 'path', paths, colour: 0, opacity: 0.35 },
            { kind: 'dots', name: 'start', x: first, colour: 'ink', radius: 1.4 },
            rings(2.4),
          ],
        },
        {
          xlim: [-1.8, 1.8],
          ylim: [-1.8, 1.8],
          title: `${(100 * copied).toFixed(0)} % of ${POINTS} samples are copies of ${SIZE} data`,
          layers: [ends, rings(4.2)],
        },
      ],
      title: 'The exact score of a data set leads back to the data',
      side: 380,
      columns: 2,
    });
    return { svg, numbers: { data: SIZE, samples: POINTS, copied, distances } };
  },
};
