import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { conditionalMixture, sampleGiven } from '../../src/cli/lecture/conditional.js';
import { fillIn } from '../../src/cli/lecture/filledIn.js';
import { ownImageRun } from '../../src/cli/lecture/imageRun.js';
import { inpaintedFigure, windowsOf } from '../../src/cli/lecture/inpainted.js';
import { flowErrors } from '../../src/cli/lecture/solvers.js';
import { Report } from '../../src/cli/terminal/report.js';
import {
  dataScores,
  digits,
  imageRows,
  key,
  linearObservation,
  loadCore,
  pointSet,
  varianceExploding,
} from '../../src/index.js';
import { scratch } from './cli.js';

const core = await loadCore({ kernel: 'strict' });
const signal = new AbortController().signal;

describe('solvers', () => {
  it('by default the flow ends within 0.1 of the exact one in 9 scores, and 0.03 in 18; nearer than by any other solver', async () => {
    const options = { key: key(4), chains: 200, scores: [9, 17] };
    const [nine, seventeen] = await flowErrors(core, options);
    expect(nine).toBeLessThan(0.1);
    expect(seventeen).toBeLessThan(0.03);
    for (const solver of ['dpmSolver', 'accelerated', 'ddim', 'heun'] as const) {
      const [few, more] = await flowErrors(core, { ...options, solver });
      expect(few).toBeGreaterThan(nine);
      expect(more).toBeGreaterThan(1.5 * seventeen);
    }
  });
});

describe('conditional', () => {
  const above = (x: Float32Array) => x.filter((v, i) => i % 2 === 1 && v > 0).length / (x.length / 2);

  it('exact draws and those of 16 particles have the share of the exact mixture within 4 errors; guidance does not', async () => {
    const { weights } = conditionalMixture();
    const share = weights[1] / weights.reduce((a, b) => a + b);
    const count = 400;
    const error = Math.sqrt((share * (1 - share)) / count);
    const { exact, guided, corrected } = await sampleGiven(core, { key: key(1), count, particles: [16] });
    expect(Math.abs(above(exact) - share)).toBeLessThan(4 * error);
    expect(Math.abs(above(corrected[0]) - share)).toBeLessThan(4 * error);
    expect(above(guided) - share).toBeGreaterThan(4 * error);
  });
});

describe('filled-in', () => {
  it('a digit of the data, of which half is seen, is found by particles; a wrong half finds another', async () => {
    const set = digits(core, key(2), 40, { size: 8 });
    const points = imageRows(set);
    const family = dataScores(core, pointSet({ dim: 64, points }));
    const mask = Uint8Array.from({ length: 64 }, (_, i) => Number(i < 32));
    const seen = [3, 17].map((i) =>
      linearObservation({ mask, observed: points.subarray(64 * i, 64 * (i + 1)), noise: 0.1 }),
    );
    const process = varianceExploding({ sigmaMin: 0.02, sigmaMax: 10 });
    const x = await fillIn(family, seen, { key: key(3), process, steps: 40, particles: 32 });
    const far = (a: number, b: number) =>
      Math.hypot(...Array.from({ length: 64 }, (_, d) => x[64 * a + d] - points[64 * b + d]));
    expect([far(0, 3), far(1, 17)].every((distance) => distance < 0.1)).toBe(true);
    expect([far(0, 17), far(1, 3)].every((distance) => distance > 1)).toBe(true);
  });
});

describe('inpainted', async () => {
  const stream = { write: () => true } as never;
  const context = { report: new Report({ stdout: stream, stderr: stream }, false), signal };
  const tiny = { size: 8, training: 40, heldOut: 12, steps: 3, groups: 4, kernel: 'strict' } as const;
  const run = await ownImageRun(join(scratch(), 'own'), { ...tiny, channels: [8] }, context);
  afterAll(() => run.denoiser.core.dispose());

  it('windows show half of the pixels, and about a quarter', () => {
    const [half, quarter] = windowsOf(run, key(1)).map(({ mask }) =>
      mask.reduce((sum, seen) => sum + seen, 0),
    );
    expect(half).toBe(32);
    expect(Math.abs(quarter - 16)).toBeLessThan(4 * Math.sqrt(12));
  });

  it('is drawn from a run of many noises with images held out, and says what others lack', async () => {
    let parts = 0;
    const input = { core, key: key(5), signal, part: () => void parts++ };
    const { svg, numbers } = await inpaintedFigure.make(input, run);
    expect(svg).toContain('8 particles');
    expect(parts).toBe(inpaintedFigure.parts);
    const { hiddenErrors } = numbers as { hiddenErrors: Record<string, number[]> };
    expect(
      Object.values(hiddenErrors)
        .flat()
        .every((error) => error > 0 && error < 2),
    ).toBe(true);
    expect(inpaintedFigure.lacks({ ...run, heldOut: new Float32Array(0) })).toBe('images that are held out');
    expect(inpaintedFigure.lacks({ ...run, sigma: 0.5 })).toBe('a denoiser of many noises');
    expect(inpaintedFigure.lacks(run)).toBe(undefined);
  });
});
