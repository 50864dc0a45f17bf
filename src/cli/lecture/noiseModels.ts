import { denoiseTwoKinds, rawEstimate, twoKindsOf } from '../../apps/twoKinds.js';
import { foldIn } from '../../index.js';
import { linspace } from '../../plots/drawing/numbers.js';
import { type ChartPanel, chartFigure } from '../../plots/index.js';
import type { FigureInput, LectureFigure } from './figure.js';

const N = 1000;

/** Numbers of two kinds under four noise models: what each estimate makes of an observation. */
export const noiseModelsFigure: LectureFigure = {
  name: 'noise-models',
  draws: 14,
  about: 'numbers denoised from noisy data alone, under Poisson, Gaussian, Laplace and gamma noise',
  parts: Object.keys(twoKindsOf).length,
  async make({ core, key, part }: FigureInput) {
    const panels: ChartPanel[] = [];
    const numbers: object[] = [];
    for (const [i, example] of Object.values(twoKindsOf).entries()) {
      const { noise, limits, title } = example;
      const { denoisers, risks } = denoiseTwoKinds(core, example, { key: foldIn(key, i), n: N });
      const isCount = noise.kind === 'poisson';
      const [low, high] = limits;
      const x = isCount
        ? Float32Array.from({ length: high + 1 }, (_, y) => y)
        : Float32Array.from(linspace(low, high, 201));
      const errors = [risks.raw, risks.formula, risks.fitted, risks.best].map((v) => v.toPrecision(2));
      panels.push({
        title: `${title}: errors ${errors.join(', ')}`,
        x: { name: example.y, limits: isCount ? [-0.5, high + 0.5] : limits },
        y: { name: 'estimate of x', limits: [0.8 * example.kinds[0] - 1, 1.15 * example.kinds[1] + 1] },
        series: [
          {
            name: 'one observation alone',
            x,
            y: x.map((y) => rawEstimate(noise, y)),
            colour: 'ink',
            dashed: true,
          },
          {
            name: 'noisy data alone, by formula',
            kind: isCount ? 'both' : 'line',
            x,
            y: denoisers.formula.denoise(x),
            colour: 1,
          },
          { name: 'noisy data alone, by a fitted prior', x, y: denoisers.fitted.denoise(x), colour: 2 },
          { name: 'the best, which knows the prior', x, y: denoisers.best.denoise(x), colour: 4 },
        ],
      });
      numbers.push({ noise, kinds: example.kinds, share: example.share, risks });
      part();
    }
    const title = `Denoising ${N} numbers of two kinds from noisy ones alone; mean squared errors in the order of the legend`;
    return {
      svg: chartFigure({ panels, title, width: 450, height: 260 }),
      numbers: { observations: N, cases: numbers },
    };
  },
};
