import { expect, it } from 'vitest';
import {
  densityHistogram,
  type HistogramGrid,
  mixture,
  pointSet,
  smoothedHistogram,
  totalVariation,
} from '../../src/index.js';
import { forEachCore } from '../cores.js';
import { oneLine } from '../formats/oneLine.js';

forEachCore('the histogram of a density', (core) => {
  const grid: HistogramGrid = { bins: 10, xlim: [-2, 1], ylim: [0, 2] };

  it('a mixture: each cell within 4e-4 of the exact mass, rows along x[0], and the integral over the grid', () => {
    const means = [
      [-0.5, 0.4],
      [0.2, 1.5],
    ];
    using density = mixture(core, {
      means,
      sds: [
        [0.3, 0.3],
        [0.3, 0.3],
      ],
      weights: [0.25, 0.75],
    });
    const exact = smoothedHistogram(
      pointSet({ dim: 2, points: means.flat(), weights: [0.25, 0.75] }),
      0.3,
      grid,
    );
    const inside = 1 - exact.outside;
    const { counts, outside, logIntegral } = densityHistogram(density, grid);
    expect(outside).toBe(0);
    expect(Math.abs(Math.exp(logIntegral) - inside)).toBeLessThan(4e-4);
    counts.forEach((mass, k) => {
      expect(Math.abs(mass - exact.counts[k] / inside)).toBeLessThan(4e-4);
    });
    const coarse = densityHistogram(density, grid, { nodes: 1 });
    const within = { counts: exact.counts, outside: 0 };
    // The midpoint rule's error falls with the square of the distance of its nodes.
    const ratio =
      totalVariation(densityHistogram(density, grid, { nodes: 1 }), within) /
      totalVariation(densityHistogram(density, grid, { nodes: 2 }), within);
    expect(ratio).toBeGreaterThan(3.5);
    expect(ratio).toBeLessThan(4.5);
    expect(coarse.counts.reduce((sum, v) => sum + v, 0)).toBeCloseTo(1, 12);
  });

  it('takes a density without its constant', () => {
    using density = mixture(core, { means: [[0, 1]], sds: [[0.5, 0.5]] });
    const shifted = {
      ...density,
      dim: 2,
      logProb: (x: Float32Array) => density.logProb(x).map((v) => v - 100),
    };
    const [a, b] = [densityHistogram(density, grid), densityHistogram(shifted as never, grid)];
    expect(b.logIntegral + 100).toBeCloseTo(a.logIntegral, 4);
    expect(totalVariation(a, b)).toBeLessThan(1e-4);
  });

  it('refuses what it cannot integrate', () => {
    using line = mixture(core, { means: [[0]], sds: [[1]] });
    using plane = mixture(core, { means: [[0, 0]], sds: [[1, 1]] });
    expect(oneLine(() => densityHistogram(line, grid))).toBe(
      'densityHistogram: density must have dim = 2, got 1',
    );
    expect(oneLine(() => densityHistogram(plane, { ...grid, bins: 0 }))).toContain('bins must be');
    expect(oneLine(() => densityHistogram(plane, { ...grid, ylim: [1, 1] }))).toBe(
      'densityHistogram: ylim must be finite and increasing, got [1, 1]',
    );
    expect(oneLine(() => densityHistogram(plane, grid, { nodes: 0 }))).toContain('nodes must be');
  });
});
