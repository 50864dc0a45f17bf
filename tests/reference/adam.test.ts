import { describe, expect, it } from 'vitest';
import { type AdamGolden, golden } from '../golden.js';
import * as twin from '../reference.js';

describe('adam', () => {
  const { start, gradients, runs, corrections } = golden<AdamGolden>('adam');

  it("Optax's bias corrections are exact", () => {
    for (const { count, mean, square } of corrections) {
      expect([twin.float32Correction(0.9, count), twin.float32Correction(0.999, count)]).toEqual([
        mean,
        square,
      ]);
    }
  });

  it.each(runs)('five updates at rate $learningRate: within 1e-6 of Optax, 4e-5 of the paper', (run) => {
    for (const [asOptax, bound] of [
      [true, 1e-6],
      [false, 4e-5],
    ] as const) {
      let x = start;
      let state = twin.adamInit(start.length);
      gradients.forEach((gradient, t) => {
        ({ x, state } = twin.adamUpdate(x, gradient, state, { learningRate: run.learningRate, asOptax }));
        const scale = x.map((v) => Math.max(run.learningRate, Math.abs(v)));
        const error = x.map((v, i) => Math.abs(v - run.path[t][i]) / scale[i]);
        expect(Math.max(...error)).toBeLessThan(bound);
      });
    }
  });
});
