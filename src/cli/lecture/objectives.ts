import { measureObjective, OBJECTIVE_SIZES, type ObjectiveName } from '../../apps/objectiveTask.js';
import { foldIn } from '../../index.js';
import { type ChartPanel, chartFigure } from '../../plots/index.js';
import { type FigureInput, type LectureFigure, rounded } from './figure.js';

const OBJECTIVES: readonly { objective: ObjectiveName; name: string }[] = [
  { objective: 'denoising', name: 'denoising' },
  { objective: 'flow', name: 'flow matching, all noises at once' },
  { objective: 'implicit', name: 'implicit: the exact trace' },
  { objective: 'sliced', name: 'sliced' },
  { objective: 'slicedReduced', name: 'sliced, variance-reduced' },
];
const DIMS = [1, 2, 4, 8, 16];

/** How near to the score each objective gets in as many steps, and what a step costs, by dimension. */
export const objectivesFigure: LectureFigure = {
  name: 'objectives',
  draws: 14,
  about: 'denoising, implicit and sliced score matching, flow matching: error and cost by dimension',
  parts: DIMS.length * OBJECTIVES.length,
  async make({ core, key, signal, part }: FigureInput) {
    const results: { objective: ObjectiveName; divergence: number[]; multiplyAdds: number[] }[] = [];
    for (const { objective } of OBJECTIVES) {
      const own = { objective, divergence: [] as number[], multiplyAdds: [] as number[] };
      for (const dim of DIMS) {
        // The same mixture, points and first network for every objective.
        const { divergence, multiplyAdds } = await measureObjective(core, {
          ...{ key: foldIn(key, dim), dim, objective, signal },
        });
        own.divergence.push(divergence);
        own.multiplyAdds.push(multiplyAdds / 1e6);
        part();
      }
      results.push(own);
    }
    const panel = (title: string, name: string, of: 'divergence' | 'multiplyAdds'): ChartPanel => ({
      title,
      x: { name: 'dimension D (log scale)', scale: 'log' },
      y: { name, scale: 'log' },
      series: OBJECTIVES.map(({ name }, i) => ({
        ...{ name, x: DIMS, y: results[i][of], kind: 'both' as const, colour: i, dashed: i === 1 || i === 4 },
      })),
    });
    const svg = chartFigure({
      panels: [
        panel(
          'error of the learned score s, s* being the exact one',
          'E|s - s*|² / E|s*|² (log scale)',
          'divergence',
        ),
        panel('cost; dashed lines lie on others', 'million multiply-adds a step (log scale)', 'multiplyAdds'),
      ],
      title: `The score of a mixture at noise ${OBJECTIVE_SIZES.sigma}, after ${OBJECTIVE_SIZES.steps} steps of ${OBJECTIVE_SIZES.batch} points`,
      width: 400,
      height: 300,
    });
    const numbers = results.map(({ objective, divergence, multiplyAdds }) => ({
      ...{ objective, divergence: rounded(divergence, 4), multiplyAdds: rounded(multiplyAdds, 4) },
    }));
    return { svg, numbers: { ...OBJECTIVE_SIZES, dims: DIMS, results: numbers } };
  },
};
