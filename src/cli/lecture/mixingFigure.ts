import { foldIn, imageDim } from '../../index.js';
import { type ChartAxis, type ChartPanel, type ChartSeries, chartFigure } from '../../plots/index.js';
import type { FigureInput, LearnedFigure } from './figure.js';
import type { ImageRun } from './imageRun.js';
import { type Mixing, measureMixing, type References, referencesOf } from './mixing.js';

const SIGMAS = [0.25, 0.35, 0.5, 0.7, 1, 1.4, 2];
/** The step size is that of `trade-off`: with the walk's, the noise of y is far more than sigma. */
const SIZES = { chains: 8, steps: 200, stepSize: 0.5, draws: 256 };

interface Measure {
  axis: ChartAxis;
  values: number[];
}

/** A panel for each pair of a distance and a measure of mixing, a dot for each sigma. */
export function mixingChart(
  results: readonly Mixing[],
  references: Pick<References, 'nearest' | 'energy'>,
): string {
  const of = (name: 'time' | 'nearest' | 'energy') => results.map((result) => result[name]);
  const changes = results.flatMap((result) => result.changes ?? []);
  const mixing: Measure[] = [
    { axis: { name: 'autocorrelation time in steps (log scale)', scale: 'log' }, values: of('time') },
  ];
  if (changes.length > 0) mixing.push({ axis: { name: 'changes of label in 100 steps' }, values: changes });
  const labels = results.map(({ sigma }) => String(sigma));
  const rows = [
    {
      title: 'jumps from exact draws: distance of distributions',
      colour: 0,
      y: { name: 'energy distance', limits: limitsOf([...of('energy'), references.energy]) },
      dots: { name: 'jumps, σ beside each', values: of('energy') },
      line: { name: 'training images', value: references.energy },
    },
    {
      title: 'jumps of the chains: distance to the nearest',
      colour: 2,
      y: {
        name: 'to the nearest held-out image',
        limits: limitsOf([...of('nearest'), references.nearest]),
      },
      dots: { name: 'jumps of the chains', values: of('nearest') },
      line: { name: 'held-out images to each other', value: references.nearest },
    },
  ];
  const panels = rows.flatMap(({ title, colour, y, dots, line }) =>
    mixing.map(({ axis, values }): ChartPanel => {
      const ends = [Math.min(...values), Math.max(...values)];
      const series: ChartSeries[] = [
        { name: dots.name, kind: 'both', x: values, y: dots.values, colour, labels },
        {
          name: line.name,
          x: ends,
          y: [line.value, line.value],
          colour,
          dashed: true,
        },
      ];
      return { title, x: axis, y, series };
    }),
  );
  return chartFigure({
    panels,
    columns: mixing.length,
    title: 'More noise mixes faster, and the distribution of its jumps is further from the data',
    width: 430,
    height: 280,
  });
}

/** From 0, or below where an estimate is. */
const limitsOf = (values: readonly number[]) =>
  [Math.min(0, 1.1 * Math.min(...values)), 1.15 * Math.max(...values, 1e-3)] as const;

/** How fast walks by the learned score mix, against how far their jumps are from held-out images. */
export const mixingFigure: LearnedFigure = {
  name: 'mixing',
  draws: 11,
  about: 'how fast learned walks mix against how far jumps are from held-out images, over sigma',
  parts: SIGMAS.length * SIZES.steps,
  lacks: ({ heldOut, sigma, training }) => {
    if (sigma !== undefined) return 'a denoiser of many noises';
    return heldOut.length >= 3 * imageDim(training) ? undefined : 'images that are held out, three or more';
  },
  async make({ key, signal, part }: FigureInput, run: ImageRun) {
    const references = referencesOf(run, SIZES.draws);
    const results: Mixing[] = [];
    for (const [i, sigma] of SIGMAS.entries()) {
      const options = { ...SIZES, key: foldIn(key, i), sigma, signal, onStep: part };
      results.push(await measureMixing(run, references, options));
    }
    const { nearest, energy, sameLabel } = references;
    return {
      svg: mixingChart(results, references),
      numbers: { ...SIZES, reference: { nearest, energy, sameLabel }, results },
    };
  },
};
