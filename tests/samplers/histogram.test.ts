import { expect, it } from 'vitest';
import { collect, fromFunction, key, langevin, mixture } from '../../src/index.js';
import { failure, forEachCore, worst } from '../cores.js';

/** numpy.histogram2d of points [n, dim] by x[0] and x[1], in words: a cell holds its lower edge, the last both. */
function numpyHistogram(
  points: ArrayLike<number>,
  dim: number,
  bins: number,
  limits: readonly (readonly number[])[],
) {
  const edges = limits.map(([low, high]) =>
    Array.from({ length: bins + 1 }, (_, k) => (k === bins ? high : low + (k * (high - low)) / bins)),
  );
  const counts = new Float64Array(bins * bins);
  let outside = 0;
  for (let i = 0; i < points.length; i += dim) {
    const [row, column] = edges.map((axis, d) => {
      const v = points[i + d];
      return v === axis[bins] ? bins - 1 : axis.filter((edge) => edge <= v).length - 1;
    });
    if (row >= 0 && row < bins && column >= 0 && column < bins) counts[row * bins + column]++;
    else outside++;
  }
  return { counts, outside };
}

forEachCore('langevin histogram', (core) => {
  it.each([
    { chains: 1, steps: 3000, bins: 50, xlim: [0, 1], ylim: [0, 1] },
    { chains: 7, steps: 300, bins: 1, xlim: [-0.1, 0.3], ylim: [-5, 5] },
    { chains: 130, steps: 40, bins: 13, xlim: [-2, 1], ylim: [0.1, 0.7] },
  ] as const)(
    'counts $chains chains as numpy does, and their mean',
    async ({ bins, xlim, ylim, ...options }) => {
      for (const dim of [2, 3]) {
        const row = [0.5, 0.4, 0.3].slice(0, dim);
        using density = mixture(core, { means: [row], sds: [row] });
        const run = langevin(density, {
          key: key(8),
          stepSize: 0.05,
          thin: 1,
          histogram: { bins, xlim, ylim },
          ...options,
        });
        const { path, histogram } = await collect(run);
        const want = numpyHistogram(path, dim, bins, [xlim, ylim]);
        expect(want.outside).toBeGreaterThan(0);
        expect(histogram).toMatchObject({ bins, xlim, ylim, ...want });
        const mean = row.map(
          (_, d) => path.filter((_v, i) => i % dim === d).reduce((a, b) => a + b, 0) / (path.length / dim),
        );
        expect(worst(histogram?.mean ?? [], mean, (a, b) => Math.abs(a - b))).toBeLessThan(1e-12);
      }
    },
  );

  it('edges belong to the cell above them, the last to the cell below', async () => {
    using nothing = fromFunction(core, 2, (_, out) => out.fill(0));
    const values = [
      -0, 0, 0.25, 0.375, 0.49999997, 0.5, 0.75, 1, 1.0000001, -1e-30, 0.24999999, 0.99999994, 3e38, -3e38,
    ];
    const init = Float32Array.from(values.flatMap((x) => values.flatMap((y) => [x, y])));
    // Nothing moves but what is 0, by 1e-22; a number for all steps would be refused.
    const options = { key: key(1), steps: 1, stepSize: () => 1e-44, chains: init.length / 2, init };
    const limits = [
      [0, 1],
      [0.25, 0.75],
    ] as const;
    const histogram = { bins: 4, xlim: limits[0], ylim: limits[1] };
    const { x, histogram: counted } = await collect(langevin(nothing, { ...options, histogram }));
    expect(worst(x, init, (a, b) => Math.abs(a - b))).toBeLessThan(1e-21);
    const want = numpyHistogram(x, 2, 4, limits);
    expect([...want.counts].filter((count) => count > 0).length).toBe(16);
    expect(counted).toMatchObject(want);
  });

  it('grows from state to state and ends with every position counted', async () => {
    using density = mixture(core, { means: [[0, 0]], sds: [[1, 1]] });
    const histogram = { bins: 5, xlim: [-1, 1], ylim: [-1, 1] } as const;
    const totals: number[] = [];
    for await (const state of langevin(density, {
      key: key(0),
      steps: 64,
      stepSize: 0.1,
      chains: 3,
      histogram,
    })) {
      const { counts, outside } = state.histogram ?? { counts: new Float64Array(0), outside: 0 };
      totals.push(counts.reduce((a, b) => a + b, 0) + outside - 3 * state.step);
    }
    expect(totals.length).toBeGreaterThan(1);
    expect(new Set(totals)).toEqual(new Set([0]));
  });

  it('bad options give one line that names them', async () => {
    using density = mixture(core, { means: [[0, 0]], sds: [[1, 1]] });
    const good = { bins: 5, xlim: [0, 1], ylim: [0, 1] } as const;
    const message = (change: object, score = density) =>
      failure(langevin(score, { key: key(0), steps: 1, stepSize: 0.1, histogram: { ...good, ...change } }));
    for (const bins of [0, -1, 2.5, 5000]) {
      expect(await message({ bins })).toBe(
        `langevin: histogram.bins must be an integer from 1 to 4096, got ${bins}`,
      );
    }
    for (const limits of [
      [1, 1],
      [1, 0],
      [0, Infinity],
      [Number.NaN, 1],
    ]) {
      for (const name of ['xlim', 'ylim']) {
        expect(await message({ [name]: limits })).toBe(
          `langevin: histogram.${name} must be two ascending finite numbers, got ${limits[0]}, ${limits[1]}`,
        );
      }
    }
    using line = mixture(core, { means: [[0]], sds: [[1]] });
    expect(await message({}, line)).toBe('langevin: histogram needs points of 2 or more coordinates, got 1');
  });
});
