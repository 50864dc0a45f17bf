import { scheduleTable, solverTable } from '../../apps/samplerTable.js';
import {
  type Core,
  collect,
  dataScores,
  digits,
  foldIn,
  imageRows,
  type Key,
  type MixtureOptions,
  mixtureScores,
  pointSet,
  probabilityFlow,
  type ScoreFamily,
  type Solver,
  varianceExploding,
} from '../../index.js';
import { type ChartSeries, chartFigure } from '../../plots/index.js';
import { energyDistance } from './energyDistance.js';
import { type FigureInput, type LectureFigure, rounded } from './figure.js';
import { FIVE_MODES } from './fiveModes.js';

/** So many Gaussians on a circle. */
const circle = (modes: number, radius: number, sd: number): MixtureOptions => ({
  means: Array.from({ length: modes }, (_, k) => [
    radius * Math.cos((2 * Math.PI * k) / modes),
    radius * Math.sin((2 * Math.PI * k) / modes),
  ]),
  sds: Array.from({ length: modes }, () => [sd, sd]),
});

/** Wide and narrow modes, many and few. */
const MIXTURES: MixtureOptions[] = [circle(8, 2, 0.2), circle(2, 1, 0.5), FIVE_MODES];

const SOLVERS = Object.keys(solverTable) as Solver[];
const SCHEDULES = Object.keys(scheduleTable) as (keyof typeof scheduleTable)[];
/** Odd, so that Heun's method, which asks for two scores a step but the last, can take as many. */
const SCORES = [7, 9, 13, 15, 19, 25, 39, 59, 99];
const process = varianceExploding({ sigmaMin: 0.01, sigmaMax: 50 });

interface FlowOptions {
  key: Key;
  chains: number;
  scores: number;
  solver?: Solver;
  schedule?: keyof typeof scheduleTable;
  signal?: AbortSignal;
}

/** Where the flow from noise 50 ends by so many scores a chain. */
async function flowEnd(
  family: ScoreFamily,
  { scores, solver, ...options }: FlowOptions,
): Promise<Float32Array> {
  const steps = solver === 'heun' ? (scores + 1) / 2 : scores;
  return (await collect(probabilityFlow(family, { ...options, process, solver, steps }))).x;
}

/** The root-mean-square distance of points from where the exact flow ends, over several mixtures: [scores]. */
export async function flowErrors(
  core: Core,
  { scores, ...options }: Omit<FlowOptions, 'scores'> & { scores: readonly number[] },
): Promise<number[]> {
  const squares = scores.map(() => 0);
  for (const mixture of MIXTURES) {
    const family = mixtureScores(core, mixture);
    const { key, chains, signal } = options;
    const exact = await flowEnd(family, { key, chains, signal, scores: 800, schedule: 'logLinear' });
    for (const [i, count] of scores.entries()) {
      const x = await flowEnd(family, { ...options, scores: count });
      const sum = x.reduce((total, value, d) => total + (value - exact[d]) ** 2, 0);
      squares[i] += sum / options.chains / MIXTURES.length;
    }
  }
  return squares.map(Math.sqrt);
}

const SIDE = 14;
/** Digits that the score knows, those that it does not, and samples. */
const DIGITS = { known: 600, heldOut: 400, samples: 400 };
const DIGIT_SCORES = [5, 7, 9, 13, 19, 39];

interface DigitErrors {
  /** Root-mean-square distances a pixel from where the exact flow ends, and energy distances from the held-out digits. */
  flow: number[][];
  heldOut: number[][];
  /** The energy distance of the known digits from the held-out ones. */
  known: number;
}

/** Flows of the exact score of digits, of each solver: [solvers][scores]. */
async function digitErrors(
  core: Core,
  { key, signal, onSolver }: { key: Key; signal: AbortSignal; onSolver(): void },
): Promise<DigitErrors> {
  const { known, heldOut, samples } = DIGITS;
  const all = imageRows(digits(core, foldIn(key, 0), known + heldOut, { size: SIDE }));
  const dim = SIDE * SIDE;
  const [points, others] = [all.subarray(0, known * dim), all.subarray(known * dim)];
  const family = dataScores(core, pointSet({ dim, points }));
  const options = { key: foldIn(key, 1), chains: samples, signal };
  const exact = await flowEnd(family, { ...options, scores: 150, schedule: 'logLinear' });
  const result: DigitErrors = { flow: [], heldOut: [], known: energyDistance(points, others, dim) };
  for (const solver of SOLVERS) {
    const ends: Float32Array[] = [];
    for (const scores of DIGIT_SCORES) ends.push(await flowEnd(family, { ...options, scores, solver }));
    result.flow.push(
      ends.map((x) => Math.sqrt(x.reduce((sum, v, i) => sum + (v - exact[i]) ** 2, 0) / x.length)),
    );
    result.heldOut.push(ends.map((x) => energyDistance(x, others, dim)));
    onSolver();
  }
  return result;
}

