import { describe, expect, it } from 'vitest';
import { banana, gaussian, hmc, key, mala, normal, nuts, type TrajectoryState } from '../../src/index.js';
import { drain, forEachCore } from '../cores.js';
import { golden, type MassesGolden, type SamplersGolden, type SummaryStatistic } from '../golden.js';
import { choleskyTwin } from '../reference.js';

const want = golden<SamplersGolden>('samplers');
const { chains, covariance } = want;
// As many steps as there, for the mean of a chain that starts in equilibrium depends on none.
const STEPS = 200;

/** Distance of our chains' mean from BlackJAX's, in standard errors of both. */
function distance(values: ArrayLike<number>, { mean, error }: SummaryStatistic): number {
  const own = Array.from(values);
  const middle = own.reduce((a, b) => a + b, 0) / own.length;
  const variance = own.reduce((a, b) => a + (b - middle) ** 2, 0) / (own.length - 1);
  return Math.abs(middle - mean) / Math.sqrt(variance / own.length + error ** 2);
}

async function last<T extends { acceptance: Float64Array }>(run: AsyncIterable<T>): Promise<T> {
  return (await drain(run)).at(-1)!;
}

forEachCore("BlackJAX's statistics", (core) => {
  const { sd, bend, noise } = want.banana;
  const targets = {
    gaussian: () => {
      const z = normal(core, key(1), [chains, 3]);
      const L = choleskyTwin(covariance);
      const init = z.map((_, i) => L[i % 3].reduce((sum, l, k) => sum + l * z[i - (i % 3) + k], 0));
      return { density: gaussian(core, { mean: [0, 0, 0], covariance }), init };
    },
    banana: () => {
      const z = normal(core, key(1), [chains, 2]);
      const init = z.map((v, i) => {
        if (i % 2 === 0) return sd * v;
        return bend * ((sd * z[i - 1]) ** 2 - sd ** 2) + noise * v;
      });
      return { density: banana(core, want.banana), init };
    },
  };

  describe.each(Object.keys(targets) as (keyof typeof targets)[])('%s, at 5 standard errors', (name) => {
    const expected = want.targets[name];
    const options = { key: key(3), steps: STEPS, chains };
    const perStep = (state: TrajectoryState) => state.leapfrogs.map((n) => n / STEPS);

    it('hmc: acceptance', async () => {
      const { density, init } = targets[name]();
      const state = await last(hmc(density, { ...options, init, stepSize: 0.4, leapfrogs: 5 }));
      expect(distance(state.acceptance, expected.hmc.acceptance)).toBeLessThan(5);
      const longer = await last(hmc(density, { ...options, init, stepSize: 0.45, leapfrogs: 5 }));
      expect(distance(longer.acceptance, expected.hmc.acceptance)).toBeGreaterThan(5);
      density.dispose();
    });

    it('mala: acceptance, stepSize being 2 h', async () => {
      const { density, init } = targets[name]();
      const state = await last(mala(density, { ...options, init, stepSize: 0.2 }));
      expect(distance(state.acceptance, expected.mala.acceptance)).toBeLessThan(5);
      const half = await last(mala(density, { ...options, init, stepSize: 0.1 }));
      expect(distance(half.acceptance, expected.mala.acceptance)).toBeGreaterThan(5);
      density.dispose();
    });

    it('nuts: acceptance, leapfrog steps, doublings', async () => {
      const { density, init } = targets[name]();
      const state = await last(nuts(density, { ...options, init, warmup: 0, stepSize: 0.3 }));
      expect(distance(state.acceptance, expected.nuts.acceptance)).toBeLessThan(5);
      expect(distance(perStep(state), expected.nuts.leapfrogs)).toBeLessThan(5);
      expect(distance(state.depth, expected.nuts.depth)).toBeLessThan(5);
      const shorter = await last(nuts(density, { ...options, init, warmup: 0, stepSize: 0.25 }));
      expect(distance(perStep(shorter), expected.nuts.leapfrogs)).toBeGreaterThan(5);
      density.dispose();
    });

    it('nuts after a warm-up of 1000: acceptance, leapfrog steps, step size', async () => {
      const { density, init } = targets[name]();
      const state = await last(nuts(density, { ...options, init }));
      expect(distance(state.acceptance, expected.adapted.acceptance)).toBeLessThan(5);
      expect(distance(perStep(state), expected.adapted.leapfrogs)).toBeLessThan(5);
      expect(distance(state.stepSizes, expected.adapted.stepSize)).toBeLessThan(5);
      density.dispose();
    });
  });
});

forEachCore("BlackJAX's statistics of matrices of masses, at 5 standard errors", (core) => {
  const expected = golden<MassesGolden>('masses');
  const { inverseMass } = expected;
  const z = normal(core, key(1), [256, 3]);
  const L = choleskyTwin(expected.covariance);
  const init = z.map((_, i) => L[i % 3].reduce((sum, l, k) => sum + l * z[i - (i % 3) + k], 0));
  const options = { key: key(3), steps: STEPS, chains: 256, init };
  const target = () => gaussian(core, { mean: [0, 0, 0], covariance: expected.covariance });
  const perStep = (state: TrajectoryState) => state.leapfrogs.map((n) => n / STEPS);

  it('hmc with a given one: acceptance', async () => {
    using density = target();
    const own = { ...options, stepSize: 0.9, leapfrogs: 3 };
    const state = await last(hmc(density, { ...own, inverseMass }));
    expect(distance(state.acceptance, expected.hmc.acceptance)).toBeLessThan(5);
    const diagonal = inverseMass.map((row, i) => row[i]);
    const other = await last(hmc(density, { ...own, inverseMass: diagonal }));
    expect(distance(other.acceptance, expected.hmc.acceptance)).toBeGreaterThan(5);
  });

  it('nuts with a given one: acceptance, leapfrog steps, doublings', async () => {
    using density = target();
    const state = await last(nuts(density, { ...options, warmup: 0, stepSize: 0.5, inverseMass }));
    expect(distance(state.acceptance, expected.nuts.acceptance)).toBeLessThan(5);
    expect(distance(perStep(state), expected.nuts.leapfrogs)).toBeLessThan(5);
    expect(distance(state.depth, expected.nuts.depth)).toBeLessThan(5);
  });

  it('nuts that learns one in a warm-up of 500: acceptance, leapfrog steps, step size', async () => {
    using density = target();
    const state = await last(nuts(density, { ...options, warmup: 500, metric: 'dense' }));
    expect(distance(state.acceptance, expected.adaptedNuts.acceptance)).toBeLessThan(5);
    expect(distance(perStep(state), expected.adaptedNuts.leapfrogs)).toBeLessThan(5);
    expect(distance(state.stepSizes, expected.adaptedNuts.stepSize)).toBeLessThan(5);
  });

  it.each(['diagonal', 'dense'] as const)(
    'hmc after a warm-up of 500, %s: acceptance, step size',
    async (metric) => {
      using density = target();
      const state = await last(hmc(density, { ...options, warmup: 500, leapfrogs: 5, metric }));
      expect(distance(state.acceptance, expected.adaptedHmc[metric].acceptance)).toBeLessThan(5);
      expect(distance(state.stepSizes, expected.adaptedHmc[metric].stepSize)).toBeLessThan(5);
    },
  );
});
