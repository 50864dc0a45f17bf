// Copied programs of the theory's chapters: they run as they are, and give what their figures draw or read.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { atOnce } from '../../src/core/pieces.js';
import { type Core, loadCore } from '../../src/index.js';
import { noiseModelsCode, regressionCode } from '../../src/page/chapters/denoising/code.js';
import { normsCode } from '../../src/page/chapters/dimensions/code.js';
import { lineCode } from '../../src/page/chapters/line/code.js';
import { lineScore, logDensity, noisy, spaced } from '../../src/page/chapters/shared/lineMixture.js';
import { withUsedNames } from '../../src/page/save/usedNames.js';
import { initialState } from '../../src/page/state/state.js';
import { noiseView } from '../../src/page/worker/noiseModel.js';
import { normals, norms } from '../../src/page/worker/normals.js';
import { useProgram } from './program.js';

let core: Core;
beforeAll(async () => {
  core = await loadCore({ kernel: 'strict' });
});
afterAll(() => core.dispose());

const state = { ...initialState(), kernel: 'strict' as const };

const run = useProgram('theory');

/** What a program prints, of whose names none is without use. */
function printed(code: string): unknown[] {
  const all = (text: string) => text.replace(/\s/g, '');
  // Names of a list that is broken into lines end in a comma, which lists on one line have not.
  expect(all(withUsedNames(code)).replace(',}', '}')).toBe(all(code).replace(',}', '}'));
  return run(code);
}

describe('copied code', () => {
  it('line: the curves of the figure, within 1e-5 of the logarithm and 1e-4 of the score', () => {
    const own = { means: [-1, 1], sds: [0.5, 0.5], weights: [0.7, 0.3] };
    const density = noisy(own, 0.4);
    const [logs, slopes] = printed(lineCode({ ...state, factor: 2.5 }, density)) as number[][];
    spaced(-4, 4, 321).forEach((x, i) => {
      expect(logs[i]).toBeCloseTo(Math.log(2.5) + logDensity(density, x), 5);
      expect(Math.abs(slopes[i] - lineScore(density, x))).toBeLessThan(1e-4);
    });
  });

  it('dimensions: the very distances of the figure', () => {
    const drawn = { n: 200, seed: 1 };
    const [distances] = printed(normsCode({ ...state, dimensions: 30 }, drawn));
    expect(distances).toEqual([...norms(core, { ...drawn, dim: 30 })]);
  });

  it('regression: the errors that the figure reads, within 1e-6', () => {
    const hills = { means: [-1.2, 0.9], sds: [0.25, 0.35], weights: [0.45, 0.55] };
    const [n, noise] = [400, 0.6];
    const [own, tweedie] = printed(regressionCode(state, hills, { n, seed: 4 })) as number[];
    const z = normals(core, { n, dim: 2, seed: 4 });
    const errors = [0, 0];
    for (let i = 0; i < n; i++) {
      const hill = (i + 0.5) / n < 0.45 ? 0 : 1;
      const x = hills.means[hill] + hills.sds[hill] * z[2 * i];
      const y = x + noise * z[2 * i + 1];
      errors[0] += (y - x) ** 2 / n;
      errors[1] += (y + noise ** 2 * lineScore(noisy(hills, noise), y) - x) ** 2 / n;
    }
    expect(Math.abs(own - errors[0])).toBeLessThan(1e-6);
    expect(Math.abs(tweedie - errors[1])).toBeLessThan(1e-6);
  });

  it.each(['poisson', 'gamma'] as const)(
    'noise models, %s: the errors that the figure reads',
    (noiseModel) => {
      const { risks } = atOnce(noiseView(core, { kind: noiseModel, n: 300, seed: 5 }));
      const errors = printed(noiseModelsCode({ ...state, noiseModel, seed: 5 }, 300)) as number[];
      [risks.formula, risks.fitted, risks.best].forEach((risk, i) => {
        expect(Math.abs(errors[i] / risk - 1)).toBeLessThan(1e-9);
      });
    },
  );
});