const CHAINS = 400;

/** Error against scores of each solver and schedule of the probability flow. */
export const solversFigure: LectureFigure = {
  name: 'solvers',
  draws: 14,
  about: 'error of the probability flow against scores, for each solver and schedule',
  parts: 3 * SOLVERS.length + SCHEDULES.length,
  async make({ core, key, signal, part }: FigureInput) {
    const common = { key: foldIn(key, 0), chains: CHAINS, scores: SCORES, signal };
    const bySolver: number[][] = [];
    for (const solver of SOLVERS) {
      bySolver.push(await flowErrors(core, { ...common, solver }));
      part();
    }
    const bySchedule: number[][] = [];
    for (const schedule of SCHEDULES) {
      bySchedule.push(await flowErrors(core, { ...common, schedule }));
      part();
    }
    const onSolver = () => [part(), part()];
    const ofDigits = await digitErrors(core, { key: foldIn(key, 1), signal, onSolver });
    const lines = (names: string[], x: readonly number[], rows: number[][], dashed = false): ChartSeries[] =>
      rows.map((y, i) => ({ name: names[i], kind: 'both', x, y, colour: i, dashed }));
    const solvers = Object.values(solverTable);
    const scores = (name: string, limits: [number, number]) => ({ name, scale: 'log', limits }) as const;
    const error = { name: 'rms distance from the exact flow', scale: 'log', limits: [0.002, 3] } as const;
    const goal: ChartSeries = {
      name: 'a distance of 0.1',
      x: [6, 110],
      y: [0.1, 0.1],
      colour: 'ink',
      dashed: true,
    };
    const svg = chartFigure({
      panels: [
        {
          title: 'mixtures in the plane, Karras levels',
          x: scores('scores a sample', [6, 110]),
          y: error,
          series: [...lines(solvers, SCORES, bySolver), goal],
        },
        {
          title: 'the same by DEIS on other levels',
          x: scores('scores a sample', [6, 110]),
          y: error,
          series: lines(
            Object.values(scheduleTable).map((name) => `levels: ${name}`),
            SCORES,
            bySchedule,
            true,
          ),
        },
        {
          title: `${DIGITS.known} digits of ${SIDE} x ${SIDE} pixels, exact score`,
          x: scores('scores a sample', [4.5, 44]),
          y: { name: 'rms distance from the exact flow, a pixel', scale: 'log' },
          series: lines(solvers, DIGIT_SCORES, ofDigits.flow),
        },
        {
          title: `their samples against ${DIGITS.heldOut} other digits`,
          x: scores('scores a sample', [4.5, 44]),
          y: { name: 'energy distance', limits: [-0.005, 0.1] },
          series: [
            ...lines(solvers, DIGIT_SCORES, ofDigits.heldOut),
            {
              ...{ name: 'the digits themselves', colour: 'ink' },
              ...{ x: [4.5, 44], y: [ofDigits.known, ofDigits.known] },
            },
          ],
        },
      ],
      columns: 2,
      title: 'From noise to data along the probability flow: what each solver reaches for its scores',
      width: 360,
      height: 320,
    });
    const named = (names: readonly string[], rows: number[][]) =>
      Object.fromEntries(names.map((name, i) => [name, rounded(rows[i], 4)]));
    return {
      svg,
      numbers: {
        ...{ scores: SCORES, chains: CHAINS, solvers: named(SOLVERS, bySolver) },
        ...{ schedules: named(SCHEDULES, bySchedule), digitScores: DIGIT_SCORES },
        digits: named(SOLVERS, ofDigits.flow),
        heldOut: named(SOLVERS, ofDigits.heldOut),
        known: rounded([ofDigits.known], 4)[0],
      },
    };
  },
};
